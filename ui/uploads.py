"""Files a person uploads, kept on disk until their import has run, and no longer than a week."""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from io import BytesIO
from pathlib import Path

from storage.project import Project

_KEPT_S = 7 * 24 * 3600


def keep(project: Project, name: str, stream: BytesIO) -> Path:
    """Store an upload under its content's hash, so the same file is stored once; the answer is its path."""
    home = project.cache_dir / "uploads"
    _forget_old(home)
    digest = hashlib.file_digest(stream, "sha256").hexdigest()[:20]
    path = home / digest / (re.sub(r"[^\w.-]+", "_", Path(name).name).lstrip(".") or "upload")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f".{path.name}.part")
        stream.seek(0)
        with partial.open("wb") as target:
            shutil.copyfileobj(stream, target)
        partial.rename(path)
    return path


def _forget_old(home: Path) -> None:
    if home.is_dir():
        for folder in home.iterdir():
            if time.time() - folder.stat().st_mtime > _KEPT_S:
                shutil.rmtree(folder, ignore_errors=True)
