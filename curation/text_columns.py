"""Columns of text as Arrow holds them: Python's own texts are made only of the few that somebody asks for.

Most texts of an import are looked through in one go and kept as they are. A `TextColumn` is read like a
list, so that whoever needs texts one by one takes either.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, overload

import numpy as np
import numpy.typing as npt


class TextColumn(Sequence[str]):
    """Texts, never None, over `array`, an Arrow array of strings without nulls. It does not change."""

    def __init__(self, array: Any) -> None:
        self.array = array

    @classmethod
    def of(cls, texts: Sequence[str]) -> TextColumn:
        """The same texts as a column. Raises UnicodeEncodeError for half a surrogate pair."""
        import pyarrow as pa  # as in all that follows: 0.1 s, not at the start

        return texts if isinstance(texts, cls) else cls(pa.array(texts, pa.string()))

    def __len__(self) -> int:
        return len(self.array)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> list[str]: ...
    def __getitem__(self, place: int | slice) -> str | list[str]:
        if isinstance(place, slice):
            return list(self)[place]
        text: str = self.array[place].as_py()
        return text

    def __iter__(self) -> Iterator[str]:
        return iter(self.array.to_pylist())

    def __eq__(self, other: object) -> bool:
        return list(self) == list(other) if isinstance(other, TextColumn | list) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def buffers(self) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.uint8]]:
        """Where each text begins and the last one ends, `(texts + 1,)`; and the UTF-8 they stand in."""
        array = self.array
        _, offsets, text = array.buffers()
        if not len(array):
            return np.zeros(1, np.intp), np.empty(0, np.uint8)
        bounds = np.frombuffer(offsets, np.int32)[array.offset : array.offset + len(array) + 1]
        first, last = int(bounds[0]), int(bounds[-1])
        whole = np.frombuffer(text, np.uint8)[first:last] if last > first else np.empty(0, np.uint8)
        return bounds.astype(np.intp) - first, whole

    def at(self, places: Sequence[int]) -> TextColumn:
        """These of them, in this order."""
        import pyarrow as pa

        return TextColumn(self.array.take(pa.array(places, pa.int64())))

    def changed(self, changes: Mapping[int, str]) -> Sequence[str]:
        """The same with other texts at some places; a list where a text cannot be written as UTF-8."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not changes:
            return self
        places = sorted(changes)
        mask = np.zeros(len(self), bool)
        mask[places] = True
        try:
            texts = pa.array([changes[place] for place in places], pa.string())
        except UnicodeEncodeError:
            return changed(list(self), changes)
        return TextColumn(pc.replace_with_mask(self.array, pa.array(mask), texts))


def texts_at(texts: Sequence[str], places: Sequence[int]) -> Sequence[str]:
    """The texts at these places, in this order, in the form they are given in."""
    return texts.at(places) if isinstance(texts, TextColumn) else [texts[place] for place in places]


def changed(texts: Sequence[str], changes: Mapping[int, str]) -> Sequence[str]:
    """The texts with others at some places, in the form they are given in."""
    if isinstance(texts, TextColumn):
        return texts.changed(changes)
    column = list(texts)
    for place, text in changes.items():
        column[place] = text
    return column
