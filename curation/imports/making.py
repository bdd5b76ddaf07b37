"""From batches of rows to records: mapped, prepared, checked, held out or not. Pure but for counting."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import orjson
import pyarrow as pa

from curation import outputs
from curation.erasing.fingerprints import fingerprint
from curation.imports.files import Batch, Reject, raw_text
from curation.imports.mapping import ColumnMapping, held_out_values
from curation.imports.records import Records, digest_of, raw_rows, record_id, share_positions
from curation.preparing import Prepared, Preparer, Uncertain
from curation.tasks import Task
from storage.errors import InvalidInput

MAX_INPUT_CHARS = 300_000
"""The most characters that the inputs of one record have together."""
ERASED = "It was erased from this project, and stays away."
_ANSWERS_REMEMBERED = 10_000

Texts = Sequence[str]


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
        raw = raw_rows(batch) if batch.raw is None else batch.raw
        reasons = self._missing(batch)
        present = [place for place in range(len(batch.numbers)) if place not in reasons]
        prepared = self._preparer.batch(*self._mapped(batch, present))
        places = _places(batch, present, prepared, reasons)
        for at, reason in self._unfit(prepared):
            reasons.setdefault(places[at], reason)
        gold = self._gold(prepared, places, reasons)
        kept = [at for at, place in enumerate(places) if place not in reasons]
        records = self._records(batch, prepared, places, gold, kept)
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
        return records.at([at for at in range(len(records.ids)) if at not in gone]), erased

    def _missing(self, batch: Batch) -> dict[int, str]:
        """The places of rows without an input column, and which it is."""
        found: dict[int, str] = {}
        for column in self._mapping.inputs:
            for place in sorted(batch.absent.get(column, ())):
                found.setdefault(place, f"It has no {column!r}.")
        return found

    def _mapped(self, batch: Batch, places: Sequence[int]) -> tuple[Sequence[int], dict[str, Texts]]:
        """The numbers and the mapped columns of a batch, at these places."""
        columns = {name: batch.columns[name] for name in self._mapping.file_columns}
        if len(places) == len(batch.numbers):
            return batch.numbers, dict(columns)
        return (
            [batch.numbers[place] for place in places],
            {name: [texts[place] for place in places] for name, texts in columns.items()},
        )

    def _unfit(self, prepared: Prepared) -> Iterator[tuple[int, str]]:
        """Which prepared rows cannot be a record, and why."""
        columns = [prepared.columns[column] for column in self._mapping.inputs]
        lengths = [sum(map(len, texts)) for texts in zip(*columns, strict=True)]
        if lengths and (min(lengths) == 0 or max(lengths) > MAX_INPUT_CHARS):
            for at, length in enumerate(lengths):
                if length == 0:
                    yield at, "Every input is empty."
                elif length > MAX_INPUT_CHARS:
                    yield at, f"Its inputs have {length:,} characters; {MAX_INPUT_CHARS:,} are the most."

    def _gold(self, prepared: Prepared, places: Sequence[int], reasons: dict[int, str]) -> list[str | None]:
        """The right answers in their one spelling; a wrong one is a reason to reject its row."""
        column = self._mapping.gold
        if column is None:
            return [None] * len(places)
        texts = prepared.columns[column]
        answers = {text: self._answer(text) if text else None for text in set(texts)}
        found: list[str | None] = []
        for at, answer in enumerate(map(answers.__getitem__, texts)):
            if isinstance(answer, InvalidInput):
                reasons.setdefault(places[at], f"Its {column!r} cannot stand: {answer.what}")
                answer = None
            found.append(answer)
        return found

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
        prepared: Prepared,
        places: Sequence[int],
        gold: Sequence[str | None],
        kept: Sequence[int],
    ) -> Records:
        names = self._mapping.inputs
        inputs = _objects({name: prepared.columns[column] for column, name in names.items()}, len(places))
        ordered = sorted(names.items(), key=lambda each: each[1])
        canonical = inputs
        if ordered != list(names.items()):
            canonical = _objects({name: prepared.columns[column] for column, name in ordered}, len(places))
        extras = _objects({name: prepared.columns[name] for name in self._mapping.extras}, len(places))
        digests = [digest_of(each) for each in canonical]
        ids = [record_id(digest) for digest in digests]
        held_out = self._held_out(batch, places, ids)
        apart = [answer if out else None for answer, out in zip(gold, held_out, strict=True)]
        return Records(prepared.numbers, ids, digests, inputs, apart, extras, held_out).at(kept)

    def _held_out(self, batch: Batch, places: Sequence[int], ids: Sequence[str]) -> list[bool]:
        share = self._task.held_out_share
        found = [position < share for position in share_positions(self._task.name, ids)]
        for column, values in self._where.items():
            texts = batch.columns[column]
            for at, place in enumerate(places):
                if texts[place].strip() in values:
                    found[at] = True
        return found


def _objects(columns: Mapping[str, Texts], rows: int) -> list[bytes]:
    """JSON objects of columns of text, one for each row."""
    if len(columns) == 1:
        [(name, texts)] = columns.items()
        return [orjson.dumps({name: text}) for text in texts]
    if not columns:
        return [b"{}"] * rows
    names = tuple(columns)
    return [
        orjson.dumps(dict(zip(names, texts, strict=True))) for texts in zip(*columns.values(), strict=True)
    ]


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
