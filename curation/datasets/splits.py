"""Which rows train and which validate: by duplicate cluster, so that no copy stands on both sides."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

TRAIN, VALIDATION, TEST = "train", "validation", "test"
SPLITS = (TRAIN, VALIDATION, TEST)


def split_of_clusters(clusters: Iterable[str], *, validation_share: float, seed: int) -> dict[str, str]:
    """Train or validation for each cluster, by a hash of its name and the seed.

    `validation_share` is 0-1, of the clusters. Rows that come later leave the others where they
    are. With a share above 0 and two clusters or more, both sides get at least one.
    """
    places = {cluster: _place(cluster, seed) for cluster in clusters}
    found = {name: VALIDATION if place < validation_share else TRAIN for name, place in places.items()}
    if len(places) > 1 and 0 < validation_share < 1:
        ordered = sorted(places, key=lambda name: (places[name], name))
        found[ordered[0]] = VALIDATION
        found[ordered[-1]] = TRAIN
    return found


def _place(cluster: str, seed: int) -> float:
    digest = hashlib.sha256(f"{seed}/{cluster}".encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
