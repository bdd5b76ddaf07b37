"""The texts by which records are known outside their own rows: those that stand in no other record.

A brand, a label or a phrase that others have too is not looked for: masking it would spoil their rows,
and it says nothing about the person by itself.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import select

from curation.erasing.selecting import Chosen, batches, reference
from storage import database
from storage.artifacts import Manifest
from storage.database import tables
from storage.erasing.needles import Needles
from storage.erasing.rows import mentioning
from storage.project import Project

SHORTEST_TEXT = 12
"""Characters of a text that is looked for elsewhere: a shorter one stands in the records of others too."""
_SAID = {"labels": ("output",), "reviews": ("output", "note", "tag_reasons")}
_OF_RECORDS = ("records", "labels", "reviews")
_MOST_OTHERS = 50
_MOST_HOLDERS = 10
"""Records beside the chosen ones that may hold a text before it counts as a phrase that is nobody's own."""


Row = Mapping[str, Any]


@dataclass(frozen=True)
class Known:
    """`texts` are looked for everywhere; `shared` counts those that other records have as well.

    `others` are records that were not chosen and have one of the inputs in theirs, in a label or in a review,
    where few have it: (task, row).
    """

    texts: frozenset[str]
    shared: int
    others: tuple[tuple[str, Row], ...]


def known(project: Project, manifests: Sequence[Manifest], made: Chosen) -> Known:
    """The texts of what was chosen, told apart from what others say too."""
    inputs = {text for _, row in made.records for text in _values(row["inputs"])}
    every = {text for text in (*inputs, *_texts(manifests, made)) if len(text) >= SHORTEST_TEXT}
    every |= made.written
    defined = _definitions(project)
    asked = _Asked({text for text in every if not Needles.of([text]).found_in(defined)}, inputs)
    for batch in _rows_of_others(manifests, made):
        for row in batch.filter(mentioning(batch, asked.needles)).to_pylist():
            asked.note(row)
    few = {name for found in asked.holders.values() if len(found) <= _MOST_HOLDERS for name in found}
    others = {str(row["record_id"]): (task, row) for task, row in _records(manifests, few)}
    texts = frozenset(asked.waiting - asked.holders.keys())
    return Known(texts, len(every) - len(texts), tuple(others.values())[:_MOST_OTHERS])


class _Asked:
    """The texts that may still be the chosen records' own; what many have is not asked for any longer."""

    def __init__(self, texts: set[str], inputs: set[str]) -> None:
        self.waiting = texts
        self.holders: dict[str, set[str]] = {}
        """The records of others that hold one of the inputs, or of which somebody said it, by text."""
        self._inputs = inputs
        self._forms = {text: Needles.of([text]) for text in texts}
        self.needles = Needles.of(texts)

    def note(self, row: Mapping[str, Any]) -> None:
        """Take in a row of somebody else's that has one of the texts."""
        said = " ".join(value for value in row.values() if isinstance(value, str))
        for text in [text for text in self.waiting if self._forms[text].found_in(said)]:
            found = self.holders.setdefault(text, set())
            if text in self._inputs and row.get("record_id"):
                found.add(row["record_id"])
            if text not in self._inputs or len(found) > _MOST_HOLDERS:
                self.waiting.discard(text)
                self.needles = Needles.of(self.waiting)


def _texts(manifests: Sequence[Manifest], made: Chosen) -> Iterator[str]:
    """Everything that stands in the rows of the chosen records and lines."""
    for _, row in made.records:
        yield from (str(row["gold"] or ""), *_values(row["extras"]))
    ids = pa.array(sorted(made.record_ids), type=pa.string())
    for manifest in manifests:
        for schema, columns in _SAID.items():
            for batch in batches(manifest, [schema], ["record_id", *columns]):
                for row in batch.filter(pc.is_in(batch.column("record_id"), value_set=ids)).to_pylist():
                    yield from (str(row.get(name) or "") for name in columns)
        numbers = pa.array(sorted(made.lines.get(reference(manifest), ())), type=pa.int64())
        for batch in batches(manifest, ["raw", "rejects"], ["row_number", "row"]):
            for row in batch.filter(pc.is_in(batch.column("row_number"), value_set=numbers)).to_pylist():
                yield from _values(row["row"])


def _records(manifests: Sequence[Manifest], record_ids: Collection[str]) -> Iterator[tuple[str, Row]]:
    """The rows of these records, each with its task."""
    ids = pa.array(sorted(record_ids), type=pa.string())
    for manifest in manifests if record_ids else ():
        for batch in batches(manifest, ["records"]):
            for row in batch.filter(pc.is_in(batch.column("record_id"), value_set=ids)).to_pylist():
                yield manifest.task, row


def _rows_of_others(manifests: Sequence[Manifest], made: Chosen) -> Iterator[pa.RecordBatch]:
    """The rows of records that were not chosen, and the lines that such records were made of."""
    ids = pa.array(sorted(made.record_ids), type=pa.string())
    for manifest in manifests:
        for batch in batches(manifest, _OF_RECORDS):
            yield batch.filter(pc.invert(pc.is_in(batch.column("record_id"), value_set=ids)))
        taken = made.taken.get(reference(manifest))
        if taken:
            numbers = pa.array(sorted(taken - made.lines.get(reference(manifest), set())), type=pa.int64())
            for batch in batches(manifest, ["raw"], ["row_number", "row"]):
                yield batch.filter(pc.is_in(batch.column("row_number"), value_set=numbers))


def _values(stored: object) -> Iterable[str]:
    """The texts of a stored JSON object, and what is no JSON as it is (a reject's raw line)."""
    if not isinstance(stored, str) or not stored:
        return ()
    try:
        found = orjson.loads(stored)
    except orjson.JSONDecodeError:
        return (stored,)
    return tuple(_leaves(found))


def _leaves(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _leaves(each)
    elif isinstance(value, list):
        for each in value:
            yield from _leaves(each)


def _definitions(project: Project) -> str:
    """What tasks are defined by: their labels, tags and guidelines are nobody's."""
    with database.engine(project).connect() as connection:
        found = connection.execute(select(tables.tasks.c.definition)).scalars()
        return "\n".join(json.dumps(each, ensure_ascii=False) for each in found)
