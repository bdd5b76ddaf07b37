"""Run what "done" means and write command, figure and date of each to docs/evidence/.

    python tests/evidence.py             all of it, from a clean clone (about half an hour)
    python tests/evidence.py check start  only these

Each step writes `docs/evidence/<step>.md` as soon as it has its figure, whatever comes after.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
EVIDENCE = ROOT / "docs" / "evidence"
HEAVY = ("torch", "transformers", "argilla_server")
DEMO_LIMIT_S = 360
SUITE_LIMIT_S = 1200
FIRST_PAGE_LIMIT_S = 15


@dataclass(frozen=True)
class Figure:
    """What one step found: the command as typed, the figures, and whether they are as promised."""

    command: str
    held: bool
    lines: list[str]


def run(
    command: list[str], folder: Path, **environment: str
) -> tuple[subprocess.CompletedProcess[str], float]:
    """Run to the end; what it printed, and the seconds it took."""
    began = time.monotonic()
    plain = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        command, cwd=folder, env={**plain, **environment}, capture_output=True, text=True, check=False
    )
    return done, time.monotonic() - began


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
        f"tests/test_architecture.py: {_last(held.stdout)}",
    ]
    return Figure("make check", done.returncode == 0 and held.returncode == 0, lines)


STEPS: dict[str, Callable[[Path], Figure]] = {"demo": demo, "start": start, "check": check, "suite": suite}


def main(names: list[str]) -> int:
    """Run the named steps, or all, on a clean clone of HEAD. Exit 0 when all hold."""
    EVIDENCE.mkdir(parents=True, exist_ok=True)
    place = Path(tempfile.mkdtemp(prefix="understudy-clone-"))
    place.chmod(0o711)
    clone = place / "understudy"
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
    commit, _ = run(["git", "rev-parse", "--short", "HEAD"], clone)
    if names and "demo" not in names:
        run(["make", "setup-dev"], clone)
    held = True
    for name in names or list(STEPS):
        figure = STEPS[name](clone)
        held &= figure.held
        _write(name, figure, commit.stdout.strip())
        sys.stdout.write(f"{name}: {'holds' if figure.held else 'DOES NOT HOLD'}: {figure.lines[0]}\n")
        sys.stdout.flush()
    return 0 if held else 1


def _write(name: str, figure: Figure, commit: str) -> None:
    cores = os.cpu_count()
    moment = datetime.now(UTC)
    (EVIDENCE / f"{name}.md").write_text(
        f"# `{figure.command}`\n\n"
        f"{'Holds' if figure.held else 'Does not hold'}. {moment:%Y-%m-%d %H:%M} UTC, commit {commit}, "
        f"Python {sys.version.split()[0]}, {cores} cores, a clean clone.\n\n" + "\n".join(figure.lines) + "\n"
    )


def _first_answer(url: str, began: float) -> float:
    while time.monotonic() - began < 120:
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return time.monotonic() - began
        except OSError:
            time.sleep(0.1)
    return time.monotonic() - began


def _last(text: str) -> str:
    return text.strip().splitlines()[-1] if text.strip() else ""


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
