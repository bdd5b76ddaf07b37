"""Answers that were worked out of records that go, by jobs that can be asked again.

An exploration lists values that one record alone may have, however short: it goes whole, and is written
down as removed. A learning curve is numbers and stays. Of a check against a benchmark the pairs go, and
what it counted is counted again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from curation.erasing.selecting import reference
from storage import artifacts
from storage.artifacts import Manifest
from storage.erasing.rows import Touched
from storage.errors import NotFound
from storage.keeping import removals
from storage.project import Project

_KIND, _NUMBERS_ONLY = "explorations", "learning_curve"
_PAIRS, _MATCHES = "pairs.parquet", ("exact", "near", "passage")


def stale(manifests: Sequence[Manifest], touched: Collection[str]) -> tuple[str, ...]:
    """The explorations (`task/explorations/id`) that go, since an artifact they read from is touched."""
    return tuple(
        reference(each)
        for each in manifests
        if each.kind == _KIND
        and each.facts.get("part") != _NUMBERS_ONLY
        and any(name in touched for name in (reference(each), *_read_from(each)))
    )


def remove(project: Project, references: Collection[str], erasure_id: str, by: str) -> None:
    """Take explorations away. Safe to repeat after a kill. Raises DiskFull."""
    for name in references:
        task, kind, artifact_id = name.split("/")
        try:
            manifest = artifacts.load(project, kind, task, artifact_id)
        except NotFound:
            continue
        removals.remove(project, manifest, by=by, why=f"{erasure_id} erased records that it tells of")


def recounted(manifest: Manifest, folder: Path, found: Mapping[str, Touched]) -> Mapping[str, Any]:
    """The facts of a check for contamination with as many matches as are left."""
    if _PAIRS not in found or "records" not in manifest.facts:
        return manifest.facts
    left = Counter(pq.read_table(folder / _PAIRS, columns=["match"])["match"].to_pylist())
    return {**manifest.facts, **{name: left[name] for name in _MATCHES}}


def _read_from(manifest: Manifest) -> list[str]:
    return [f"{manifest.task}/{each}" for each in manifest.inputs]
