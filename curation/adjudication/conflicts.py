"""Conflicts: records on which people decided differently, or that somebody flagged, names left out."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from curation import corpus, flags, labelling, review_rows, tasks
from curation.adjudication.keeping import rulings
from curation.datasets.decisions.resolution import counting_of, resolve
from curation.datasets.decisions.rulings import version_of
from curation.gold import probing
from curation.review_rows import Review
from curation.reviews import mirroring
from storage.project import Project


@dataclass(frozen=True)
class Version:
    """What one person decided; who it was is not said. `version` changes when they change it."""

    review_id: str
    version: str
    decision: str
    output: str | None
    error_tags: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Conflicted:
    """A record to be settled. `flags` are the notes of those who flagged it.

    `reopened` says that it was settled before and something changed since; `differs` is
    False for one that is here only because it is flagged.
    """

    record_id: str
    queue: str
    label_id: str
    inputs: Mapping[str, str]
    teacher_output: str
    versions: tuple[Version, ...]
    flags: tuple[str, ...]
    differs: bool
    reopened: bool


def conflicts(project: Project, task: str, *, fresh: bool = True) -> list[Conflicted]:
    """What waits for an adjudicator; conflicts first, each in the order of records.

    `fresh` reads Argilla first; else the newest mirror is used.
    The versions of a record stand in an order that says nothing about who they are of.
    """
    if fresh:
        mirroring.mirror(project, task)
    mirror = review_rows.newest_mirror(project, task)
    reviews = probing.without_probes(project, task, review_rows.of(mirror))
    by_record: defaultdict[str, list[Review]] = defaultdict(list)
    for review in reviews:
        by_record[review.record_id].append(review)
    ruled = rulings(project, task)
    differing = resolve(reviews, tasks.get(project, task), ruled).in_conflict
    flagged: defaultdict[str, list[flags.Flag]] = defaultdict(list)
    for flag in flags.open_flags(project, task):
        flagged[flag.record_id].append(flag)
    wanted = [*differing, *sorted(set(flagged) - set(differing))]
    if not wanted:
        return []
    records = corpus.of_records(project, task, wanted)
    labels = labelling.of_ids(
        project, task, {review.label_id for record_id in wanted for review in by_record[record_id]}
    )
    newest = labelling.of_records(project, task, wanted)
    found = []
    for record_id in wanted:
        counting = counting_of(by_record[record_id]) if by_record[record_id] else []
        shown = counting[0].label_id if counting else ""
        label = labels.get(shown) or next(iter(newest[record_id]), None)
        found.append(
            Conflicted(
                record_id=record_id,
                queue=counting[0].queue if counting else flagged[record_id][0].queue,
                label_id=label.label_id if label else "",
                inputs=records[record_id].inputs if record_id in records else {},
                teacher_output=label.output if label else "",
                versions=tuple(_version(review) for review in sorted(counting, key=_shuffled)),
                flags=tuple(flag.note for flag in flagged[record_id]),
                differs=record_id in differing,
                reopened=record_id in differing and record_id in ruled,
            )
        )
    return found


def _version(review: Review) -> Version:
    return Version(
        review.review_id, version_of(review), review.decision, review.output, review.error_tags, review.note
    )


def _shuffled(review: Review) -> str:
    return hashlib.sha256(f"{review.record_id}/{review.review_id}".encode()).hexdigest()
