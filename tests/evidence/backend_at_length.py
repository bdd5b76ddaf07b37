"""The embedded Argilla at length: who gets in, other PostgreSQLs, a million records, the long rounds."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

from tests.evidence.running import Figure, last, run

SECURITY = (
    "tests/storage/argilla/test_client.py::test_stock_credentials_are_answered_with_401",
    "tests/storage/argilla/test_client.py::test_the_stock_password_is_answered_with_401",
    "tests/storage/argilla/test_server.py::test_a_kill_loses_no_acknowledged_answer_and_no_sign_in",
    "tests/ui/routes/test_table.py",
    "tests/ui/actions/test_table.py",
    "tests/ui/test_canaries.py",
    "tests/storage/audit",
)
MOST_TIMES_LARGER = 2.0
FIRST_PENDING = "first pending record of a user"


def security(clone: Path) -> Figure:
    """Stock credentials, tokens over a restart, the role tables, the canaries, the audit chain."""
    return of_tests(clone, list(SECURITY), listed=True)


def other_postgres(clone: Path) -> Figure:
    """The tests of the embedded Argilla on a PostgreSQL of somebody else's, with and without pgvector."""
    lines: list[str] = []
    held = True
    for kind in ("external", "external-without-pgvector"):
        found = of_tests(clone, ["tests/storage/argilla"], UNDERSTUDY_TESTS_POSTGRES=kind)
        held &= found.held
        lines.append(f"{kind}: {found.lines[0]}")
    return Figure("UNDERSTUDY_TESTS_POSTGRES=… python -m pytest tests/storage/argilla", held, lines)


def soak(clone: Path) -> Figure:
    """The long rounds: 100 random kills, twenty people with two hundred answers each, large moves."""
    report = clone / "soak.xml"
    done, seconds = run(["make", "soak"], clone, PYTEST_ADDOPTS=f"--junitxml={report}")
    return Figure("make soak", done.returncode == 0, _counted(report, done.returncode, seconds, listed=True))


def argilla_million(clone: Path) -> Figure:
    """The first pending record at a million records beside that at 100,000, in the same run."""
    times: dict[int, float] = {}
    lines = []
    for records in (100_000, 1_000_000):
        command = ["-m", "tests.benchmarks.argilla", "--records", str(records), "--reads-only", "--json"]
        done, seconds = run([str(clone / ".venv/bin/python"), *command], clone)
        if done.returncode:
            return Figure(" ".join(command), False, ["```", done.stderr[-3000:], "```"])
        reads = json.loads(last(done.stdout))["reads"]
        (times[records],) = [row["ours_ms"] for row in reads if row["question"] == FIRST_PENDING]
        lines += ["", f"{records:,} records, {seconds:.0f} s with filling:", ""]
        lines += [f"- {row['question']}: {row['ours_ms']} ms, by hand {row['sql_ms']} ms" for row in reads]
    times_larger = times[1_000_000] / times[100_000]
    summary = f"first pending: {times_larger:.2f} times that at 100,000 records (limit {MOST_TIMES_LARGER:g})"
    return Figure(
        "python -m tests.benchmarks.argilla --records 1000000 --reads-only",
        times_larger <= MOST_TIMES_LARGER, [summary, *lines],
    )  # fmt: skip


def of_tests(clone: Path, names: list[str], *, listed: bool = False, **environment: str) -> Figure:
    """Run these tests and count them."""
    report = clone / "part.xml"
    report.unlink(missing_ok=True)
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *names]
    done, seconds = run([str(clone / ".venv/bin/python"), *command], clone, **environment)
    lines = _counted(report, done.returncode, seconds, listed=listed)
    return Figure(f"python -m pytest {' '.join(names)}", done.returncode == 0, lines)


def _counted(report: Path, status: int, seconds: float, *, listed: bool) -> list[str]:
    cases = list(ElementTree.parse(report).iter("testcase"))  # our own runner wrote it
    bad = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    lines = [
        f"exit {status}, {seconds:.0f} s: {len(cases)} tests, {len(bad)} failed, {len(skipped)} skipped",
        *(f"- failed: {case.get('classname')}.{case.get('name')}" for case in bad),
    ]
    if listed:
        shown = sorted({(case.get("name") or "").partition("[")[0] for case in cases})
        lines += ["", "Among them:", "", *(f"- {name}" for name in shown)]
    return lines
