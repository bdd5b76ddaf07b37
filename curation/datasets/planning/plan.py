"""The plan of a dataset version: which rows it has, in which split and wording. Pure functions on columns.

A plan reads no texts but the outputs, so it is cheap enough to be shown before anybody freezes. What it
leaves out it counts, by reason.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from curation.datasets.decisions.deciding import Decided
from curation.datasets.decisions.resolution import Resolved
from curation.datasets.definition import Definition
from curation.datasets.planning import thinning, variations
from curation.datasets.planning.candidates import Candidates
from curation.datasets.row import GOLD, LeftOut
from curation.datasets.splits import SPLITS, TEST, groups_of, split_of_clusters, stratified


@dataclass(frozen=True)
class Plan:
    """The rows of a version but for the replayed ones, in columns, ordered by record id.

    `places` are those in the candidates. `decided` is None for held-out rows.
    """

    definition: Definition
    candidates: Candidates
    places: list[int]
    splits: list[str]
    variations: list[str]
    clusters: list[int]
    groups: list[str]
    decided: list[Resolved | None]
    left_out: LeftOut = field(default_factory=LeftOut)

    @property
    def record_ids(self) -> list[str]:
        """The record of each row."""
        return [self.candidates.record_ids[place] for place in self.places]

    def of_split(self, split: str) -> list[int]:
        """The rows of a split, as places in this plan."""
        return [row for row, held in enumerate(self.splits) if held == split]

    def counts(self) -> dict[str, int]:
        """Rows by split."""
        found = Counter(self.splits)
        return {split: found[split] for split in SPLITS}

    def decisions(self) -> dict[str, int]:
        """Rows by decision."""
        return dict(Counter(GOLD if row is None else row.decision for row in self.decided))

    def reviewers(self) -> dict[str, int]:
        """Rows by reviewer; a row that two people reviewed counts for both."""
        return dict(Counter(name for row in self.decided if row is not None for name in row.reviewers))

    def digest(self) -> str:
        """A SHA-256 over what the rows are made of, to tell a version that holds exactly this already."""
        digest = hashlib.sha256(self.definition.content_hash().encode())
        for name, split, variation, row in zip(
            self.record_ids, self.splits, self.variations, self.decided, strict=True
        ):
            said = [row.completion, row.decision, row.label_id] if row is not None else []
            digest.update(orjson.dumps([name, split, variation, *said]))
        return digest.hexdigest()


def plan(candidates: Candidates, decided: Decided, definition: Definition) -> Plan:
    """Put every decided record into train or validation, and every held-out one with gold into test."""
    resolution = decided.resolution
    by_id = {row.record_id: row for row in resolution.rows}
    taken = _taken(candidates, definition)
    reviewed = [
        place
        for place, name in enumerate(candidates.record_ids)
        if taken[place] and candidates.trainable[place] and name in by_id
    ]
    held_out = [place for place in range(len(candidates)) if candidates.held_out[place] and taken[place]]
    test = [place for place in held_out if candidates.gold[place]]
    training, groups = _apart_from(candidates, definition, reviewed, test)
    rows = [by_id[candidates.record_ids[place]] for place in training]
    splits = _split(candidates, definition, training, groups, rows)
    kept, capped, unbalanced = thinning.kept(candidates, definition, training, splits, rows)
    filtered = _passed_over(candidates, definition, by_id, taken)
    left_out = LeftOut(
        discarded=len(resolution.discarded),
        in_conflict=len(resolution.in_conflict),
        unusable=len(resolution.unusable),
        beside_held_out=len(resolution.rows) - filtered - len(training),
        held_out_without_gold=len(held_out) - len(test),
        filtered=decided.filtered + filtered,
        capped=capped,
        unbalanced=unbalanced,
    )
    whole: list[tuple[int, str, Resolved | None]] = [
        (training[at], splits[at], rows[at]) for at in range(len(training)) if at in kept
    ]
    whole += [(place, TEST, None) for place in test]
    return _plan(candidates, definition, sorted(whole, key=lambda row: row[0]), left_out)


def _plan(
    candidates: Candidates,
    definition: Definition,
    rows: Sequence[tuple[int, str, Resolved | None]],
    left_out: LeftOut,
) -> Plan:
    places = [place for place, _, _ in rows]
    names = [candidates.record_ids[place] for place in places]
    worded = variations.spread(
        (name for name, (_, split, _) in zip(names, rows, strict=True) if split != TEST), definition
    )
    clusters = [candidates.clusters[place] for place in places]
    numbers = {cluster: number for number, cluster in enumerate(sorted(set(clusters)))}
    column = definition.splits.group_column
    groups = [candidates.values[column][place] or "" for place in places] if column else [""] * len(places)
    return Plan(
        definition=definition,
        candidates=candidates,
        places=places,
        splits=[split for _, split, _ in rows],
        variations=[worded.get(name, variations.PLAIN) for name in names],
        clusters=[numbers[cluster] for cluster in clusters],
        groups=groups,
        decided=[row for _, _, row in rows],
        left_out=left_out,
    )


def _taken(candidates: Candidates, definition: Definition) -> list[bool]:
    """Whether each record is of the slices asked for."""
    taken = [True] * len(candidates)
    for column, allowed in definition.where.items():
        wanted = set(allowed)
        values = candidates.values[column]
        taken = [held and value in wanted for held, value in zip(taken, values, strict=True)]
    return taken


def _passed_over(
    candidates: Candidates, definition: Definition, by_id: Mapping[str, Resolved], taken: Sequence[bool]
) -> int:
    """Decided records of other slices or imports than those asked for."""
    of_slice = sum(name in by_id for name, held in zip(candidates.record_ids, taken, strict=True) if not held)
    if definition.imports is None:
        return of_slice
    return of_slice + len(by_id.keys() - set(candidates.record_ids))


def _apart_from(
    candidates: Candidates, definition: Definition, reviewed: Sequence[int], test: Sequence[int]
) -> tuple[list[int], list[str]]:
    """The reviewed records that share neither group nor text with a test row, and the group of each.

    A near copy of a test row is left out alone; what shares a text or a group with one, with all its group.
    """
    near = _near(candidates, test)
    reviewed = [place for place in reviewed if place not in near]
    texts = [candidates.texts.get(candidates.record_ids[place]) for place in reviewed]
    keys: list[Sequence[Hashable | None]] = [texts]
    column = definition.splits.group_column
    tested: set[Hashable | None] = {candidates.texts.get(candidates.record_ids[place]) for place in test}
    touching = [text is not None and text in tested for text in texts]
    if column:
        values = candidates.values[column]
        grouped = [values[place] for place in reviewed]
        keys.append(grouped)
        of_test = {values[place] for place in test}
        touching = [
            touches or (value is not None and value in of_test)
            for touches, value in zip(touching, grouped, strict=True)
        ]
    at_place = {place: at for at, place in enumerate(reviewed)}
    links = [(at_place[place], number) for place, number in candidates.links if place in at_place]
    groups = groups_of([candidates.clusters[place] for place in reviewed], keys, links)
    gone = {group for group, touches in zip(groups, touching, strict=True) if touches}
    kept = [at for at, group in enumerate(groups) if group not in gone]
    return [reviewed[at] for at in kept], [groups[at] for at in kept]


def _near(candidates: Candidates, test: Sequence[int]) -> set[int]:
    """The places of what is nearly the same as a test row."""
    tests = set(test)
    tested = {number for place, number in candidates.links if place in tests}
    return {place for place, number in candidates.links if number in tested}


def _split(
    candidates: Candidates,
    definition: Definition,
    places: Sequence[int],
    groups: Sequence[str],
    rows: Sequence[Resolved],
) -> list[str]:
    asked = definition.splits
    if asked.stratify_by is None:
        found = split_of_clusters(groups, validation_share=asked.validation_share, seed=asked.seed)
    else:
        strata = thinning.column(candidates, asked.stratify_by, places, rows)
        found = stratified(groups, strata, validation_share=asked.validation_share, seed=asked.seed)
    return [found[group] for group in groups]
