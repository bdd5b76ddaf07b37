"""What recognisers find: spans of a text with a kind and a score, and which of two that overlap stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

CERTAIN = 0.95
"""A check digit of two places, or a form nothing else has."""
LIKELY = 0.75
"""A form that little else has, or a word beside it that says what it is."""
WEAK = 0.45
"""Could well be something else: below the usual threshold, so a person is asked."""
FAINT = 0.3
"""Not worth a person's time: reported only if something raises it."""


class Found(NamedTuple):
    """Characters [start, end) of a text taken for an identifier; `score` is 0-1, higher is surer."""

    start: int
    end: int
    type: str
    score: float
    recogniser: str


def without_overlaps(
    found: Iterable[Found], *, preferred: Callable[[Found], bool] | None = None
) -> list[Found]:
    """The spans that stand, in order: of two that overlap the surer, then a preferred one, then the longer.

    A span that loses is left out whole. Takes O(n log n) for n spans.
    """
    placed: list[tuple[tuple[float, bool, int], Found]] = []
    for each in sorted(found, key=lambda one: (one.start, -one.end)):
        rank = (each.score, preferred(each) if preferred else False, each.end - each.start)
        while placed and each.start < placed[-1][1].end:
            if rank <= placed[-1][0]:
                break
            placed.pop()
        else:
            placed.append((rank, each))
    return [each for _, each in placed]
