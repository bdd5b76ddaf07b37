"""Run the installed `understudy` as a person does: through the console script, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

UNDERSTUDY = Path(sys.executable).with_name("understudy")


def understudy(
    *arguments: str | Path,
    status: int = 0,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run one command to its end and check its exit status, showing its output where it differs."""
    finished = subprocess.run(
        [str(UNDERSTUDY), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=280,
        cwd=cwd,
        env=environment_for(environment),
    )
    assert finished.returncode == status, f"exit {finished.returncode}\n{finished.stdout}\n{finished.stderr}"
    return finished


def answer(*arguments: str | Path, status: int = 0) -> dict[str, Any]:
    """The one JSON object a command prints with `--json`."""
    found: dict[str, Any] = json.loads(understudy(*arguments, "--json", status=status).stdout)
    return found


def environment_for(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This environment without a project of its own, with wide output, and `more`."""
    inherited = {name: value for name, value in os.environ.items() if name != "UNDERSTUDY_PROJECT"}
    return inherited | {"COLUMNS": "120", "NO_COLOR": "1"} | dict(more or {})


def killed(arguments: Sequence[str], ripe: Callable[[], bool], log: Path, limit_s: float = 90) -> None:
    """Run a command and kill it -9 as soon as `ripe` says so; its output goes to `log`."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [str(UNDERSTUDY), *arguments], stdout=stream, stderr=stream, env=environment_for()
        )
        until = time.monotonic() + limit_s
        while not ripe():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < until, log.read_text()
            time.sleep(0.005)
        process.kill()
        process.wait()
