"""Which rows may leave: licences and terms as they stand, overrides, and the trail of what left."""

from __future__ import annotations

import hashlib
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest

from curation import datasets, labelling, teachers
from curation.datasets import sharing
from curation.datasets.sharing import sources
from curation.datasets.sharing.past import hashed
from curation.teachers import RecordedTeacher
from storage import artifacts, jobs, keeping, schemas
from storage.errors import InvalidInput, NotFound
from storage.project import Project
from tests.curation import sample_task
from tests.curation.datasets.test_freezing import TASK, approve_all, freeze
from tests.curation.datasets.test_freezing import prepared as prepared

V1 = "v0001"
UNKNOWN_LICENCE = "come from an import without a stated licence"


def publish_import(project: Project, import_id: str, licence: str | None, **facts: Any) -> None:
    terms = {"licence": licence, "origin": None, "consent": None}
    with artifacts.draft(project, "imports", TASK, import_id) as draft:
        draft.publish(facts={"source": f"{import_id}.csv", "terms": terms, **facts})


def say_of_teacher(project: Project, may_train: str, name: str = "recorded") -> None:
    stands = teachers.get(project, name)
    said = {
        **stands.model_dump(),
        "may_train": may_train,
        "terms_source": "contract 7",
        "terms_date": "2026-05-03",
    }
    teachers.save(project, teachers.parse(said), based_on=stands.revision)


@pytest.fixture
def frozen(prepared: Project) -> Project:
    """All approved but one, from the import imp_a, which states no licence; a teacher without terms."""
    publish_import(prepared, "imp_a", None)
    approve_all(prepared, rec_0004={"decision": "corrected", "output": "Tea"})
    freeze(prepared)
    return prepared


@pytest.fixture
def allowed(frozen: Project) -> Project:
    """The same, where the licence and the terms allow it."""
    sharing.state_licence(frozen, TASK, "imp_a", "own", "ann")
    say_of_teacher(frozen, "allowed")
    return frozen


def rows_of(project: Project) -> int:
    return datasets.get(project, TASK, V1).total


def test_rows_of_no_stated_licence_do_not_leave_and_leave_no_trace(frozen: Project, tmp_path: Path) -> None:
    found = sharing.standing(frozen, TASK, V1)
    assert (found.permission.allowed, found.permission.unknown) == (0, rows_of(frozen))
    assert list(found.permission.reasons) == [UNKNOWN_LICENCE]
    for refused in (
        lambda: sharing.share(frozen, TASK, V1, "csv", tmp_path / "rows.csv", by="ann"),
        lambda: sharing.check(frozen, TASK, V1),
    ):
        with pytest.raises(InvalidInput, match="may not be exported or trained on") as told:
            refused()
        assert "Exports page" in told.value.next_step
    assert not list(tmp_path.iterdir())
    assert sharing.history(frozen, TASK) == []


def test_a_licence_and_terms_open_the_door(frozen: Project, tmp_path: Path) -> None:
    sharing.state_licence(frozen, TASK, "imp_a", " Own ", "ann")
    found = sharing.standing(frozen, TASK, V1)
    held_out = datasets.get(frozen, TASK, V1).rows["test"]
    assert (found.permission.allowed, found.permission.unknown) == (held_out, rows_of(frozen) - held_out)
    assert [(each.licence, each.verdict, each.stated_by) for each in found.imports] == [
        ("Own", "allowed", "ann")
    ]
    sharing.check(frozen, TASK, V1, ["test"])  # the held-out rows hold nothing of the teacher's
    with pytest.raises(InvalidInput, match="'recorded', whose terms are not stated"):
        sharing.check(frozen, TASK, V1)
    say_of_teacher(frozen, "allowed")
    assert sharing.standing(frozen, TASK, V1).permission.reasons == {}
    say_of_teacher(frozen, "refused")
    with pytest.raises(InvalidInput, match="'recorded', whose terms forbid"):
        sharing.share(frozen, TASK, V1, "csv", tmp_path / "rows.csv", by="ann")


