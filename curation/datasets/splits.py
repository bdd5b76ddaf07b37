"""Which rows train and which validate: by group, by hash, so that neither order nor machine matters.

A group is what must not be parted: the rows with one value in a group column, and rows whose texts are
nearly the same, or the same once case and punctuation are left aside. Each group has a place from 0 to 1,
the hash of its name and the seed. Why no splitter of a library stands here: docs/decisions/0063.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence

TRAIN, VALIDATION, TEST = "train", "validation", "test"
SPLITS = (TRAIN, VALIDATION, TEST)


def groups_of(
    names: Sequence[str],
    keys: Iterable[Sequence[Hashable | None]],
    links: Iterable[tuple[int, Hashable]] = (),
) -> list[str]:
    """The group of each row: rows that share a key, directly or through others, are in one.

    `names` are unique, one a row; a group is called by the least name in it. `keys` are columns as long
    as `names`; None shares nothing. `links` are further keys, as (place in `names`, key).
    """
    parents = list(range(len(names)))

    def root(place: int) -> int:
        while parents[place] != place:
            parents[place] = parents[parents[place]]
            place = parents[place]
        return place

    for column in (*map(enumerate, keys), links):
        first: dict[Hashable, int] = {}
        for place, key in column:
            if key is None:
                continue
            other = first.setdefault(key, place)
            if other != place:
                left, right = root(other), root(place)
                parents[max(left, right)] = min(left, right)
    least = list(names)
    for place, name in enumerate(names):
        at = root(place)
        if name < least[at]:
            least[at] = name
    return [least[root(place)] for place in range(len(names))]


def split_of_clusters(clusters: Iterable[str], *, validation_share: float, seed: int) -> dict[str, str]:
    """Train or validation for each group, by a hash of its name and the seed.

    `validation_share` is 0-1, of the groups. Rows that come later leave the others where they
    are. With a share above 0 and two groups or more, both sides get at least one.
    """
    places = {cluster: _place(cluster, seed) for cluster in clusters}
    found = {name: VALIDATION if place < validation_share else TRAIN for name, place in places.items()}
    if len(places) > 1 and 0 < validation_share < 1:
        first = min(places, key=lambda name: (places[name], name))
        last = max(places, key=lambda name: (places[name], name))
        found[first], found[last] = VALIDATION, TRAIN
    return found


def stratified(
    groups: Sequence[str], strata: Sequence[Hashable], *, validation_share: float, seed: int
) -> dict[str, str]:
    """Train or validation for each group, so that each stratum meets the share within one row.

    One entry of `groups` and `strata` a row. Groups come in the order of their places, and one validates
    if it fits into what its strata still want; so a stratum falls short only where groups of several
    rows leave no other way. Where none fits the smallest one validates. A stratum always keeps a row
    that trains.
    """
    rows: defaultdict[str, Counter[Hashable]] = defaultdict(Counter)
    for group, stratum in zip(groups, strata, strict=True):
        rows[group][stratum] += 1
    wanted = _wanted(Counter(strata), validation_share, seed)
    found: dict[str, str] = {}
    for group in sorted(rows, key=lambda name: (_place(name, seed), name)):
        fits = all(wanted[stratum] >= count for stratum, count in rows[group].items())
        found[group] = VALIDATION if fits else TRAIN
        if fits:
            for stratum, count in rows[group].items():
                wanted[stratum] -= count
    if validation_share and VALIDATION not in found.values():
        found |= _least(rows, Counter(strata), seed)
    return found


def _least(
    rows: Mapping[str, Mapping[Hashable, int]], every: Mapping[Hashable, int], seed: int
) -> dict[str, str]:
    """The smallest group as the one that validates, of those that leave each of their strata a row."""
    leaving = [
        name for name, held in rows.items() if all(count < every[stratum] for stratum, count in held.items())
    ]
    least = min(leaving, key=lambda name: (sum(rows[name].values()), _place(name, seed), name), default=None)
    return {} if least is None else {least: VALIDATION}


def _wanted(rows: Mapping[Hashable, int], share: float, seed: int) -> dict[Hashable, int]:
    """Validation rows of each stratum: the share rounded up or down so that the sum is right as well."""
    wanted: dict[Hashable, int] = {}
    owed = 0.0
    for stratum in sorted(rows, key=lambda each: (_place(repr(each), seed), repr(each))):
        exact = share * rows[stratum]
        rounded = min(max(round(exact + owed), math.floor(exact)), math.ceil(exact), rows[stratum] - 1)
        owed += exact - rounded
        wanted[stratum] = rounded
    return wanted


def _place(name: str, seed: int) -> float:
    digest = hashlib.sha256(f"{seed}/{name}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
