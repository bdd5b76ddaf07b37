"""The embedded Argilla: its own published tests on our search engine, and its speed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.evidence.running import Figure, last, run

MOST_TIMES_SQL = 5.0


def argilla_suite(clone: Path) -> Figure:
    """Argilla's own tests, against our engine."""
    done, seconds = run(["make", "argilla-suite", "ARGS=--json"], clone)
    excluded = [
        line for line in (clone / "tests/argilla_suite/excluded.txt").read_text().splitlines()
        if line and not line.startswith("#")
    ]  # fmt: skip
    found = json.loads(next(line for line in reversed(done.stdout.splitlines()) if line.startswith("{")))
    lines = [
        f"exit {done.returncode}, {seconds:.0f} s: {found['passed']} passed, {found['failed']} failed "
        f"(at least {found['at_least']} must pass)",
        "", f"Not run, {len(excluded)}, each with its reason:", "", *(f"- {line}" for line in excluded),
    ]  # fmt: skip
    return Figure("make argilla-suite", done.returncode == 0, lines)


def argilla_speed(clone: Path) -> Figure:
    """The benchmark at 100,000 records."""
    command = "python -m tests.benchmarks.argilla --json"
    done, seconds = run([str(clone / ".venv/bin/python"), *command.split()[1:]], clone)
    if done.returncode:
        return Figure(command, False, ["```", done.stderr[-3000:], "```"])
    found: dict[str, Any] = json.loads(last(done.stdout))
    reads, writes = found["reads"], found["writes"]
    slow = [row for row in reads if row["ours_ms"] > row["limit_ms"] or row["ratio"] > MOST_TIMES_SQL]
    short = [row for row in writes if row["ratio"] < row["wanted"]]
    lines = [
        f"{seconds:.0f} s; {len(reads) - len(slow)} of {len(reads)} questions within their limits, "
        f"{len(writes) - len(short)} of {len(writes)} rates",
        "",
        *_table(("question, 100,000 records", "ours, ms", "limit", "SQL by hand, ms", "times"), reads,
                ("question", "ours_ms", "limit_ms", "sql_ms", "ratio")),
        "",
        *_table(("figure", "ours", "Argilla's defaults", "times", "wanted"), writes,
                ("figure", "ours", "stock", "ratio", "wanted")),
    ]  # fmt: skip
    return Figure(command, not slow and not short, lines)


def _table(titles: Sequence[str], rows: Sequence[dict[str, Any]], names: Sequence[str]) -> list[str]:
    body = [[str(row[name]) for name in names] for row in rows]
    return [f"| {' | '.join(cells)} |" for cells in (titles, ["---"] * len(titles), *body)]
