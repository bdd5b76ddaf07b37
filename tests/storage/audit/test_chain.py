"""The chain on a real PostgreSQL, altered the way its superuser could."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from storage import audit, database
from storage.audit import anchor, writing
from storage.audit.lines import NOTHING_BEFORE, Draft
from storage.database import tables
from storage.project import Project

Superuser = Callable[..., None]
WRITER = """
import sys
import time
from pathlib import Path
from storage import audit, project
home = project.open_project(Path(sys.argv[1]))
for number in range(int(sys.argv[3])):
    audit.append(home, actor=sys.argv[2], action="test.write", subject=str(number))
"""


@pytest.fixture
def ten(project: Project) -> Project:
    """A log of ten lines."""
    for number in range(1, 11):
        audit.append(project, actor="ann", action="review.send", subject=f"r{number}", facts={"n": number})
    return project


@pytest.fixture
def superuser(project: Project) -> Superuser:
    """Runs SQL with the guards off, and puts them back, as somebody who hides what they did would."""

    def run(*statements: str) -> None:
        with database.engine(project).begin() as connection:
            for order in ("DISABLE", "ENABLE"):
                for table in ("audit", "audit_head"):
                    connection.execute(text(f"ALTER TABLE {table} {order} TRIGGER ALL"))
                if order == "DISABLE":
                    for statement in statements:
                        connection.execute(text(statement))

    return run


def found(project: Project) -> str:
    verdict = audit.verify(project)
    assert verdict.intact == (not verdict.findings)
    return "\n".join(finding.what for finding in verdict.findings)


def forged_on(project: Project, superuser: Superuser, seq: int, **changes: str) -> None:
    """Alter one line and compute every hash after it anew, head included: a chain without a break."""
    table = tables.audit
    with database.engine(project).connect() as connection:
        from storage.audit.lines import from_row

        lines = [from_row(row) for row in connection.execute(select(table).order_by(table.c.seq))]
    previous, statements = NOTHING_BEFORE, []
    for line in lines:
        content = vars(line) | (changes if line.seq == seq else {}) | {"previous": previous}
        forged = type(line)(**content)
        previous = forged.digest()
        statements.append(
            f"UPDATE audit SET actor = '{forged.actor}', previous = '{forged.previous}', "
            f"hash = '{previous}' WHERE seq = {line.seq}"
        )
    superuser(*statements, f"UPDATE audit_head SET hash = '{previous}'")


def test_an_empty_log_is_intact(project: Project) -> None:
    verdict = audit.verify(project)
    assert verdict.intact
    assert verdict.lines == 0


def test_lines_follow_each_other_and_stand(ten: Project) -> None:
    verdict = audit.verify(ten)
    assert verdict.findings == ()
    assert (verdict.lines, verdict.anchored) == (10, 10)
    newest = audit.listing(ten, limit=2)
    assert [line.seq for line in newest] == [10, 9]
    assert newest[0].previous == newest[1].hash
    assert newest[0].facts == {"n": 10}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'bob' WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 3",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "DELETE FROM audit_head",
    ],
)
def test_the_database_refuses_to_change_a_line(ten: Project, statement: str) -> None:
    with pytest.raises(DBAPIError, match="only grows"), database.engine(ten).begin() as connection:
        connection.execute(text(statement))
    assert audit.verify(ten).intact


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE audit SET actor = 'bob' WHERE seq = 3", "Line 3 was altered"),
        ("UPDATE audit SET action = 'review.undo' WHERE seq = 3", "Line 3 was altered"),
        ("UPDATE audit SET subject = 'r9' WHERE seq = 3", "Line 3 was altered"),
        ("UPDATE audit SET facts = '{\"n\": 4}' WHERE seq = 3", "Line 3 was altered"),
        ("UPDATE audit SET at = at - interval '1 microsecond' WHERE seq = 3", "Line 3 was altered"),
        ("UPDATE audit SET at = now() + interval '1 hour' WHERE seq = 10", "Line 10 was altered"),
        ("UPDATE audit SET hash = repeat('a', 64) WHERE seq = 3", "Line 3 was altered"),
        ("UPDATE audit SET previous = repeat('a', 64) WHERE seq = 3", "Line 3 does not follow"),
        ("DELETE FROM audit WHERE seq = 1", "Line 1 is missing before line 2"),
        ("DELETE FROM audit WHERE seq BETWEEN 4 AND 6", "Lines 4 to 6 are missing before line 7"),
        ("DELETE FROM audit WHERE seq = 10", "Line 10 is missing at the end"),
        ("DELETE FROM audit", "Lines 1 to 10 are missing at the end"),
        ("UPDATE audit_head SET seq = 9", "its head says line 9"),
    ],
)
def test_what_a_superuser_does_behind_the_guard_is_found(
    ten: Project, superuser: Superuser, statement: str, sentence: str
) -> None:
    superuser(statement)
    assert sentence in found(ten)


def test_two_lines_that_changed_places_are_found(ten: Project, superuser: Superuser) -> None:
    superuser(
        "UPDATE audit SET seq = 99 WHERE seq = 3",
        "UPDATE audit SET seq = 3 WHERE seq = 4",
        "UPDATE audit SET seq = 4 WHERE seq = 99",
    )
    assert "Line 3 does not follow" in found(ten)


def test_a_line_put_in_between_is_found(ten: Project, superuser: Superuser) -> None:
    superuser(
        "DELETE FROM audit WHERE seq = 4",
        "INSERT INTO audit SELECT 4, at, 'bob', action, subject, facts, previous, hash "
        "FROM audit WHERE seq = 3",
    )
    assert "Line 4" in found(ten)


def test_a_tail_cut_off_together_with_the_head_is_found_by_the_anchor(
    ten: Project, superuser: Superuser
) -> None:
    superuser(
        "DELETE FROM audit WHERE seq > 7",
        "UPDATE audit_head SET seq = 7, hash = (SELECT hash FROM audit WHERE seq = 7)",
    )
    assert found(ten) == "Lines 8 to 10 are missing at the end: the anchor has seen line 10."


def test_a_whole_chain_computed_anew_is_found_by_the_anchor(ten: Project, superuser: Superuser) -> None:
    forged_on(ten, superuser, 3, actor="bob")
    assert found(ten) == "Line 10 is not the one that the anchor has seen."


def test_lines_added_after_a_cut_do_not_hide_it(ten: Project, superuser: Superuser) -> None:
    superuser(
        "DELETE FROM audit WHERE seq > 7",
        "UPDATE audit_head SET seq = 7, hash = (SELECT hash FROM audit WHERE seq = 7)",
    )
    for number in range(5):
        audit.append(ten, actor="bob", action="review.send", subject=str(number))
    assert "the database had lost lines that the anchor had seen" in found(ten)
    assert audit.listing(ten)[5].facts["anchored_line"] == 10


def test_lines_added_after_a_forgery_do_not_hide_it(ten: Project, superuser: Superuser) -> None:
    forged_on(ten, superuser, 10, actor="bob")
    audit.append(ten, actor="ann", action="review.send")
    assert "the last line was not the one that the anchor had seen" in found(ten)


def test_a_missing_anchor_is_said_and_stays_in_the_log(ten: Project) -> None:
    anchor.path(ten).unlink()
    assert "anchor's file is missing" in found(ten)
    audit.append(ten, actor="ann", action="review.send")
    assert "the file with the anchor was gone" in found(ten)


def test_an_anchor_that_a_crash_left_behind_is_no_fault(ten: Project) -> None:
    ninth = audit.listing(ten)[1]
    anchor.advance(ten, ninth.seq, ninth.hash, anew=True)
    assert audit.verify(ten).intact
    audit.append(ten, actor="ann", action="review.send")
    assert audit.verify(ten).intact
    assert audit.verify(ten).anchored == 11


def test_an_anchor_never_moves_back(ten: Project) -> None:
    anchor.advance(ten, 4, "late")
    held = anchor.read(ten)
    assert held is not None
    assert held.seq == 10


def test_a_guard_left_off_is_found(ten: Project) -> None:
    with database.engine(ten).begin() as connection:
        connection.execute(text("ALTER TABLE audit DISABLE TRIGGER audit_only_grows"))
    assert "guard audit_only_grows is switched off" in found(ten)


def test_many_threads_and_processes_keep_one_chain(project: Project) -> None:
    command = [sys.executable, "-P", "-c", WRITER, str(project.root)]
    processes = [subprocess.Popen([*command, f"process {number}", "40"]) for number in range(3)]
    with ThreadPoolExecutor(12) as pool:
        lines = list(
            pool.map(
                lambda number: audit.append(
                    project, actor="thread", action="test.write", subject=str(number)
                ),
                range(200),
            )
        )
    assert [process.wait(60) for process in processes] == [0, 0, 0]
    verdict = audit.verify(project)
    assert verdict.findings == ()
    assert (verdict.lines, verdict.anchored) == (320, 320)
    assert len({line.seq for line in lines}) == 200
    assert [line.subject for line in sorted(lines, key=lambda line: int(line.subject))] == [
        str(number) for number in range(200)
    ]


@pytest.mark.timeout(60)
def test_a_crowd_shares_its_commits(project: Project) -> None:
    writer = writing._writer(project)
    with database.engine(project).begin() as held:
        held.execute(text("SELECT seq FROM audit_head FOR UPDATE"))
        arriving = [writer.begin(Draft("a", "test.write", "0"))]
        while writer._waiting.qsize():
            time.sleep(0.01)  # the writer has taken the first and waits for the head
        arriving += [writer.begin(Draft("a", "test.write", str(number))) for number in range(1, 30)]
        assert not any(future.done() for future in arriving)
    lines = [future.result(10) for future in arriving]
    assert len({line.at for line in lines}) == 2  # the time is the transaction's
    assert audit.verify(project).lines == 30


def test_a_line_is_appended_while_a_block_runs_and_both_are_waited_for(project: Project) -> None:
    with pytest.raises(ZeroDivisionError), audit.while_appending(project, actor="ann", action="review.send"):
        _ = 1 / 0
    with audit.while_appending(project, actor="ann", action="review.undo"):
        pass
    assert [line.action for line in audit.listing(project)] == ["review.undo", "review.send"]


@pytest.mark.parametrize("odd", ["a\x00b", "\ud800", "x" * 5_000, "’; DROP TABLE audit", "\u202e", ""])
def test_whatever_is_written_can_be_read_and_checked(project: Project, odd: str) -> None:
    audit.append(
        project, actor=odd, action="test.write", subject=odd, facts={odd: odd, "l": [odd], "z": None}
    )
    assert audit.verify(project).intact
    assert len(audit.listing(project)[0].subject) <= 300


def test_lines_are_found_by_who_what_words_and_time(ten: Project) -> None:
    last = audit.append(ten, actor="bob", action="dataset.freeze", subject="triage/v0001")
    audit.append(ten, actor="bob", action="dataset.export", subject="triage/v0001_x")

    def seqs(**wanted: object) -> list[int]:
        return [line.seq for line in audit.listing(ten, audit.Filters(**wanted))]  # type: ignore[arg-type]

    assert seqs(actor="bob") == [12, 11]
    assert seqs(kind="dataset") == [12, 11]
    assert seqs(kind="dataset.freeze") == [11]
    assert seqs(kind="data") == []
    assert seqs(words="TRIAGE") == [12, 11]
    assert seqs(words="1_x") == [12]
    assert seqs(since=last.at, until=last.at + timedelta(microseconds=1)) == [11]
    assert [line.seq for line in audit.listing(ten, before=3)] == [2, 1]
    assert audit.actors(ten) == ["ann", "bob"]


def test_the_anchor_is_a_line_of_json_that_can_be_kept_elsewhere(ten: Project) -> None:
    held = json.loads(anchor.path(ten).read_text())
    assert held == {"seq": 10, "hash": audit.listing(ten)[0].hash}


def test_a_line_stands_where_the_anchor_cannot_be_written(ten: Project) -> None:
    anchor.path(ten).with_suffix(".lock").unlink()
    anchor.path(ten).with_suffix(".lock").mkdir()  # as a full disk does: the file cannot be opened
    line = audit.append(ten, actor="ann", action="review.send")
    verdict = audit.verify(ten)
    assert (verdict.intact, verdict.lines, verdict.anchored, verdict.beyond_anchor) == (True, line.seq, 10, 1)
