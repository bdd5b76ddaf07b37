"""The records of a task as later steps see them: cleaned, with their duplicate cluster.

A corpus is pinned: it is read from exactly the artifacts named in `inputs`, so that a job
that resumes tomorrow works on the records it began with.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import orjson

from curation import left_out
from storage import artifacts, views
from storage.artifacts import Manifest
from storage.project import Project


@dataclass(frozen=True)
class Record:
    """One record. `cluster` names its duplicate cluster: the keeper's record id, else its own.

    `trainable` is False for held-out records, for copies that are not kept, for every member of a
    cluster that touches a held-out record, and for what somebody left out.
    """

    record_id: str
    inputs: Mapping[str, str]
    gold: str | None
    extras: Mapping[str, str]
    held_out: bool
    cluster: str
    trainable: bool


@dataclass(frozen=True)
class Corpus:
    """All records of a task, each once, in the order they were imported."""

    records: tuple[Record, ...]
    inputs: tuple[str, ...] = field(default=())

    @cached_property
    def by_id(self) -> Mapping[str, Record]:
        """The records by their id."""
        return {record.record_id: record for record in self.records}

    @property
    def trainable(self) -> list[Record]:
        """What may be labelled, reviewed and trained on."""
        return [record for record in self.records if record.trainable]

    @property
    def held_out(self) -> list[Record]:
        """What was set apart at import, before any label existed."""
        return [record for record in self.records if record.held_out]


def read(project: Project, task: str) -> Corpus:
    """The corpus of a task now: all its imports, the newest search for duplicates, and what is left out."""
    records = artifacts.listing(project, "records", task)
    duplicates = artifacts.listing(project, "duplicates", task)[-1:]
    whole = _built(records, duplicates)
    gone = left_out.standing(project, task)
    if not gone:
        return whole
    kept = (
        replace(record, trainable=False) if record.record_id in gone else record for record in whole.records
    )
    return replace(whole, records=tuple(kept))


def of_records(project: Project, task: str, record_ids: Collection[str]) -> dict[str, Record]:
    """Those of these records that there are, by id, without reading the others."""
    return _asked(project, task, "r.record_id IN (SELECT unnest(?::VARCHAR[]))", [sorted(record_ids)])


def first_trainable(project: Project, task: str) -> Record | None:
    """A record that may be labelled, of the first of the first import; None where there is none."""
    for limit in (_LOOKED_AT_FIRST, None):
        some = "SELECT record_id FROM records WHERE NOT held_out" + (f" LIMIT {limit}" if limit else "")
        found = _asked(project, task, f"r.record_id IN ({some})", [])
        trainable = next((record for record in found.values() if record.trainable), None)
        if trainable is not None:
            return trainable
    return None


_LOOKED_AT_FIRST = 200

_ASKED = """
SELECT r.record_id, r.inputs, r.gold, r.extras, r.held_out, d.record_id IS NOT NULL AS searched, d.cluster,
       d.keeper, d.held_out AS touched, k.record_id AS kept
FROM records AS r LEFT JOIN duplicates AS d ON d.record_id = r.record_id
LEFT JOIN duplicates AS k ON k.cluster = d.cluster AND k.keeper
"""


def _asked(project: Project, task: str, where: str, parameters: Sequence[Any]) -> dict[str, Record]:
    found: dict[str, Record] = {}
    gone = left_out.standing(project, task)
    for row in views.rows(project, f"{_ASKED} WHERE {where}", parameters, task=task):
        place = {**row, "held_out": row["touched"]} if row["searched"] else None
        keepers = {row["cluster"]: row["kept"]} if row["kept"] else {}
        record = _record(row, place, keepers)
        found.setdefault(
            record.record_id, replace(record, trainable=False) if record.record_id in gone else record
        )
    return found


def read_pinned(project: Project, task: str, inputs: Iterable[str]) -> Corpus:
    """The corpus made of the artifacts that `inputs` names (`records/…`, `duplicates/…`)."""
    named = [reference.split("/", 1) for reference in inputs]
    loaded = [artifacts.load(project, kind, task, artifact) for kind, artifact in named]
    return _built(
        [manifest for manifest in loaded if manifest.kind == "records"],
        [manifest for manifest in loaded if manifest.kind == "duplicates"],
    )


def table_rows(manifest: Manifest, schema: str) -> list[dict[str, Any]]:
    """The rows of an artifact's tables of one schema."""
    names = [entry.name for entry in manifest.files if entry.schema == schema]
    return [row for name in names for row in artifacts.read_table(manifest, name).to_pylist()]


def _built(records: Sequence[Manifest], duplicates: Sequence[Manifest]) -> Corpus:
    clustered = [row for manifest in duplicates for row in table_rows(manifest, "duplicates")]
    keepers = {row["cluster"]: row["record_id"] for row in clustered if row["keeper"]}
    places = {row["record_id"]: row for row in clustered}
    found: dict[str, Record] = {}
    for manifest in records:
        for row in table_rows(manifest, "records"):
            found.setdefault(row["record_id"], _record(row, places.get(row["record_id"]), keepers))
    return Corpus(tuple(found.values()), tuple(m.reference for m in (*records, *duplicates)))


def _record(row: Mapping[str, Any], place: Mapping[str, Any] | None, keepers: Mapping[int, str]) -> Record:
    record_id = row["record_id"]
    apart = place is not None and (not place["keeper"] or place["held_out"])
    return Record(
        record_id=record_id,
        inputs=orjson.loads(row["inputs"] or "{}"),
        gold=row["gold"],
        extras=orjson.loads(row["extras"] or "{}"),
        held_out=bool(row["held_out"]),
        cluster=keepers.get(place["cluster"], record_id) if place else record_id,
        trainable=not row["held_out"] and not apart,
    )
