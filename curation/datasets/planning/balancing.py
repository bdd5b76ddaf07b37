"""Class balance: no class has more than a number of times the rows of the rarest. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from curation.datasets.planning.caps import kept_under_cap


def kept_in_balance(names: Sequence[str], classes: Sequence[str], times: float, seed: int) -> set[int]:
    """The places of the rows that stay where no class has more than `times` (1 or more) the rarest's rows.

    The rarest is of the classes that have rows. Which rows of a larger class stay follows from a hash.
    """
    counts = Counter(classes)
    if not counts:
        return set()
    return kept_under_cap(names, classes, math.floor(times * min(counts.values())), seed)
