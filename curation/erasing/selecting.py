"""From what a person asks for to the records and the lines of imports that are meant.

A record leads to the line it was made of and a line to its record, so that neither is left behind, and to
the rows that other dataset versions replay of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curation.datasets.planning import replay
from storage.artifacts import FileEntry, Manifest
from storage.erasing.needles import Needles, spellings
from storage.erasing.rows import Wanted
from storage.errors import InvalidInput

SHORTEST_ASKED = 4
"""Characters of a text that can be asked for: a shorter one stands within other words."""
_BATCH_ROWS = 8192
_WHOLE_ROWS = ("imports", "contaminations")
"""Kinds of which a row goes whole where it has one of the texts: it is a line of somebody's file."""
_RECORD_COLUMNS = ["record_id", "row_number", "inputs", "gold", "extras"]


@dataclass
class Chosen:
    """What is meant. `lines` are row numbers by import (`task/imports/id`).

    `records` are the rows of the chosen records, `copies` the names under which dataset versions replay
    them, `written` every exact spelling of the text asked for, and `taken` the lines of each import that
    other records were made of.
    """

    record_ids: set[str] = field(default_factory=set)
    lines: dict[str, set[int]] = field(default_factory=dict)
    copies: set[str] = field(default_factory=set)
    written: set[str] = field(default_factory=set)
    records: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)
    taken: dict[str, set[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class Wants:
    """What of each file of an artifact has to go."""

    record_ids: frozenset[str]
    lines: Mapping[str, frozenset[int]]
    needles: Needles

    def __call__(self, manifest: Manifest, entry: FileEntry) -> Wanted:
        """The records' rows; of lines of files those of the records and all that have one of the texts."""
        if manifest.kind not in _WHOLE_ROWS:
            return Wanted(self.record_ids, frozenset(), self.needles)
        numbers = self.lines.get(reference(manifest), frozenset())
        return Wanted(self.record_ids, numbers, self.needles, with_text_goes=True)


def wants(record_ids: Collection[str], lines: Mapping[str, Collection[int]], texts: Collection[str]) -> Wants:
    """What has to go, by ids, by lines and by texts."""
    numbers = {name: frozenset(each) for name, each in lines.items()}
    return Wants(frozenset(record_ids), numbers, Needles.of({*texts, *record_ids}))


def reference(manifest: Manifest) -> str:
    """`task/kind/id`."""
    return f"{manifest.task}/{manifest.reference}"


def chosen(manifests: Sequence[Manifest], record_ids: Collection[str], text: str) -> Chosen:
    """What is meant by ids and by a text: whole words of it, whatever their case.

    Raises InvalidInput for a text that is too short.
    """
    asked = text.strip()
    if asked and len(asked) < SHORTEST_ASKED:
        raise InvalidInput(
            f"{asked!r} is too short to be erased: it stands within other words.",
            next_step=f"Give at least {SHORTEST_ASKED} characters, or the ids of the records.",
        )
    made = Chosen(record_ids=set(record_ids))
    if asked:
        made.written.add(asked)
        for manifest in manifests:
            for entry in manifest.files:
                if entry.schema is not None and manifest.kind != "contaminations":
                    _search(manifest, entry, asked, made)
    _closed(manifests, made)
    _replayed(manifests, made)
    return made


def batches(manifest: Manifest, schemas: Collection[str], columns: Sequence[str] | None = None,
            ) -> Iterator[pa.RecordBatch]:  # fmt: skip
    """The rows of an artifact's tables of some schemas, as they are stored."""
    for entry in manifest.files:
        if entry.schema in schemas:
            with pq.ParquetFile(manifest.folder / entry.name) as file:
                known = [name for name in columns or () if name in file.schema_arrow.names] or None
                yield from file.iter_batches(batch_size=_BATCH_ROWS, columns=known, use_threads=False)


def _search(manifest: Manifest, entry: FileEntry, asked: str, made: Chosen) -> None:
    forms = "|".join(re.escape(form) for form in sorted(spellings(asked), key=len, reverse=True))
    before, behind = (r"(?<!\w)" if asked[0].isalnum() else ""), (r"(?!\w)" if asked[-1].isalnum() else "")
    exact = re.compile(f"{before}(?:{forms}){behind}", re.IGNORECASE)
    for batch in batches(manifest, [entry.schema or ""]):
        places: set[int] = set()
        for column in batch.columns:
            if not pa.types.is_string(column.type):
                continue
            there = pc.fill_null(pc.match_substring_regex(column, f"(?i:{forms})"), False)
            for place in pc.indices_nonzero(there).to_pylist():
                found = exact.findall(column[place].as_py())
                made.written |= {_plain(each, asked) for each in found}
                places |= {place} if found else set()
        rows = batch.take(pa.array(sorted(places), type=pa.int64()))
        if "record_id" in batch.schema.names:
            found_ids = set(rows.column("record_id").to_pylist()) - {None}
            made.copies |= {each for each in found_ids if each.startswith(replay.PREFIX)}
            made.record_ids |= found_ids - made.copies
        elif "row_number" in batch.schema.names and rows.num_rows:
            made.lines.setdefault(reference(manifest), set()).update(rows.column("row_number").to_pylist())


def _plain(found: str, asked: str) -> str:
    """The text as it was found, unless it was found as JSON or SQL writes it."""
    return found if len(found) == len(asked) else asked


def _closed(manifests: Sequence[Manifest], made: Chosen) -> None:
    """Add the records of chosen lines and the lines of chosen records; keep the records' rows."""
    ids = pa.array(sorted(made.record_ids), type=pa.string())
    for manifest in manifests:
        if manifest.kind != "records":
            continue
        source = next((f"{manifest.task}/{each}" for each in manifest.inputs if each[:8] == "imports/"), "")
        numbers = pa.array(sorted(made.lines.get(source, ())), type=pa.int64())
        for batch in batches(manifest, ["records"], _RECORD_COLUMNS):
            own = pc.or_(
                pc.is_in(batch.column("record_id"), value_set=ids),
                pc.is_in(batch.column("row_number"), value_set=numbers),
            )
            for row in batch.filter(own).to_pylist():
                made.records.append((manifest.task, row))
            others = batch.filter(pc.invert(own)).column("row_number")
            made.taken.setdefault(source, set()).update(others.to_pylist())
    made.record_ids |= {str(row["record_id"]) for _, row in made.records}
    _lines_of(manifests, made)


def _replayed(manifests: Sequence[Manifest], made: Chosen) -> None:
    """The names of their rows where another version replays them: a hash of what the row says."""
    if not any(each.facts.get("replayed_from") for each in manifests if each.kind == "datasets"):
        return
    ids = pa.array(sorted(made.record_ids), type=pa.string())
    for manifest in manifests:
        for batch in batches(manifest, ["dataset_rows"], ["record_id", "system", "prompt", "completion"]):
            for row in batch.filter(pc.is_in(batch.column("record_id"), value_set=ids)).to_pylist():
                made.copies.add(replay.name_of(row["system"] or "", row["prompt"], row["completion"]))


def _lines_of(manifests: Sequence[Manifest], made: Chosen) -> None:
    ids = pa.array(sorted(made.record_ids), type=pa.string())
    for manifest in manifests:
        source = next((f"{manifest.task}/{each}" for each in manifest.inputs if each[:8] == "imports/"), "")
        if manifest.kind != "records" or not source:
            continue
        for batch in batches(manifest, ["records"], ["record_id", "row_number"]):
            own = batch.filter(pc.is_in(batch.column("record_id"), value_set=ids))
            if own.num_rows:
                made.lines.setdefault(source, set()).update(own.column("row_number").to_pylist())
