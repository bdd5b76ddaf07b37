"""Clusters of duplicates: every member is close to its keeper, the first text of the cluster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from curation.duplicates.candidates import candidate_pairs
from curation.duplicates.linking import Link, linked
from curation.duplicates.normal import normal_form
from curation.duplicates.verifying import verified
from storage.errors import InvalidInput

LOWEST_THRESHOLD = 0.7
FULLY_COMPARED = 64
"""Up to this many texts that hang together are compared each with each keeper; above, only pairs found."""

Scores = Mapping[int, Mapping[int, float]]


@dataclass(frozen=True)
class Placed:
    """Where a text stands: its cluster's number, its keeper's position, and how close it is (0-1).

    `exact` says that the normal forms are the same.
    """

    cluster: int
    keeper: int
    similarity: float
    exact: bool


@dataclass(frozen=True)
class Searched:
    """Where each text stands, and the links between texts that are near copies in different clusters.

    There are such, since a cluster holds only what is close to its keeper.
    """

    placed: list[Placed]
    links: list[Link]


def find_duplicates(texts: Sequence[str], *, threshold: float = 0.9) -> list[int]:
    """A cluster number per text, from 0 in order of first appearance; duplicates have the same one.

    Texts are duplicates when their normal forms (letters and digits, lower case) are equal, or
    their rapidfuzz ratio with the cluster's first text is at least `threshold` (0.7-1).
    Raises InvalidInput for another threshold.
    """
    return [placed.cluster for placed in searched(texts, threshold=threshold).placed]


def searched(texts: Sequence[str], *, threshold: float = 0.9) -> Searched:
    """As `find_duplicates`, with the keeper and the closeness of each text, and what crosses clusters."""
    if not LOWEST_THRESHOLD <= threshold <= 1:
        raise InvalidInput(
            f"The threshold for duplicates is {threshold}.",
            next_step=f"Choose one from {LOWEST_THRESHOLD} to 1; 0.9 is usual.",
        )
    first_of: dict[str, int] = {}
    firsts = [first_of.setdefault(normal_form(text), position) for position, text in enumerate(texts)]
    forms, positions = list(first_of), list(first_of.values())
    scores = _verified(forms, threshold) if threshold < 1 else {}
    keepers = _keepers(forms, scores, threshold)
    near = {position: keepers[number] for number, position in enumerate(positions)}
    numbers: dict[int, int] = {}
    placed = []
    for position in range(len(texts)):
        keeper_form, similarity = near[firsts[position]]
        keeper = positions[keeper_form]
        number = numbers.setdefault(keeper, len(numbers))
        placed.append(Placed(number, keeper, similarity, exact=firsts[position] == keeper))
    crossing = (
        (positions[one], positions[other])
        for one, near_one in scores.items()
        for other in near_one
        if one < other and keepers[one][0] != keepers[other][0]
    )
    return Searched(placed, linked(firsts, crossing))


def _verified(forms: Sequence[str], threshold: float) -> Scores:
    """The ratio (0-1) of every candidate pair that reaches the threshold, from both sides."""
    pairs = candidate_pairs(forms, threshold)
    scores: dict[int, dict[int, float]] = defaultdict(dict)
    for one, other, ratio in verified(forms, pairs, threshold):
        scores[one][other] = scores[other][one] = ratio
    return scores


def _keepers(forms: Sequence[str], scores: Scores, threshold: float) -> list[tuple[int, float]]:
    """(keeper, similarity to it) per form. The first form not yet kept by another keeps its neighbours."""
    kept: list[tuple[int, float] | None] = [None] * len(forms)
    for members in _hanging_together(len(forms), scores):
        for keeper in members:
            if kept[keeper] is not None:
                continue
            kept[keeper] = (keeper, 1.0)
            later = [member for member in members if kept[member] is None]
            near = scores.get(keeper, {})
            if len(members) <= FULLY_COMPARED:
                near = _compared(forms, keeper, later, near, threshold)
            for member in later:
                if member in near:
                    kept[member] = (keeper, near[member])
    return [place or (number, 1.0) for number, place in enumerate(kept)]


def _compared(
    forms: Sequence[str], keeper: int, others: Sequence[int], known: Mapping[int, float], threshold: float
) -> Mapping[int, float]:
    found = dict(known)
    for other in others:
        if other not in found:
            ratio = fuzz.ratio(forms[keeper], forms[other], score_cutoff=threshold * 100) / 100
            if ratio:
                found[other] = ratio
    return found


def _hanging_together(count: int, scores: Scores) -> list[list[int]]:
    """The sets of two and more forms connected by pairs, by union-find; each sorted."""
    parents = list(range(count))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    for one, others in scores.items():
        for other in others:
            left, right = root(one), root(other)
            parents[max(left, right)] = min(left, right)
    members: dict[int, list[int]] = defaultdict(list)
    for number in sorted(scores):
        members[root(number)].append(number)
    return list(members.values())
