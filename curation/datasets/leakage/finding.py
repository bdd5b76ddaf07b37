"""Leakage: rows that stand in one split and say what a row of another split says. Pure.

    found = crossing(rows)
    found.none              # True, or there is no version
    found.leave_out         # the rows without which there would be none

A test is only worth something on rows that nothing was learned from, and validation likewise. Two rows of
different splits cross when they are one record, one duplicate cluster, one group, the same text but
for case, spaces and signs, or nearly the same text. Of two that cross the row of the less protected
split is the one that is wrong there: what trains gives way to what validates, and both to what tests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from curation.datasets.splits import TEST, TRAIN, VALIDATION
from curation.duplicates.candidates import candidate_pairs
from curation.duplicates.normal import normal_form
from curation.duplicates.verifying import verified

if TYPE_CHECKING:
    from curation.datasets.row import DatasetRow

How = Literal["record", "cluster", "group", "text", "near"]
HOWS: tuple[How, ...] = ("record", "cluster", "group", "text", "near")
"""From the plainest to the least plain; a row is counted under the first that holds for it."""
NEAR = 0.9
_PROTECTION = {TRAIN: 0, VALIDATION: 1, TEST: 2}
_COMPARED_AT_ONCE = 400_000


@dataclass(frozen=True)
class Columns:
    """Rows as columns of one length. `groups` may be empty; None in it belongs to no group.

    `texts` are what the record says, as `text_of` writes it.
    """

    record_ids: Sequence[str]
    splits: Sequence[str]
    clusters: Sequence[Hashable]
    texts: Sequence[str]
    groups: Sequence[Hashable | None] = field(default=())


@dataclass(frozen=True)
class Crossing:
    """A row that may not stand in its split, and a row of a more protected one that says why.

    `similarity` is the ratio of the two normal forms, 0-1; 1 unless `how` is near.
    """

    how: How
    record_id: str
    split: str
    other_id: str
    other_split: str
    similarity: float


@dataclass(frozen=True)
class Leakage:
    """What crosses among `rows` rows: one crossing for each row that may not stand where it does.

    `near` is the ratio from which texts counted as nearly the same; None where that was not looked at.
    """

    rows: int
    near: float | None
    crossings: tuple[Crossing, ...]

    @property
    def none(self) -> bool:
        """Whether nothing crosses."""
        return not self.crossings

    @property
    def counts(self) -> dict[How, int]:
        """Rows by how they cross, in the order of `HOWS`."""
        found = Counter(crossing.how for crossing in self.crossings)
        return {how: found[how] for how in HOWS if found[how]}

    @property
    def leave_out(self) -> frozenset[str]:
        """The records whose rows outside `other_split` would have to go; none of them tests.

        A record that is itself in two splits is not among them: its row in the more protected split may
        stay, so it is for the builder to place it once.
        """
        return frozenset(crossing.record_id for crossing in self.crossings if crossing.how != "record")


def crossing(
    rows: Iterable[DatasetRow], *, near: float | None = NEAR, groups: Sequence[Hashable | None] = ()
) -> Leakage:
    """What crosses among the rows of a version; a record's variations may all stand in one split."""
    return crossing_columns(columns_of(list(rows), groups), near=near)


def columns_of(rows: Sequence[DatasetRow], groups: Sequence[Hashable | None] = ()) -> Columns:
    """Rows as columns."""
    names = tuple(dict.fromkeys(name for row in rows for name in row.inputs))
    return Columns(
        [row.record_id for row in rows],
        [row.split for row in rows],
        [row.cluster for row in rows],
        [text_of(row.inputs, names) or row.prompt for row in rows],
        groups,
    )


def text_of(inputs: Mapping[str, str], names: Sequence[str]) -> str:
    """A record's inputs as one text, as the search for duplicates compares them."""
    return "\n".join(str(inputs.get(name, "")) for name in names).strip()


def crossing_columns(columns: Columns, *, near: float | None = NEAR) -> Leakage:
    """As `crossing`, for rows that are columns already.

    `near` is the rapidfuzz ratio of normal forms (0.7-1) from which two texts are nearly the same; None
    leaves that out, which saves most of the time.
    """
    forms = [normal_form(text) for text in columns.texts]
    protection = [_PROTECTION[split] for split in columns.splits]
    keys: list[tuple[How, Sequence[Hashable | None]]] = [
        ("record", columns.record_ids),
        ("cluster", columns.clusters),
        ("group", columns.groups),
        ("text", [form or None for form in forms]),
    ]
    wrong: dict[int, tuple[How, int, float]] = {}
    for how, values in keys:
        for row, other in _by_key(values, protection):
            wrong.setdefault(row, (how, other, 1.0))
    if near is not None:
        for row, other, ratio in _by_nearness(forms, protection, near):
            wrong.setdefault(row, ("near", other, ratio))
    found = (
        Crossing(
            how, columns.record_ids[row], columns.splits[row], columns.record_ids[other],
            columns.splits[other], ratio,
        )
        for row, (how, other, ratio) in sorted(wrong.items())
    )  # fmt: skip
    return Leakage(len(columns.record_ids), near, tuple(found))


def _by_key(values: Sequence[Hashable | None], protection: Sequence[int]) -> Iterator[tuple[int, int]]:
    """(row, the first row of the best protected split that shares its value) where that is another split."""
    best: dict[Hashable, int] = {}
    for row, value in enumerate(values):
        if value is not None and (value not in best or protection[row] > protection[best[value]]):
            best[value] = row
    for row, value in enumerate(values):
        if value is not None and protection[row] < protection[best[value]]:
            yield row, best[value]


def _by_nearness(
    forms: Sequence[str], protection: Sequence[int], threshold: float
) -> Iterator[tuple[int, int, float]]:
    """(row, a row of a better protected split, their ratio) where their forms are nearly the same.

    Every such pair counts, whatever clusters a search would make of them: two texts that are both close
    to a third may be close to each other and still stand in two clusters.
    """
    rows_of: dict[str, list[int]] = {}
    for row, form in enumerate(forms):
        if form:
            rows_of.setdefault(form, []).append(row)
    texts, members = list(rows_of), list(rows_of.values())
    best = np.array([max(protection[row] for row in rows) for rows in members], np.int8)
    least = np.array([min(protection[row] for row in rows) for rows in members], np.int8)
    if not len(texts) or best.max() == least.min():
        return
    for places in _together(best):
        pairs = places[candidate_pairs([texts[place] for place in places.tolist()], threshold)]
        left, right = pairs[:, 0], pairs[:, 1]
        pairs = pairs[(best[left] > least[right]) | (best[right] > least[left])]
        del left, right  # views that would hold all the others
        for one, other, ratio in verified(texts, pairs, threshold):
            for lower, upper in ((one, other), (other, one)):
                kept = max(members[upper], key=lambda row: (protection[row], -row))
                for row in members[lower]:
                    if protection[row] < protection[kept]:
                        yield row, kept, ratio


def _together(best: npt.NDArray[np.int8]) -> Iterator[npt.NDArray[np.int64]]:
    """The texts to compare at a time: all that are protected, with a part of those that only train.

    Two texts that only train cross nothing, so no part needs another; memory is that of one part.
    """
    protected, trained = np.flatnonzero(best > 0), np.flatnonzero(best == 0)
    size = max(_COMPARED_AT_ONCE - len(protected), _COMPARED_AT_ONCE // 2)
    for start in range(0, max(1, len(trained)), size):
        yield np.concatenate([protected, trained[start : start + size]])
