"""How many rows of one value stay: chosen by hash, so that the order of rows does not matter. Pure."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Hashable, Sequence


def kept_under_cap(names: Sequence[str], values: Sequence[Hashable | None], most: int, seed: int) -> set[int]:
    """The places of the rows that stay where each value may have `most` rows; None is never capped.

    Of a value with more, the rows with the least hash of name and seed stay: with a higher cap these
    and further ones.
    """
    counts = Counter(value for value in values if value is not None)
    kept = set()
    crowded: defaultdict[Hashable, list[int]] = defaultdict(list)
    for place, value in enumerate(values):
        if value is None or counts[value] <= most:
            kept.add(place)
        else:
            crowded[value].append(place)
    for places in crowded.values():
        kept.update(sorted(places, key=lambda place: (drawn(names[place], seed), names[place]))[:most])
    return kept


def drawn(name: str, seed: int, what: str = "cap") -> bytes:
    """The lot of a row: the same each time for a name, a seed and what is drawn for."""
    return hashlib.sha256(f"{what}/{seed}/{name}".encode()).digest()[:8]