def test_the_licence_that_came_with_the_import_counts_until_a_person_states_another(
    prepared: Project,
) -> None:
    publish_import(prepared, "imp_a", "cc-by-nc-4.0")
    approve_all(prepared)
    freeze(prepared)
    assert sharing.standing(prepared, TASK, V1).permission.refused == rows_of(prepared)
    sharing.state_licence(prepared, TASK, "imp_a", "mit", "ann")
    sharing.state_licence(prepared, TASK, "imp_a", "apache-2.0", "ann")
    [only] = sharing.standing(prepared, TASK, V1).imports
    assert (only.licence, only.verdict, only.source) == ("apache-2.0", "allowed", "imp_a.csv")
    with pytest.raises(InvalidInput, match="licence is empty"):
        sharing.state_licence(prepared, TASK, "imp_a", " \n", "ann")
    with pytest.raises(NotFound, match="imp_z"):
        sharing.state_licence(prepared, TASK, "imp_z", "mit", "ann")


def test_what_an_admin_answered_for_is_what_stood_there_then(allowed: Project) -> None:
    with pytest.raises(InvalidInput, match="Nothing stands against"):
        sharing.answer_for(allowed, TASK, V1, "to be safe", "ann")
    sharing.state_licence(allowed, TASK, "imp_a", "acme-1", "ann")
    with pytest.raises(InvalidInput, match="reason is empty"):
        sharing.answer_for(allowed, TASK, V1, "  ", "ann")
    sharing.answer_for(allowed, TASK, V1, "Contract of\n3 May.", "ann")
    sharing.check(allowed, TASK, V1)
    override = sharing.standing(allowed, TASK, V1).permission.override
    assert override is not None
    assert (override.by, override.reason) == ("ann", "Contract of 3 May.")
    say_of_teacher(allowed, "refused")
    with pytest.raises(InvalidInput, match="whose terms forbid"):
        sharing.check(allowed, TASK, V1)
    say_of_teacher(allowed, "allowed")
    sharing.check(allowed, TASK, V1)
    sharing.withdraw(allowed, TASK, V1, "bob")
    with pytest.raises(InvalidInput, match="acme-1"):
        sharing.check(allowed, TASK, V1)
    with pytest.raises(NotFound, match="Nobody has answered"):
        sharing.withdraw(allowed, TASK, V1, "bob")


def test_an_answer_covers_all_that_was_unknown_also_behind_the_first_reason(frozen: Project) -> None:
    sharing.answer_for(frozen, TASK, V1, "Contract 7 covers both.", "ann")
    sharing.state_licence(frozen, TASK, "imp_a", "own", "ann")
    found = sharing.standing(frozen, TASK, V1).permission
    assert [reason for reason in found.reasons if "'recorded', whose terms are not stated" in reason]
    assert found.may_export
    say_of_teacher(frozen, "refused")
    assert not sharing.standing(frozen, TASK, V1).permission.may_export


def test_an_export_is_written_down_with_its_hash_and_the_card_repeats_the_override(
    allowed: Project, tmp_path: Path
) -> None:
    made = sharing.share(allowed, TASK, V1, "csv", tmp_path / "rows.csv", by="ann")
    assert made.sha256 == hashlib.sha256((tmp_path / "rows.csv").read_bytes()).hexdigest()
    assert (made.rows, made.left_out, made.overridden) == (rows_of(allowed), 0, False)
    sharing.state_licence(allowed, TASK, "imp_a", "acme-1", "ann")
    sharing.answer_for(allowed, TASK, V1, "Their lawyer agreed.", "eve")
    folder = tmp_path / "hub"
    sharing.share(allowed, TASK, V1, "huggingface-hub", folder, by="bob", licence="apache-2.0")
    card = (folder / "README.md").read_text(encoding="utf-8")
    assert "license: apache-2.0" in card
    assert "| imp_a (imp_a.csv) | acme-1 |" in card
    assert "Exported all the same by eve" in card
    assert "Their lawyer agreed." in card
    newest, oldest = sharing.history(allowed, TASK)
    assert (newest.format, newest.by, newest.overridden, newest.destination) == (
        "huggingface-hub",
        "bob",
        True,
        "file",
    )
    assert (newest.sha256, newest.size_bytes) == hashed(folder)
    assert oldest == made
    assert sharing.card(allowed, TASK, V1).count("Their lawyer agreed.") == 1


