"""The limit on failed sign-ins, on a real database, with the clock moved by hand."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from storage import database
from storage.database.tables import sign_in_attempts
from storage.project import Project
from ui.sign_in import attempts
from ui.sign_in.attempts import TooManyAttempts

HERE, THERE = "203.0.113.7", "198.51.100.9"


def fail(project: Project, times: int, username: str = "ann", address: str = HERE) -> None:
    for _ in range(times):
        attempts.admit(project, username, address)


def pass_time(project: Project, seconds: float) -> None:
    """Let every attempt be that much older."""
    with database.engine(project).begin() as connection:
        connection.execute(
            text("UPDATE sign_in_attempts SET last_at = last_at - make_interval(secs => :s)"), {"s": seconds}
        )


def wait_of(project: Project, username: str = "ann", address: str = HERE) -> int:
    """The seconds one has to wait, 0 where one is let in (and counted)."""
    try:
        attempts.admit(project, username, address)
    except TooManyAttempts as refused:
        return refused.wait_s
    return 0


def test_the_sixth_attempt_waits_and_says_how_long(project: Project) -> None:
    fail(project, 5)
    with pytest.raises(TooManyAttempts) as refused:
        attempts.admit(project, "ann", HERE)
    assert refused.value.wait_s == 30
    assert str(refused.value) == (
        "Too many sign-ins failed for this name or from this place. Try again in 30 s."
    )


def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(project: Project) -> None:
    fail(project, 5)
    for expected in (30, 60, 120, 240, 480, 900, 900):
        assert wait_of(project) == expected
        pass_time(project, expected)
        assert wait_of(project) == 0


def test_knocking_while_one_waits_does_not_make_the_wait_longer(project: Project) -> None:
    fail(project, 5)
    waits = [wait_of(project) for _ in range(40)]
    assert max(waits) == 30
    pass_time(project, 30)
    assert wait_of(project) == 0


def test_a_name_is_limited_wherever_it_is_tried_from_and_however_it_is_written(project: Project) -> None:
    for number in range(5):
        attempts.admit(project, " ANN" if number % 2 else "ann", f"203.0.113.{number}")
    assert wait_of(project, "Ann ", THERE) == 30
    assert wait_of(project, "bob", THERE) == 0


def test_an_address_is_limited_whatever_names_it_tries(project: Project) -> None:
    for number in range(30):
        attempts.admit(project, f"person {number}", HERE)
    assert wait_of(project, "somebody else", HERE) == 30
    assert wait_of(project, "somebody else", THERE) == 0


def test_a_success_forgives_the_name_and_gives_the_address_its_attempt_back(project: Project) -> None:
    fail(project, 4)
    for _ in range(50):
        attempts.admit(project, "ann", HERE)
        attempts.succeeded(project, "ann", HERE)
    assert wait_of(project) == 0


def test_an_attempt_without_an_answer_is_not_counted(project: Project) -> None:
    for _ in range(20):
        attempts.admit(project, "ann", HERE)
        attempts.not_decided(project, "ann", HERE)
    assert wait_of(project) == 0


def test_an_hour_of_quiet_forgets(project: Project) -> None:
    fail(project, 5)
    pass_time(project, timedelta(hours=1, seconds=1).total_seconds())
    fail(project, 5)
    assert wait_of(project) == 30


def test_a_hundred_at_once_get_no_further_than_one_by_one(project: Project) -> None:
    def once(_: int) -> bool:
        return wait_of(project) == 0

    with ThreadPoolExecutor(20) as pool:
        admitted = sum(pool.map(once, range(100)))
    assert admitted == 5


def test_another_process_counts_with_us(project: Project) -> None:
    code = (
        "import sys; from pathlib import Path; from storage import project; from ui.sign_in import attempts;"
        "home = project.open_project(Path(sys.argv[1]));"
        "[attempts.admit(home, 'ann', '203.0.113.7') for _ in range(5)]"
    )
    subprocess.run([sys.executable, "-P", "-c", code, str(project.root)], check=True, timeout=60)
    assert wait_of(project) == 30


def test_what_was_typed_as_a_name_is_not_kept(project: Project) -> None:
    attempts.admit(project, "my-secret-password", HERE)
    with database.engine(project).connect() as connection:
        rows = connection.execute(select(sign_in_attempts)).all()
    assert "my-secret-password" not in str(rows)


@pytest.mark.parametrize("odd", ["", "\x00", "x" * 100_000, "\ud800", "'; DROP TABLE sessions"])
def test_any_name_can_be_counted(project: Project, odd: str) -> None:
    fail(project, 5, odd)
    assert wait_of(project, odd) == 30
