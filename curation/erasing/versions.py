"""What follows when rows leave an artifact: counts, the hash of a dataset version, and a cluster's keeper."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curation.datasets.files import content_hash
from curation.erasing import derived
from storage.artifacts import Manifest
from storage.erasing.folders import Amend
from storage.erasing.rows import Mend, Touched

CARD = "README.md"
_ROWS, _REWORDED = "dataset_rows", "robustness_rows"
_HASHED = ["record_id", "split", "system", "prompt", "completion"]
_COUNTED = ("split", "decision", "reviewers", "variation")


def amend(erasure_id: str, at: datetime) -> Amend:
    """What an artifact says of itself afterwards: of a dataset version rows, decisions and hash as they are.

    It keeps its number; its card says how many rows were erased. A check for contamination counts again.
    Other artifacts keep their facts.
    """

    def amended(manifest: Manifest, folder: Path, found: Mapping[str, Touched]) -> Mapping[str, Any]:
        if manifest.kind == "contaminations":
            return derived.recounted(manifest, folder, found)
        changed = {entry.schema for entry in manifest.files if entry.name in found} & {_ROWS, _REWORDED}
        if manifest.kind != "datasets" or "rows" not in manifest.facts or not changed:
            return manifest.facts
        facts = {**manifest.facts, **_counted(manifest, folder)}
        if (folder / CARD).is_file():
            with (folder / CARD).open("a", encoding="utf-8") as card:
                card.write(_said(manifest, found, facts, erasure_id, at))
        return facts

    return amended


def _counted(manifest: Manifest, folder: Path) -> dict[str, Any]:
    """The facts of a version that follow from its rows; only those that it has."""
    files = [folder / entry.name for entry in manifest.files if entry.schema == _ROWS]
    counted = [name for name in _COUNTED if name in pq.read_schema(files[0]).names]
    rows = pa.concat_tables([pq.read_table(path, columns=counted) for path in files])
    splits = _times(rows["split"])
    worded = _times(rows["variation"]) if "variation" in counted else {}
    found = {
        "rows": {split: splits.get(split, 0) for split in manifest.facts["rows"]},
        "decisions": _times(rows["decision"]),
        "reviewers": _times(pc.list_flatten(rows["reviewers"])),
        "variations": {name: times for name, times in sorted(worded.items()) if name},
        "content_hash": _hash(manifest, folder, files),
    }
    return {name: value for name, value in found.items() if name in manifest.facts}


def _times(values: pa.ChunkedArray) -> dict[str, int]:
    """How often each value stands there; absence is none."""
    found = pc.value_counts(values.drop_null())
    return dict(zip(found.field("values").to_pylist(), found.field("counts").to_pylist(), strict=True))


def _hash(manifest: Manifest, folder: Path, files: Sequence[Path]) -> str:
    if "plan_hash" in manifest.facts:
        return content_hash.of_folder(folder)
    return _as_once(row for path in files for row in pq.read_table(path, columns=_HASHED).to_pylist())


def _as_once(rows: Iterable[Mapping[str, Any]]) -> str:
    """The content hash of versions from before `datasets.files.content_hash`, in any order of rows."""
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


def _said(
    manifest: Manifest, found: Mapping[str, Touched], facts: Mapping[str, Any], erasure_id: str, at: datetime
) -> str:
    of = {entry.name: entry.schema for entry in manifest.files}
    rows = sum(touched.dropped for name, touched in found.items() if of.get(name) == _ROWS)
    reworded = sum(touched.dropped for name, touched in found.items() if of.get(name) == _REWORDED)
    masked = sum(touched.masked for name, touched in found.items() if of.get(name) in (_ROWS, _REWORDED))
    more = [f"{reworded:,} of the robustness file"] if reworded else []
    more += [f"a text in {masked:,} others"] if masked else []
    what = ", ".join(["1 row" if rows == 1 else f"{rows:,} rows", *more])
    return (
        f"\n> Erased on {at:%Y-%m-%d} ({erasure_id}): {what}. The counts above are of the version as it was\n"
        f"> frozen; it has {sum(facts['rows'].values()):,} rows now, and the content hash "
        f"`{facts['content_hash']}`.\n"
    )