def test_a_version_that_left_is_missed_where_it_is_gone(allowed: Project, tmp_path: Path) -> None:
    sharing.share(allowed, TASK, V1, "csv", tmp_path / "rows.csv", by="ann")
    assert keeping.verify(allowed).sound
    shutil.rmtree(datasets.get(allowed, TASK, V1).manifest.folder)
    [fault] = keeping.verify(allowed).faults
    assert fault.reference == f"{TASK}/datasets/{V1}"
    assert "dataset_exports 1" in fault.what


def test_pairs_count_the_rows_that_had_none(allowed: Project, tmp_path: Path) -> None:
    split = next(row.split for row in datasets.rows(allowed, TASK, V1) if row.record_id == "rec_0004")
    made = sharing.share(allowed, TASK, V1, "dpo", tmp_path / "pairs.jsonl", by="ann", split=split)
    assert (made.rows, made.left_out) == (1, datasets.get(allowed, TASK, V1).rows[split] - 1)
    assert made.splits == (split,)


def test_rows_are_told_apart_by_import_and_teacher_where_they_differ(prepared: Project) -> None:
    publish_import(prepared, "imp_a", "mit")
    publish_import(prepared, "imp_b", None)
    more = [sample_task.record(number) for number in range(40, 44)]
    columns = [{**row, "extras": {"teacher_v2": "Tea"}} for row in more]
    publish_more(prepared, columns)
    teachers.save(prepared, RecordedTeacher(name="second", column="teacher_v2"))
    job = labelling.start(prepared, TASK, 1, "second", "owner")
    assert jobs.run_inline(prepared, job.job_id).status == "succeeded"
    approve_all(prepared)
    freeze(prepared)
    found = sources.sources(prepared, TASK, V1, {"imp_a": "mit"})
    by_row = {row.record_id: row for row in datasets.rows(prepared, TASK, V1)}
    assert sum(each.rows for each in found) == len(by_row)
    assert {each.import_id for each in found} == {"imp_a", "imp_b"}
    from_b = sum(each.rows for each in found if each.import_id == "imp_b")
    assert from_b == sum(name in by_row for name in (row["record_id"] for row in more))
    known = {label.label_id: label.teacher for label in labelling.by_id(prepared, TASK).values()}
    for teacher in ("recorded", "second", None):
        counted = sum(each.rows for each in found if each.teacher == teacher)
        assert counted == sum(known.get(row.label_id or "") == teacher for row in by_row.values())
    told = sharing.standing(prepared, TASK, V1)
    assert told.permission.reasons[UNKNOWN_LICENCE] == from_b
    assert [each.name for each in told.teachers] == ["recorded", "second"]


def publish_more(project: Project, rows: list[dict[str, Any]]) -> None:
    columns = [
        {
            **row,
            "inputs": orjson.dumps(row["inputs"]).decode(),
            "extras": orjson.dumps(row["extras"]).decode(),
        }
        for row in rows
    ]
    with artifacts.draft(project, "records", TASK, "rec_b") as draft:
        draft.write_table("records.parquet", schemas.from_rows(columns, "records"), "records")
        draft.publish(inputs=["imports/imp_b"], facts={})


def test_the_terms_of_a_teacher_need_their_source_and_day() -> None:
    with pytest.raises(InvalidInput, match="say where the terms stand"):
        teachers.parse({"kind": "recorded", "name": "a", "column": "c", "may_train": "allowed"})
    made = teachers.parse(
        {"kind": "recorded", "name": "a", "column": "c", "may_train": "refused",
         "terms_source": "https://example.org/terms", "terms_date": "2026-11-01"}
    )  # fmt: skip
    assert made.terms_date == date(2026, 11, 1)
