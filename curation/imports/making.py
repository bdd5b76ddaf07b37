"""From batches of rows to records: mapped, prepared, checked, held out or not. Pure but for counting."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from curation import outputs
from curation.erased import fingerprint
from curation.imports.files import Batch, Reject, raw_text
from curation.imports.mapping import ColumnMapping, held_out_values
from curation.imports.reading.json_objects import objects
from curation.imports.records import Records, digests_of, raw_rows, record_id, share_positions
from curation.preparing import Prepared, Preparer, Uncertain
from curation.tasks import Task
from curation.text_columns import TextColumn, texts_at
from storage.errors import InvalidInput

MAX_INPUT_CHARS = 300_000
"""The most characters that the inputs of one record have together."""
ERASED = "It was erased from this project, and stays away."
_ANSWERS_REMEMBERED = 10_000

Columns = Mapping[str, TextColumn]


@dataclass(frozen=True)
class Made:
    """What a batch became: its rows as they came (JSON, by number), records, rejects, values to ask about.

    Rows in `erased` were erased once and are kept nowhere: not as they came, and without a text as rejects.
    """

    numbers: Sequence[int]
    raw: pa.Array
    records: Records
    rejects: Sequence[Reject]
    uncertain: Sequence[Uncertain]
    erased: frozenset[int] = frozenset()


class RecordMaker:
    """Makes records for one task and mapping, with texts that went through `preparer`.

    `refused` are the fingerprints of erased records: none of them becomes a record again.
    """

    def __init__(
        self, task: Task, mapping: ColumnMapping, preparer: Preparer, refused: Collection[str] = ()
    ) -> None:
        self._refused = refused
        self._task = task
        self._mapping = mapping
        self._preparer = preparer
        self._where = held_out_values(task, mapping)
        self._answers: dict[str, str | InvalidInput] = {}

    def look_at(self, batch: Batch) -> None:
        """Show a batch to the preparer, where it needs to see all of them first."""
        missing = self._missing(batch)
        present = [place for place in range(len(batch.numbers)) if place not in missing]
        self._preparer.look_at(*self._mapped(batch, present))

    def made(self, batch: Batch) -> Made:
        """The records of a batch, and why the other rows are none."""
        [made] = self.made_of([batch])
        return made

    def made_of(self, batches: Sequence[Batch]) -> list[Made]:
        """As `made` for each batch in turn; together they are prepared faster."""
        mapped = []
        for batch in batches:
            missing = self._missing(batch)
            present = [place for place in range(len(batch.numbers)) if place not in missing]
            mapped.append((batch, missing, present))
        prepared = self._preparer.batches([self._mapped(batch, present) for batch, _, present in mapped])
        return [self._made(*each, found) for each, found in zip(mapped, prepared, strict=True)]

    def _made(
        self, batch: Batch, reasons: dict[int, str], present: Sequence[int], prepared: Prepared
    ) -> Made:
        raw = raw_rows(batch) if batch.raw is None else batch.raw
        columns = {name: TextColumn.of(texts) for name, texts in prepared.columns.items()}
        places = _places(batch, present, prepared, reasons)
        for at, reason in self._unfit(columns):
            reasons.setdefault(places[at], reason)
        gold = self._gold(columns, places, reasons)
        records = self._records(batch, prepared.numbers, columns, places, gold)
        if reasons:
            records = records.at([at for at, place in enumerate(places) if place not in reasons])
        rejects = [
            *batch.rejects,
            *(
                Reject(batch.numbers[place], why, raw_text(raw[place].as_py()))
                for place, why in reasons.items()
            ),
        ]
        numbers = batch.numbers
        records, erased = self._without_erased(records)
        if erased:
            rejects += [Reject(number, ERASED, "") for number in erased]
            staying = [place for place, number in enumerate(numbers) if number not in erased]
            numbers, raw = [numbers[place] for place in staying], raw.take(pa.array(staying, pa.int64()))
        rejects.sort(key=lambda reject: reject.row_number)
        uncertain = prepared.uncertain
        if uncertain and (reasons or erased):
            standing = set(records.numbers)
            uncertain = tuple(each for each in uncertain if each.row_number in standing)
        return Made(numbers, raw, records, rejects, uncertain, erased)

    def _without_erased(self, records: Records) -> tuple[Records, frozenset[int]]:
        """The records that were never erased, and the row numbers of those that were."""
        if not self._refused:
            return records, frozenset()
        gone = {at for at, each in enumerate(records.ids) if fingerprint(each) in self._refused}
        erased = frozenset(records.numbers[at] for at in gone)
        return records.at([at for at in range(len(records.numbers)) if at not in gone]), erased

    def _missing(self, batch: Batch) -> dict[int, str]:
        """The places of rows without an input column, and which it is."""
        found: dict[int, str] = {}
        for column in self._mapping.inputs:
            for place in sorted(batch.absent.get(column, ())):
                found.setdefault(place, f"It has no {column!r}.")
        return found

    def _mapped(
        self, batch: Batch, places: Sequence[int]
    ) -> tuple[Sequence[int], Mapping[str, Sequence[str]]]:
        """The numbers and the mapped columns of a batch, at these places."""
        columns = {name: batch.columns[name] for name in self._mapping.file_columns}
        if len(places) == len(batch.numbers):
            return batch.numbers, columns
        return (
            [batch.numbers[place] for place in places],
            {name: texts_at(texts, places) for name, texts in columns.items()},
        )

    def _unfit(self, columns: Columns) -> Iterator[tuple[int, str]]:
        """Which prepared rows cannot be a record, and why."""
        each = (pc.utf8_length(columns[column].array) for column in self._mapping.inputs)
        lengths = reduce(pc.add, each).to_numpy(zero_copy_only=False)
        for at in np.flatnonzero((lengths == 0) | (lengths > MAX_INPUT_CHARS)).tolist():
            length = int(lengths[at])
            if length == 0:
                yield at, "Every input is empty."
            else:
                yield at, f"Its inputs have {length:,} characters; {MAX_INPUT_CHARS:,} are the most."

    def _gold(self, columns: Columns, places: Sequence[int], reasons: dict[int, str]) -> pa.Array:
        """The right answers in their one spelling; a wrong one is a reason to reject its row."""
        column = self._mapping.gold
        if column is None:
            return pa.nulls(len(places), pa.string())
        given = columns[column].array.dictionary_encode()
        answers = [self._answer(text) if text else None for text in given.dictionary.to_pylist()]
        wrong = [place for place, answer in enumerate(answers) if isinstance(answer, InvalidInput)]
        if wrong:
            for at in pc.indices_nonzero(pc.is_in(given.indices, pa.array(wrong, pa.int32()))).to_pylist():
                fault = answers[given.indices[at].as_py()]
                assert isinstance(fault, InvalidInput)
                reasons.setdefault(places[at], f"Its {column!r} cannot stand: {fault.what}")
        right = pa.array([None if isinstance(each, InvalidInput) else each for each in answers], pa.string())
        return right.take(given.indices)

    def _answer(self, text: str) -> str | InvalidInput:
        """A right answer in its one spelling, or what is wrong with it; labels come again and again."""
        known = self._answers.get(text)
        if known is None:
            try:
                known = outputs.checked(self._task, text)
            except InvalidInput as fault:
                known = fault
            if len(self._answers) < _ANSWERS_REMEMBERED and len(text) <= MAX_INPUT_CHARS // 1000:
                self._answers[text] = known
        return known

    def _records(
        self,
        batch: Batch,
        numbers: Sequence[int],
        columns: Columns,
        places: Sequence[int],
        gold: pa.Array,
    ) -> Records:
        rows = len(numbers)
        names = self._mapping.inputs
        inputs = _objects({name: columns[column] for column, name in names.items()}, rows)
        ordered = sorted(names.items(), key=lambda each: each[1])
        canonical = inputs
        if ordered != list(names.items()):
            canonical = _objects({name: columns[column] for column, name in ordered}, rows)
        extras = _objects({name: columns[name] for name in self._mapping.extras}, rows)
        digests = digests_of(canonical)
        ids = list(map(record_id, digests))
        held_out = self._held_out(batch, places, ids)
        apart = pc.if_else(pa.array(held_out), gold, pa.scalar(None, pa.string()))
        return Records(numbers, ids, digests, inputs, apart, extras, held_out)

    def _held_out(self, batch: Batch, places: Sequence[int], ids: Sequence[str]) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = share_positions(self._task.name, ids) < self._task.held_out_share
        for column, values in self._where.items():
            texts = texts_at(batch.columns[column], places)
            found |= np.fromiter((text.strip() in values for text in texts), bool, len(places))
        return found


def _objects(columns: Columns, rows: int) -> pa.Array:
    """JSON objects of columns of text, one for each row."""
    return objects({name: texts.array for name, texts in columns.items()}, rows)


def _places(
    batch: Batch, present: Sequence[int], prepared: Prepared, reasons: dict[int, str]
) -> Sequence[int]:
    """The place in the batch of each prepared row; why the others are none goes to `reasons`."""
    if len(prepared.numbers) == len(present):
        return present
    place_of = {batch.numbers[place]: place for place in present}
    for rejected in prepared.rejected:
        reasons[place_of[rejected.number]] = rejected.reason
    for number, kinds in prepared.dropped.items():
        held = ", ".join(kinds)
        reasons[place_of[number]] = f"It holds what the redaction policy drops rows for: {held}."
    return [place_of[number] for number in prepared.numbers]
