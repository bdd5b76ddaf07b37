"""The review page: how fast it is, how many may use it at once, and real data through it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from tests.evidence.running import Figure, last, run

DATA_VARIABLE = "UNDERSTUDY_EVIDENCE_DATA"
"""A folder with `banking77` and `mts_dialog`, the published data sets as they are downloaded."""

SLOWEST_P95_S = 2.0
FIRST_PAINT_MS = 1000
MANY = "tests/faults/test_many_reviewers.py"


def review_latency(clone: Path) -> Figure:
    """From the key to the next record painted, beside Argilla's own UI and Label Studio."""
    command = "python -m tests.benchmarks.review_latency --json"
    done, seconds = run([str(clone / ".venv/bin/python"), *command.split()[1:]], clone)
    if done.returncode:
        return Figure(command, False, ["```", done.stderr[-3000:], "```"])
    found: dict[str, Any] = json.loads(last(done.stdout))
    ours = [row for row in found["rows"] if "acknowledged" in row]
    limits = found["limits_ms"]
    held = found["ratio"] <= found["ratio_wanted"] and all(
        row[kind][rank] <= limits[f"{kind} {rank}"]
        for row in ours for kind in ("painted", "acknowledged") for rank in ("p50", "p95")
    ) and all(row["burst_stored"] == 20 for row in ours)  # fmt: skip
    paints = found["first_paints"]
    held = held and all(each["first_paint_ms"] <= FIRST_PAINT_MS for each in paints.values())
    lines = [
        f"{seconds:.0f} s; ours to the better peer: {found['ratio']} (at most {found['ratio_wanted']})", "",
        "| product, records | painted p50 / p95, ms | acknowledged p50 / p95, ms | stored of a burst of 20 |",
        "| --- | --- | --- | --- |",
        *(_latency_row(row) for row in found["rows"]),
        f"| at most | {limits['painted p50']} / {limits['painted p95']} "
        f"| {limits['acknowledged p50']} / {limits['acknowledged p95']} | 20 |",
    ]  # fmt: skip
    lines += [
        "",
        *(f"- 30 cards of {row['records']:,} are handed out in {row['cards_ms']} ms" for row in ours),
    ]
    lines += ["", *(
        f"- a page with {name}: first paint {each['first_paint_ms']} ms (at most {FIRST_PAINT_MS}), "
        f"the record painted {each['record_ms']} ms after its address was opened"
        for name, each in paints.items()
    )]  # fmt: skip
    return Figure(command, held, lines)


def _latency_row(row: dict[str, Any]) -> str:
    painted, acknowledged = row["painted"], row.get("acknowledged")
    stored = f"{acknowledged['p50']} / {acknowledged['p95']}" if acknowledged else ""
    return (
        f"| {row['product']}, {row['records']:,} | {painted['p50']} / {painted['p95']} | {stored} "
        f"| {row.get('burst_stored', '')} |"
    )


def mirror(clone: Path) -> Figure:
    """100,000 answers mirrored, then what changed."""
    command = "python -m tests.benchmarks.mirror --json"
    done, seconds = run([str(clone / ".venv/bin/python"), *command.split()[1:]], clone)
    if done.returncode:
        return Figure(command, False, ["```", done.stderr[-3000:], "```"])
    found = json.loads(last(done.stdout))
    lines = [f"{seconds:.0f} s with filling", "", *(f"- {name}: {value}" for name, value in found.items())]
    return Figure(command, found["first_s"] <= found["limit_s"], lines)


def many_reviewers(clone: Path) -> Figure:
    """Twenty people, two at browsers, three hundred decisions each; double sends, replays and second tabs."""
    report = clone / "many.xml"
    command = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "soak", "-o", "junit_family=xunit1",
               f"--junitxml={report}", MANY]  # fmt: skip
    done, seconds = run([str(clone / ".venv/bin/python"), *command], clone)
    cases = list(ElementTree.parse(report).iter("testcase"))  # our own runner wrote it
    p95 = next(float(each.get("value") or "nan") for case in cases for each in case.iter("property"))
    lines = [
        f"exit {done.returncode}, {seconds:.0f} s: {last(done.stdout)}",
        f"acknowledged within {p95} s in 95 of 100 cases (at most {SLOWEST_P95_S:g})",
    ]
    return Figure(f"python -m pytest -m soak {MANY}", not done.returncode and p95 <= SLOWEST_P95_S, lines)


def real_data(clone: Path) -> Figure:
    """A hundred rows of banking77 and of MTS-Dialog, reviewed at the keys of the real page."""
    folder = Path(os.environ.get(DATA_VARIABLE, "data"))
    command = "python -m tests.journey.real_data banking77 mts_dialog"
    paths = [str(folder / "banking77"), str(folder / "mts_dialog")]
    done, seconds = run([str(clone / ".venv/bin/python"), "-m", "tests.journey.real_data", *paths], clone)
    if done.returncode:
        return Figure(command, False, ["```", done.stderr[-3000:], "```"])
    found = json.loads(last(done.stdout))
    lines = [f"{seconds:.0f} s", "", *(f"- {name}: {json.dumps(what)}" for name, what in found.items())]
    return Figure(command, all(what["rows"] == 100 for what in found.values()), lines)
