"""Folders for tests that start PostgreSQL, which as root runs as a user of its own."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that every user may enter; pytest's own lie below one only root may."""
    folder = Path(tempfile.mkdtemp(prefix="understudy-test-")).resolve()
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
