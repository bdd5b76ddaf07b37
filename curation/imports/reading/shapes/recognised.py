"""Which form a file's rows have, and rows of that form as the four columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields
from itertools import islice
from typing import Any

import orjson

from curation.imports.reading.batches import Chunk, Reject, raw_text
from curation.imports.reading.shapes.forms import FORMS, Form, Shape
from curation.imports.reading.shapes.turns import Talk, Unfit, talk

LOOKED_AT = 200
MOST = 0.9
"""A form is recognised where at least this share of the first rows have it."""
COLUMNS = tuple(field.name for field in fields(Talk))


@dataclass(frozen=True)
class Recognised:
    """A form, the columns it takes from the file, and the columns there are then."""

    shape: Shape
    form: Form
    taken: tuple[str, ...]
    renamed: dict[str, str]
    columns: tuple[str, ...]

    def applied(self, chunk: Chunk) -> Chunk:
        """A chunk's conversations as four columns; rows that are of no such form are rejected."""
        rows = _values(chunk, self.taken)
        talks: list[Talk] = []
        kept: list[int] = []
        rejects = list(chunk.rejects)
        for place, values in enumerate(rows):
            try:
                talks.append(talk(self.form.turns(values)))
                kept.append(place)
            except Unfit as fault:
                raw = orjson.dumps(values, default=str)
                rejects.append(Reject(chunk.numbers[place], str(fault), raw_text(raw)))
        columns: dict[str, Any] = {name: [] for name in COLUMNS}
        for one in talks:
            for name, text in asdict(one).items():
                columns[name].append(text)
        for name, new in self.renamed.items():
            texts = as_list(chunk.columns[name])
            columns[new] = texts if len(kept) == len(texts) else [texts[place] for place in kept]
        more = {place: _renamed(chunk.more[old]) for place, old in enumerate(kept) if old in chunk.more}
        return Chunk([chunk.numbers[place] for place in kept], columns, rejects, more)


def recognised(columns: tuple[str, ...], chunks: Iterator[Chunk]) -> Recognised | None:
    """The form of the rows that `chunks` begin with; None for a plain table."""
    names = frozenset(columns)
    possible = [(form, taken) for form in FORMS if (taken := form.takes(names))]
    first = next((chunk for chunk in chunks if len(chunk.numbers)), None) if possible else None
    if first is None:
        return None
    for form, taken in possible:
        looked_at = list(islice(_values(first, taken), LOOKED_AT))
        if sum(map(form.is_one, looked_at)) >= MOST * len(looked_at):
            return _made(form, taken, columns)
    return None


def as_list(column: Any) -> list[str | None]:
    """A chunk's column as a list."""
    return column if isinstance(column, list) else list(column.to_pylist())


def _made(form: Form, taken: tuple[str, ...], columns: Sequence[str]) -> Recognised:
    left = [name for name in columns if name not in taken]
    renamed = {name: _kept_name(name) for name in left}
    shape: Shape = "batch" if form.shape == "log" and "custom_id" in columns else form.shape
    return Recognised(shape, form, taken, renamed, (*COLUMNS, *renamed.values()))


def _kept_name(name: str) -> str:
    """What a column of the file is called beside the four."""
    return f"{name} (file)" if name in COLUMNS else name


def _renamed(texts: dict[str, str]) -> dict[str, str]:
    return {_kept_name(name): text for name, text in texts.items()}


def _values(chunk: Chunk, taken: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The taken columns of each row, JSON parsed; what a row does not have, or is empty, left out."""
    lists = [as_list(chunk.columns[name]) for name in taken]
    for texts in zip(*lists, strict=True):
        yield {name: _parsed(text) for name, text in zip(taken, texts, strict=True) if text}


def _parsed(text: str) -> Any:
    if text[:1] in "[{":
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return text
    return text
