"""Running one command for the evidence, and what one step found."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


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


def last(text: str) -> str:
    """The last line."""
    return text.strip().splitlines()[-1] if text.strip() else ""
