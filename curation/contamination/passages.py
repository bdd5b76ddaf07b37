"""Long passages that two texts have in common: runs of 13 words, found by hash in linear time.

Thirteen words are the measure of Brown et al. 2020 ("Language Models are Few-Shot Learners", appendix C)
and of others after them. A run that stands in more than ten of the benchmark's texts is a phrase of the
trade and says nothing, as there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import numpy.typing as npt

from curation.exploring.proxy import WORD

WORDS = 13
COMMON_ABOVE = 10
TEXTS_AT_ONCE = 5_000
_FACTOR = 0x9E3779B97F4A7C15  # odd, so that multiplying loses nothing
_WORD = re.compile(WORD)

Hashes = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Shared:
    """Text `place` and the benchmark's text `row` have passages in common.

    `share` (0-1) is how many of the runs of the one that has fewer stand in the other; `passage` is the
    first in common, in folded words.
    """

    place: int
    row: int
    share: float
    passage: str


def words_of(text: str) -> list[str]:
    """The words of a text, folded; of scripts without spaces each character."""
    return _WORD.findall(text.casefold())


class PassageIndex:
    """The runs of a benchmark's texts, by hash."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._numbers: dict[str, int] = {}
        split = [words_of(text) for text in texts]
        for words in split:
            for word in words:
                self._numbers.setdefault(word, len(self._numbers) + 1)
        dice = np.random.default_rng(13)
        self._values = dice.integers(1, 1 << 63, size=len(self._numbers) + 1, dtype=np.uint64)
        hashes, rows, _ = self._runs(split)
        pairs = np.unique(np.stack([hashes, rows.astype(np.uint64)], axis=1), axis=0)
        known, starts, often = np.unique(pairs[:, 0], return_index=True, return_counts=True)
        telling = often <= COMMON_ABOVE
        self._known, self._starts, self._often = known[telling], starts[telling], often[telling]
        self._rows = pairs[:, 1].astype(np.int64)
        self._runs_of_row = np.bincount(self._rows, minlength=len(texts))

    def found(self, texts: Sequence[str]) -> Iterator[Shared]:
        """What texts have in common with the benchmark: of each text the row it shares most with."""
        for start in range(0, len(texts), TEXTS_AT_ONCE):
            chunk = [words_of(text) for text in texts[start : start + TEXTS_AT_ONCE]]
            yield from self._found_in(chunk, start)

    def _found_in(self, chunk: Sequence[Sequence[str]], start: int) -> Iterator[Shared]:
        hashes, places, at = self._runs(chunk)
        if not len(self._known) or not len(hashes):
            return
        runs_of_place = np.bincount(places, minlength=len(chunk))
        nearest = np.minimum(np.searchsorted(self._known, hashes), len(self._known) - 1)
        hit = np.flatnonzero(self._known[nearest] == hashes)
        if not len(hit):
            return
        often = self._often[nearest[hit]]
        each = np.repeat(hit, often)
        first = np.repeat(self._starts[nearest[hit]] - np.concatenate(([0], np.cumsum(often)[:-1])), often)
        rows = self._rows[first + np.arange(len(each))]
        found = np.unique(np.stack([places[each], rows, hashes[each].view(np.int64)], axis=1), axis=0)
        paired, runs = np.unique(found[:, :2], axis=0, return_counts=True)
        fewer = np.minimum(runs_of_place[paired[:, 0]], self._runs_of_row[paired[:, 1]])
        shares = np.minimum(1.0, runs / fewer)
        order = np.lexsort((paired[:, 1], -shares, paired[:, 0]))
        best = order[np.unique(paired[order, 0], return_index=True)[1]]
        begins = zip(places[each].tolist(), rows.tolist(), at[each].tolist(), strict=True)
        first_in: dict[tuple[int, int], int] = {}
        for place, row, begin in begins:
            first_in.setdefault((place, row), begin)
        for (place, row), share in zip(paired[best].tolist(), shares[best].tolist(), strict=True):
            begin = first_in[place, row]
            passage = " ".join(chunk[place][begin : begin + WORDS])
            yield Shared(start + place, row, float(share), passage)

    def _runs(self, split: Sequence[Sequence[str]]) -> tuple[Hashes, Places, Places]:
        """Hashes of all runs, the text of each, and the word it begins with within that text."""
        sizes = np.fromiter(map(len, split), np.int64, len(split))
        get = self._numbers.get
        total = int(sizes.sum())
        numbers = np.fromiter((get(word, 0) for word in chain.from_iterable(split)), np.int64, total)
        values = self._values[numbers]
        many = max(0, total - WORDS + 1)
        hashes = np.zeros(many, np.uint64)
        factor = 1
        for step in range(WORDS):
            hashes += values[step : step + many] * np.uint64(factor)
            factor = factor * _FACTOR & 0xFFFF_FFFF_FFFF_FFFF
        texts = np.repeat(np.arange(len(split)), sizes)
        within = np.arange(total) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        whole = np.flatnonzero(within[:many] + WORDS <= sizes[texts[:many]])
        return hashes[whole], texts[whole], within[whole]
