"""Curation: what its tests hold, how fast it is beside its peers, and every page on a million records."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.evidence.backend_at_length import of_tests
from tests.evidence.running import Figure, last, run

MILLION_TIMES, MILLION_MB = 15.0, 5_000
TIMES_PRESIDIO = 4.0
RECALLS = {"email": 0.99, "card": 0.95, "iban": 0.95, "phone": 0.85}
PRECISION = 0.90
HELD = (
    "tests/curation/test_preset_loops.py",
    "tests/curation/datasets/test_same_anywhere.py",
    "tests/curation/datasets/leakage/test_finding.py",
    "tests/curation/datasets/leakage/test_report.py",
    "tests/curation/imports",
    "tests/curation/redaction/test_figures.py",
    "tests/storage/exports",
    "tests/storage/keeping",
    "tests/storage/test_sealing.py",
    "tests/journey/test_curation.py",
)
AT_LENGTH = (
    "tests/journey/test_curation.py",
    "tests/curation/imports/test_memory.py",
    "tests/storage/keeping",
)


def benchmark(clone: Path, name: str, *arguments: str) -> tuple[dict[str, Any] | None, str, float]:
    """A benchmark's one JSON object (None where it broke), what it printed beside it, and its seconds."""
    command = ["-m", f"tests.benchmarks.{name}", "--json", *arguments]
    done, seconds = run([str(clone / ".venv/bin/python"), *command], clone)
    try:
        return json.loads(last(done.stdout)), done.stderr, seconds
    except ValueError:
        return None, done.stderr + done.stdout, seconds


def duplicates(clone: Path) -> Figure:
    """110,000 texts beside rensa and datasketch, recall against every pair, and a million texts."""
    command = "python -m tests.benchmarks.duplicates --json"
    beside, broke, seconds = benchmark(clone, "duplicates")
    whole, broke_too, _ = benchmark(clone, "duplicates", "--brute", "15000")
    million, broke_last, _ = benchmark(
        clone, "duplicates", "--rows", "1000000", "--planted", "90000", "--ours-only"
    )
    if beside is None or whole is None or million is None:
        return Figure(command, False, ["```", (broke + broke_too + broke_last)[-3000:], "```"])
    ours, limits, vast = beside["ours"], beside["limits"], million["ours"]
    times = round(vast["seconds"] / ours["seconds"], 1)
    figures: list[tuple[str, float, str, float]] = [
        ("of rensa's time", beside["of rensa's time"], "at most", limits["of rensa's time"]),
        ("of datasketch's time", beside["of datasketch's time"], "at most", limits["of datasketch's time"]),
        ("recall of planted pairs", ours["recall"], "at least", limits["recall"]),
        ("precision of pairs", ours["precision"], "at least", limits["precision"]),
        ("peak memory, MB", ours["peak_mb"], "at most", limits["peak_mb"]),
        ("recall against every pair of 15,000", whole["recall"], "at least", whole["limit"]),
        ("a million texts, times as long", times, "at most", MILLION_TIMES),
        ("a million texts, peak memory, MB", vast["peak_mb"], "at most", MILLION_MB),
    ]
    held = all(value <= limit if side == "at most" else value >= limit for _, value, side, limit in figures)
    lines = [
        f"{beside['rows']:,} texts of {beside['mean_characters']} characters, {beside['planted_pairs']:,} "
        f"planted pairs: {ours['seconds']:.1f} s beside {beside['rensa']['seconds']:.1f} s (rensa) and "
        f"{beside['datasketch']['seconds']:.1f} s (datasketch); {seconds:.0f} s in all", "",
        *(f"- {name}: {value} ({side} {limit:g})" for name, value, side, limit in figures),
    ]  # fmt: skip
    return Figure(command, held, lines)


def pages(clone: Path) -> Figure:
    """Every page on a million records beside the same page on a thousand."""
    command = "python -m tests.benchmarks.pages --json"
    found, broke, seconds = benchmark(clone, "pages")
    if found is None:
        return Figure(command, False, ["```", broke[-3000:], "```"])
    limits = found["limits"]
    lines = [
        f"{seconds:.0f} s with making both; not within limits: {', '.join(found['missed']) or 'none'}", "",
        "| page | title, ms | whole, ms | whole on 1,000, ms | times | first after a start, ms |",
        "| --- | --- | --- | --- | --- | --- |",
        *(
            f"| {address} | {page['first_ms']} | {page['whole_ms']} | {page['small_whole_ms']} "
            f"| {page['ratio']} | {page['cold_whole_ms']} |"
            for address, page in found["pages"].items()
        ),
        f"| at most | {limits['first_ms']} | | | {limits['ratio']:g} | |",
    ]  # fmt: skip
    return Figure(command, not found["missed"], lines)


def curation(clone: Path) -> Figure:
    """Presets to their export, one hash, no leak, hostile files, bit flips, exports opened, the journey."""
    return of_tests(clone, list(HELD), listed=True)


def curation_million(clone: Path) -> Figure:
    """The journey of a curator with a million messages, a file of 2 GB, and 1,000 flipped bits."""
    return of_tests(clone, ["-m", "soak", *AT_LENGTH], listed=True)


def curation_speed(clone: Path) -> Figure:
    """Import, freezing and each export beside the libraries' own; redaction beside presidio."""
    command = "python -m tests.benchmarks.{importing,freezing,exports,redaction} --json"
    lines: list[str] = []
    held = True
    for name, *how in (("importing",), ("freezing",), ("exports", "--rounds", "2")):
        found, broke, seconds = benchmark(clone, name, *how)
        if found is None:
            return Figure(command, False, ["```", broke[-3000:], "```"])
        held &= bool(found["within"])
        lines += ["", f"{name}, {seconds:.0f} s: {'within' if found['within'] else 'NOT within'}", ""]
        lines += ["```json", json.dumps(found, indent=1), "```"]
    found, broke, seconds = benchmark(clone, "redaction")
    if found is None:
        return Figure(command, False, ["```", broke[-3000:], "```"])
    held &= found["ratio"] >= TIMES_PRESIDIO
    lines += ["", f"redaction: {found['ratio']} times as fast as presidio (at least {TIMES_PRESIDIO:g})", ""]
    for kind, least in RECALLS.items():
        ours, peer = found["ours"][kind], found["presidio"].get(kind, {"recall": 0.0})
        held &= ours["recall"] >= max(least, peer["recall"]) and ours["precision"] >= PRECISION
        lines.append(
            f"- {kind}: recall {ours['recall']:.3f} (at least {least:g}; presidio {peer['recall']:.3f}), "
            f"precision {ours['precision']:.3f} (at least {PRECISION:g})"
        )
    return Figure(command, held, ["held" if held else "not held", *lines])
