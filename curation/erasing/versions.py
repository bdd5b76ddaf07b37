"""What follows when rows leave an artifact: counts, the hash of a dataset version, and a cluster's keeper."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curation.datasets import content_hash
from storage.artifacts import Manifest
from storage.erasing.folders import Amend
from storage.erasing.rows import Mend, Touched

CARD = "README.md"
_HASHED = ("record_id", "split", "system", "prompt", "completion")


def amend(erasure_id: str, at: datetime) -> Amend:
    """What a dataset version says of itself afterwards: rows, decisions and hash as they are now.

    It keeps its number; its card says how many rows were erased. Other artifacts keep their facts.
    """

    def amended(manifest: Manifest, folder: Path, found: Mapping[str, Touched]) -> Mapping[str, Any]:
        dropped = sum(touched.dropped for touched in found.values())
        if manifest.kind != "datasets" or "rows" not in manifest.facts or not dropped:
            return manifest.facts
        names = [entry.name for entry in manifest.files if entry.schema == "dataset_rows"]
        columns = [*_HASHED, "decision"]
        left = [row for name in names for row in pq.read_table(folder / name, columns=columns).to_pylist()]
        digest = content_hash.of_folder(folder) if "plan_hash" in manifest.facts else _as_once(left)
        if (folder / CARD).is_file():
            with (folder / CARD).open("a", encoding="utf-8") as card:
                card.write(_said(dropped, len(left), digest, erasure_id, at))
        splits = Counter(row["split"] for row in left)
        return {
            **manifest.facts,
            "rows": {split: splits[split] for split in manifest.facts["rows"]},
            "decisions": dict(Counter(row["decision"] for row in left)),
            "content_hash": digest,
        }

    return amended


def _as_once(rows: Iterable[Mapping[str, Any]]) -> str:
    """The content hash of versions from before `curation.datasets.content_hash`, in any order of rows."""
    digest = hashlib.sha256()
    for line in sorted(orjson.dumps([row[name] for name in _HASHED]) + b"\n" for row in rows):
        digest.update(line)
    return digest.hexdigest()


def kept_again(before: pa.Table, after: pa.Table) -> pa.Table:
    """Let each cluster that lost its keeper keep the member most like it; else none would be labelled."""
    kept = set(after.filter(after["keeper"])["cluster"].to_pylist())
    best: dict[int, tuple[float, int]] = {}
    places = zip(after["cluster"].to_pylist(), after["similarity"].to_pylist(), strict=True)
    for place, (cluster, similarity) in enumerate(places):
        if cluster not in kept and (cluster not in best or (similarity or 0.0) > best[cluster][0]):
            best[cluster] = (similarity or 0.0, place)
    chosen = {place for _, place in best.values()}
    now = pa.array([place in chosen for place in range(after.num_rows)], type=pa.bool_())
    changed = {
        "keeper": pc.or_(after["keeper"], now),
        "similarity": pc.if_else(now, 1.0, after["similarity"]),
        "match": pc.if_else(now, "keeper", after["match"]),
    }
    for name, column in changed.items():
        after = after.set_column(after.schema.get_field_index(name), after.schema.field(name), column)
    return after


MENDS: Mapping[str, Mend] = {"duplicates": kept_again, "found_duplicates": kept_again}
"""By schema."""


def _said(dropped: int, left: int, digest: str, erasure_id: str, at: datetime) -> str:
    what = f"{dropped:,} rows were" if dropped != 1 else "1 row was"
    return (
        f"\n> {what} erased on {at:%Y-%m-%d} ({erasure_id}). The counts above are of the version as it was\n"
        f"> frozen; it has {left:,} rows now, and the content hash `{digest}`.\n"
    )
