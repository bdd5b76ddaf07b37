"""The step that removes lines which stand in many records: menus, signatures, disclaimers.

Such lines can only be found across records, so a run looks through them twice: once to count, once
to remove. Lines are counted by their 64-bit hash, 16 bytes each.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from curation.cleaning.steps import Step

_DIGITS = re.compile(r"\d+")
_COUNTED_AT_ONCE = 1_000_000
MOST_LINES = 4_000_000
"""So many different lines are counted; beyond, those seen least are forgotten (see `LineCounts`)."""

Hashes = npt.NDArray[np.int64]


class Boilerplate(Step):
    """Lines that stand in more than `share` of the records, and in `least_records` at least, are removed.

    White space at a line's ends does not count; with `digits_alike` neither does which number stands
    where ("Page 3 of 12"). A text of one line has no boilerplate, and a line of more than
    `most_characters` is none.
    """

    title: ClassVar[str] = "Lines found in many records"
    step: Literal["boilerplate"] = "boilerplate"
    share: float = Field(default=0.05, gt=0, lt=1)
    least_records: int = Field(default=20, ge=2)
    most_characters: int = Field(default=300, ge=1, le=10_000)
    digits_alike: bool = False

    def lines(self, texts: Iterable[str]) -> set[int]:
        """The lines of one record's texts that may be boilerplate, by hash."""
        found: set[int] = set()
        for text in texts:
            keys = [key for _, key in self._keyed(text) if key]
            if len(keys) > 1:
                found.update(hash(key) for key in keys if len(key) <= self.most_characters)
        return found

    def hashes(self, lines: Iterable[str]) -> frozenset[int]:
        """Lines found earlier, as `without` takes them."""
        return frozenset(hash(self._key(line)) for line in lines)

    def without(self, texts: Sequence[str], lines: Collection[int]) -> tuple[list[str], list[list[str]]]:
        """The texts without these lines, and per text those that were removed, as they are compared."""
        parted = [self._parted(text, lines) for text in texts]
        return [kept for kept, _ in parted], [removed for _, removed in parted]

    def _parted(self, text: str, lines: Collection[int]) -> tuple[str, list[str]]:
        keyed = self._keyed(text)
        if sum(key != "" for _, key in keyed) < 2:
            return text, []
        gone = [0 < len(key) <= self.most_characters and hash(key) in lines for _, key in keyed]
        if not any(gone):
            return text, []
        removed = [key for (_, key), out in zip(keyed, gone, strict=True) if out]
        return _closed(keyed, gone), removed

    def _keyed(self, text: str) -> list[tuple[str, str]]:
        """The lines of a text, each with what it is compared by; none where there is one line only."""
        return [(line, self._key(line)) for line in text.split("\n")] if "\n" in text else []

    def _key(self, line: str) -> str:
        stripped = line.strip()
        return _DIGITS.sub("0", stripped) if self.digits_alike else stripped


def _closed(keyed: Sequence[tuple[str, str]], gone: Sequence[bool]) -> str:
    """The lines that stay. Where one goes, of the blank lines around it those before it stay."""
    kept: list[str] = []
    after_gap = False
    for (line, key), out in zip(keyed, gone, strict=True):
        if not out and not (after_gap and not key and (not kept or not kept[-1].strip())):
            kept.append(line)
        after_gap = out or (after_gap and not key)
    while after_gap and kept and not kept[-1].strip():
        kept.pop()
    return "\n".join(kept)


class LineCounts:
    """In how many records each line stands.

    Exact up to `most_lines` different ones. Beyond, the lines counted least are forgotten until half
    are left, as in lossy counting (Manku and Motwani 2002): a count may then fall short by `short`.
    """

    def __init__(self, most_lines: int = MOST_LINES) -> None:
        self.records = 0
        self.short = 0
        self._most = most_lines
        self._at_once = min(_COUNTED_AT_ONCE, most_lines)
        self._hashes: Hashes = np.empty(0, np.int64)
        self._counts: Hashes = np.empty(0, np.int64)
        self._waiting: list[int] = []

    def add(self, lines: Collection[int]) -> None:
        """Count the lines of one record, each once."""
        self.records += 1
        self._waiting.extend(lines)
        if len(self._waiting) >= self._at_once:
            self._merge()

    def frequent(self, share: float, least_records: int) -> frozenset[int]:
        """The lines in more than `share` of the records and in `least_records` at least."""
        self._merge()
        enough = (self._counts > share * self.records) & (self._counts >= least_records)
        return frozenset(self._hashes[enough].tolist())

    def _merge(self) -> None:
        new, times = np.unique(np.array(self._waiting, np.int64), return_counts=True)
        self._waiting = []
        both = np.concatenate([self._hashes, new])
        self._hashes, places = np.unique(both, return_inverse=True)
        counts = np.concatenate([self._counts, times.astype(np.int64)])
        self._counts = np.bincount(places, weights=counts, minlength=len(self._hashes)).astype(np.int64)
        if len(self._hashes) > self._most:
            floor = int(np.partition(self._counts, len(self._counts) // 2)[len(self._counts) // 2])
            left = self._counts > floor
            self._hashes, self._counts = self._hashes[left], self._counts[left]
            self.short += floor
