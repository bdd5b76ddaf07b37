"""Counts over artifacts that never change, kept until what they were counted from is another.

A page shows a number for each stage of the loop. Counting a million rows takes a second; the count is
made once, by the job that publishes them or by whoever looks first, and read ever after.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import orjson

from storage.artifacts import Manifest
from storage.identifiers import checked_name, new_id
from storage.project import Project

Figures = Any
"""Whatever JSON can say."""


def kept(
    project: Project,
    task: str,
    name: str,
    sources: Iterable[Manifest],
    count: Callable[[], Figures],
    *,
    beside: Iterable[str] = (),
) -> Figures:
    """What `count` answers for these sources; it is called only where no answer is kept for them.

    An answer belongs to the sources' ids, the hashes of their files, and what stands `beside`. Of each
    `name` of a task only the newest is kept. A cache that cannot be read or written costs the time to
    count, nothing else.
    """
    folder = project.cache_dir / "figures" / checked_name(task, "task")
    path = folder / f"{name}.json"
    key = _key(sources, beside)
    with suppress(OSError, ValueError, TypeError, KeyError):
        found = orjson.loads(path.read_bytes())
        if found["of"] == key:
            return found["figures"]
    figures = orjson.loads(orjson.dumps(count()))
    with suppress(OSError):
        _write(path, orjson.dumps({"of": key, "figures": figures}))
    return figures


def _key(sources: Iterable[Manifest], beside: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for manifest in sources:
        digest.update(orjson.dumps([manifest.reference, sorted(entry.sha256 for entry in manifest.files)]))
    digest.update(orjson.dumps(list(beside)))
    return digest.hexdigest()


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all; two that write at once leave one of both."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{new_id('tmp')}")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
