"""The rows of a dataset version, from pinned records, reviews and labels. Pure functions."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import orjson

from curation.corpus import Corpus, Record
from curation.datasets.resolution import Resolution, Resolved
from curation.datasets.splits import TEST, split_of_clusters
from curation.labelling import TeacherLabel
from curation.prompts import Prompt, render

GOLD = "gold"


@dataclass(frozen=True)
class DatasetRow:
    """One row: what the student is asked (`system`, `prompt`) and is to answer (`completion`).

    `decision` is approved, corrected, or gold for the held-out rows of the test split, which no
    reviewer touched.
    """

    record_id: str
    cluster: int
    split: str
    inputs: Mapping[str, str]
    system: str
    prompt: str
    completion: str
    decision: str
    reviewers: tuple[str, ...]
    review_ids: tuple[str, ...]
    label_id: str | None
    teacher_output: str | None


@dataclass(frozen=True)
class Built:
    """The rows of every split, and why other reviewed or held-out records are not among them."""

    rows: tuple[DatasetRow, ...]
    discarded: int
    in_conflict: int
    unusable: int
    beside_held_out: int  # reviewed, but a copy of a held-out record or no longer kept
    held_out_without_gold: int

    def counts(self) -> dict[str, int]:
        """Rows by split."""
        found = Counter(row.split for row in self.rows)
        return {split: found[split] for split in ("train", "validation", "test")}

    def decisions(self) -> dict[str, int]:
        """Rows by decision."""
        return dict(Counter(row.decision for row in self.rows))

    def content_hash(self) -> str:
        """A SHA-256 over what a student would learn and be tested on, independent of row order."""
        digest = hashlib.sha256()
        for row in sorted(self.rows, key=lambda row: row.record_id):
            digest.update(
                orjson.dumps([row.record_id, row.split, row.system, row.prompt, row.completion]) + b"\n"
            )
        return digest.hexdigest()


def build(
    corpus: Corpus,
    resolution: Resolution,
    labels: Mapping[str, TeacherLabel],
    prompt: Prompt,
    *,
    validation_share: float,
    seed: int,
) -> Built:
    """Put every resolved record into train or validation, and every held-out one with gold into test.

    All are rendered with the same prompt: a student learns one way of being asked.
    """
    resolved = {row.record_id: row for row in resolution.rows}
    training = [record for record in corpus.trainable if record.record_id in resolved]
    test = [record for record in corpus.held_out if record.gold]
    splits = split_of_clusters(
        (record.cluster for record in training), validation_share=validation_share, seed=seed
    )
    numbers = _numbered(record.cluster for record in (*training, *test))
    rows = [
        _reviewed(record, splits[record.cluster], numbers, prompt, resolved[record.record_id], labels)
        for record in training
    ]
    rows += [_gold(record, numbers, prompt) for record in test]
    return Built(
        rows=tuple(rows),
        discarded=len(resolution.discarded),
        in_conflict=len(resolution.in_conflict),
        unusable=len(resolution.unusable),
        beside_held_out=len(resolution.rows) - len(training),
        held_out_without_gold=len(corpus.held_out) - len(test),
    )


def _numbered(clusters: Iterable[str]) -> dict[str, int]:
    return {cluster: number for number, cluster in enumerate(dict.fromkeys(clusters))}


def _reviewed(
    record: Record,
    split: str,
    numbers: Mapping[str, int],
    prompt: Prompt,
    resolved: Resolved,
    labels: Mapping[str, TeacherLabel],
) -> DatasetRow:
    asked = render(prompt, record.inputs)
    label = labels.get(resolved.label_id)
    return DatasetRow(
        record_id=record.record_id,
        cluster=numbers[record.cluster],
        split=split,
        inputs=record.inputs,
        system=asked.system,
        prompt=asked.text,
        completion=resolved.completion,
        decision=resolved.decision,
        reviewers=resolved.reviewers,
        review_ids=resolved.review_ids,
        label_id=resolved.label_id or None,
        teacher_output=label.output if label else None,
    )


def _gold(record: Record, numbers: Mapping[str, int], prompt: Prompt) -> DatasetRow:
    asked = render(prompt, record.inputs)
    return DatasetRow(
        record_id=record.record_id,
        cluster=numbers[record.cluster],
        split=TEST,
        inputs=record.inputs,
        system=asked.system,
        prompt=asked.text,
        completion=record.gold or "",
        decision=GOLD,
        reviewers=(),
        review_ids=(),
        label_id=None,
        teacher_output=None,
    )


def of_split(rows: Sequence[DatasetRow], split: str) -> list[DatasetRow]:
    """The rows of one split, in order."""
    return [row for row in rows if row.split == split]
