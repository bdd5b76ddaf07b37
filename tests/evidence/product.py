"""The loop as a stranger meets it: the demo, the first page, the checks, the whole suite."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path
from xml.etree import ElementTree

from tests.evidence.running import Figure, last, run

HEAVY = ("torch", "transformers", "argilla_server")
DEMO_LIMIT_S = 360
SUITE_LIMIT_S = 1200
FIRST_PAGE_LIMIT_S = 15


def demo(clone: Path) -> Figure:
    """The whole loop from a clean clone, set-up apart."""
    setup, setup_s = run(["make", "setup"], clone, PIP_NO_CACHE_DIR="1")
    done, seconds = run(["make", "demo", "ARGS=--check"], clone)
    lines = [
        f"set-up: exit {setup.returncode}, {setup_s:.0f} s; demo: exit {done.returncode}, {seconds:.0f} s"
    ]
    if done.returncode:
        return Figure("make demo ARGS=--check", False, [*lines, "```", done.stderr[-3000:], "```"])
    result = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    teacher = next(row for row in result["rows"] if row["candidate"].startswith("recorded:"))
    ahead = teacher["student_ahead"]
    wins = ahead["low"] > 0
    lines += [
        f"student ahead of the recorded teacher by {100 * ahead['value']:.1f} points, "
        f"paired 95% interval {100 * ahead['low']:.1f} to {100 * ahead['high']:.1f}, n {teacher['n']}",
        f"seconds by step: {json.dumps(result['seconds'])}", "", "```", result["table"], "```",
    ]  # fmt: skip
    again, again_s = run(["make", "setup"], clone)
    lines.append(f"\nsecond `make setup`: exit {again.returncode}, {again_s:.1f} s")
    return Figure("make demo ARGS=--check", wins and seconds < DEMO_LIMIT_S and again_s < 3, lines)


def suite(clone: Path) -> Figure:
    """Everything but `gpu` and `soak`, from the wheel, in a clean clone."""
    report = clone / "suite.xml"
    done, seconds = run(["make", "test"], clone, PYTEST_ADDOPTS=f"--junitxml={report}")
    if not report.exists():
        return Figure("make test", False, ["```", (done.stdout + done.stderr)[-3000:], "```"])
    cases = list(ElementTree.parse(report).iter("testcase"))  # our own runner wrote it
    bad = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    kills = [case for case in cases if "_kill" in (case.get("name") or "")]
    lines = [
        f"exit {done.returncode}, {seconds:.0f} s: {len(cases)} tests, {len(bad)} failed, "
        f"{len(skipped)} skipped",
        *(f"- failed: {case.get('classname')}.{case.get('name')}" for case in bad),
        *(f"- skipped: {case.get('name')}" for case in skipped),
        "", "Of these, the tests that kill something with -9 or end it by a signal:", "",
        *(f"- {'FAILED ' if case in bad else ''}{case.get('name')} ({float(case.get('time') or 0):.1f} s)"
          for case in kills),
    ]  # fmt: skip
    return Figure("make test", done.returncode == 0 and seconds < SUITE_LIMIT_S, lines)


def start(clone: Path) -> Figure:
    """How soon the first page answers, and what the app's process has loaded."""
    understudy = str(clone / ".venv/bin/understudy")
    folder = Path(tempfile.mkdtemp(prefix="understudy-evidence-"))
    folder.chmod(0o711)
    project = folder / "p"
    run([understudy, "init", str(project)], folder)
    began = time.monotonic()
    starting = subprocess.Popen(
        [understudy, "up", "--project", str(project), "--port", "8599"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        seconds = _first_answer("http://127.0.0.1:8599/sign-in", began)
    finally:
        run([understudy, "down", "--project", str(project)], folder)
        starting.wait(60)
    code = "import ui.server, ui.app, ui.views.catalogue"
    loaded, _ = run([str(clone / ".venv/bin/python"), "-P", "-X", "importtime", "-c", code], folder)
    names = {line.rpartition("|")[2].strip().split(".")[0] for line in loaded.stderr.splitlines()}
    heavy = sorted(names.intersection(HEAVY))
    lines = [
        f"first page answered {seconds:.1f} s after `understudy up` of a new project "
        f"(limit {FIRST_PAGE_LIMIT_S} s)",
        f"`python -X importtime -c '{code}'`: {len(names)} packages, of {', '.join(HEAVY)}: "
        f"{heavy or 'none'}",
    ]
    return Figure(
        "understudy up", seconds < FIRST_PAGE_LIMIT_S and not heavy and not loaded.returncode, lines
    )


def check(clone: Path) -> Figure:
    """Ruff and mypy strict, and the import rules of the design."""
    done, seconds = run(["make", "check"], clone)
    rules = ["-q", "-p", "no:cacheprovider", "tests/test_architecture.py"]
    held, _ = run([str(clone / ".venv/bin/python"), "-m", "pytest", *rules], clone)
    said = [line for line in done.stdout.splitlines() if line][-4:]
    lines = [
        f"exit {done.returncode}, {seconds:.0f} s",
        *said,
        f"tests/test_architecture.py: {last(held.stdout)}",
    ]
    return Figure("make check", done.returncode == 0 and held.returncode == 0, lines)


def _first_answer(url: str, began: float) -> float:
    while time.monotonic() - began < 120:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return time.monotonic() - began
        except OSError:
            time.sleep(0.1)
    return time.monotonic() - began
