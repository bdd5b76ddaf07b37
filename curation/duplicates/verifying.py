"""Which of the pairs proposed are near copies: each compared by rapidfuzz, on all cores."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from rapidfuzz import fuzz, process

VERIFIED_AT_ONCE = 200_000


def verified(
    forms: Sequence[str], pairs: npt.NDArray[np.int64], threshold: float
) -> Iterator[tuple[int, int, float]]:
    """(left, right, ratio 0-1) of the pairs whose ratio is at least `threshold` (0-1).

    `pairs` are positions in `forms`, shape (pairs, 2), as `candidate_pairs` gives them.
    """
    for start in range(0, len(pairs), VERIFIED_AT_ONCE):
        left, right = pairs[start : start + VERIFIED_AT_ONCE].T.tolist()
        ratios = process.cpdist(
            [forms[one] for one in left], [forms[other] for other in right],
            scorer=fuzz.ratio, score_cutoff=threshold * 100, workers=-1,
        )  # fmt: skip
        for place in ratios.nonzero()[0].tolist():
            yield left[place], right[place], float(ratios[place]) / 100
