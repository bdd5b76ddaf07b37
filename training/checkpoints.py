"""Checkpoints of a run that can be trusted after a kill. Loads no model library.

A trainer killed while it writes one leaves a folder that looks like a checkpoint. Only those
marked after they were written count; the others are removed before the run goes on.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_PREFIX = "checkpoint-"
_MARK = "complete"


def mark_complete(checkpoint: Path) -> None:
    """Say that everything of this checkpoint is written, and flush it to the disk first."""
    for path in sorted(checkpoint.rglob("*")):
        if path.is_file():
            _flush(path)
    (checkpoint / _MARK).touch()
    _flush(checkpoint / _MARK)
    _flush(checkpoint)


def of_step(folder: Path, step: int) -> Path:
    """Where the checkpoint of a step lies."""
    return folder / f"{_PREFIX}{step}"


def step_of(checkpoint: Path) -> int:
    """The step a checkpoint was taken at."""
    return int(checkpoint.name.removeprefix(_PREFIX))


def last_complete(folder: Path) -> Path | None:
    """The newest complete checkpoint of a run, or None; incomplete ones are removed."""
    if not folder.is_dir():
        return None
    found = [path for path in folder.iterdir() if path.name.startswith(_PREFIX)]
    for path in found:
        if not (path / _MARK).is_file():
            shutil.rmtree(path, ignore_errors=True)
    return max((path for path in found if path.is_dir()), key=step_of, default=None)


def publish_folder(draft: Path, target: Path) -> None:
    """Put a finished folder in its place, replacing what an earlier attempt left there."""
    shutil.rmtree(target, ignore_errors=True)
    os.replace(draft, target)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
