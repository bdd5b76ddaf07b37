"""What people's rulings make of the clusters that a search found. Pure.

Rulings are applied in the order in which they were given, each to what the ones before it left;
a record that is no longer there is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["keep", "apart", "together"]


@dataclass(frozen=True)
class Ruling:
    """A person's word on records of a task.

    `keep`: the one of `records` is what its cluster keeps. `apart`: where any of `records` stands in
    one cluster with any of `others`, the former leave it together. `together`: the clusters of
    `records` are one, kept by what the first one's cluster keeps.
    """

    kind: Kind
    records: tuple[str, ...]
    others: tuple[str, ...] = field(default=())

    @property
    def named(self) -> tuple[str, ...]:
        """Every record that the ruling names."""
        return (*self.records, *self.others)


Clusters = Sequence[Sequence[str]]
"""Record ids by cluster, each cluster's keeper first."""


def regrouped(clusters: Clusters, rulings: Iterable[Ruling]) -> list[list[str]]:
    """The clusters as the rulings leave them, each record in exactly one; the keeper comes first."""
    return _Regrouping(clusters).after(rulings)


class _Regrouping:
    def __init__(self, clusters: Clusters) -> None:
        self._members: dict[int, list[str]] = {number: list(each) for number, each in enumerate(clusters)}
        self._place = {record: number for number, each in self._members.items() for record in each}

    def after(self, rulings: Iterable[Ruling]) -> list[list[str]]:
        steps = {"keep": self._keep, "apart": self._part, "together": self._join}
        for ruling in rulings:
            steps[ruling.kind](ruling)
        return [members for members in self._members.values() if members]

    def _keep(self, ruling: Ruling) -> None:
        for record in self._known(ruling.records):
            members = self._members[self._place[record]]
            members.remove(record)
            members.insert(0, record)

    def _part(self, ruling: Ruling) -> None:
        left_behind = {self._place[record] for record in self._known(ruling.others)}
        leaving: dict[int, list[str]] = {}
        for record in self._known(ruling.records):
            if self._place[record] in left_behind:
                leaving.setdefault(self._place[record], []).append(record)
        for number, records in leaving.items():
            gone = set(records)
            order = [record for record in self._members[number] if record in gone]
            self._members[number] = [record for record in self._members[number] if record not in gone]
            self._enter(order, len(self._members))

    def _join(self, ruling: Ruling) -> None:
        numbers = list(dict.fromkeys(self._place[record] for record in self._known(ruling.records)))
        for number in numbers[1:]:
            joining, self._members[number] = self._members[number], []
            self._enter([*self._members[numbers[0]], *joining], numbers[0])

    def _enter(self, records: list[str], number: int) -> None:
        self._members[number] = records
        self._place.update(dict.fromkeys(records, number))

    def _known(self, records: Iterable[str]) -> list[str]:
        return [record for record in records if record in self._place]
