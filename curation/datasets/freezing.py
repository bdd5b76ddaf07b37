"""Freezing: what people approved becomes a numbered, hashed version that never changes again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from curation import corpus, labelling, prompts, review_rows, tasks
from curation.adjudication import keeping as adjudication
from curation.datasets.building import Built, DatasetRow, build, of_split
from curation.datasets.card import dataset_card
from curation.datasets.resolution import resolve
from curation.datasets.splits import SPLITS
from curation.gold import probing
from curation.prompts import Prompt
from curation.reviews import mirroring
from storage import artifacts, database, locks, numbers, schemas
from storage.artifacts import Manifest
from storage.errors import InvalidInput, NotFound
from storage.project import Project

VALIDATION_SHARE = 0.1


@dataclass(frozen=True)
class FreezePreview:
    """What a version frozen now would hold, and what it would leave out and why. All are rows."""

    approved: int
    corrected: int
    gold: int
    discarded: int
    in_conflict: int
    unusable: int  # decided on an output that the task does not take
    beside_held_out: int
    held_out_without_gold: int
    splits: Mapping[str, int]
    prompt_number: int | None
    stands_as: str | None  # the version that holds exactly this already

    @property
    def can_freeze(self) -> bool:
        """Whether there is anything to train on."""
        return self.approved + self.corrected > 0


@dataclass(frozen=True)
class DatasetVersion:
    """A frozen version. `rows` counts by split."""

    task: str
    version: str
    rows: Mapping[str, int]
    decisions: Mapping[str, int]
    prompt_number: int
    validation_share: float
    seed: int
    content_hash: str
    created_by: str
    created_at: datetime
    manifest: Manifest

    @property
    def total(self) -> int:
        """Rows of all splits."""
        return sum(self.rows.values())


@dataclass(frozen=True)
class _Pinned:
    """What one version is built from, and the references its manifest names."""

    built: Built
    prompt: Prompt | None
    reviewers: Mapping[str, int]
    inputs: tuple[str, ...]


def preview(
    project: Project,
    task: str,
    *,
    validation_share: float = VALIDATION_SHARE,
    seed: int = 0,
    fresh: bool = True,
) -> FreezePreview:
    """What `freeze` would make now. `fresh` reads Argilla first; else the newest mirror is used."""
    pinned = _pin(project, task, validation_share, seed, fresh)
    built, decisions = pinned.built, pinned.built.decisions()
    stands = _standing(project, task, built.content_hash()) if built.rows else None
    return FreezePreview(
        approved=decisions.get("approved", 0),
        corrected=decisions.get("corrected", 0),
        gold=decisions.get("gold", 0),
        discarded=built.discarded,
        in_conflict=built.in_conflict,
        unusable=built.unusable,
        beside_held_out=built.beside_held_out,
        held_out_without_gold=built.held_out_without_gold,
        splits=built.counts(),
        prompt_number=pinned.prompt.number if pinned.prompt else None,
        stands_as=stands.version if stands else None,
    )


def freeze(
    project: Project,
    task: str,
    *,
    created_by: str,
    validation_share: float = VALIDATION_SHARE,
    seed: int = 0,
    fresh: bool = True,
) -> DatasetVersion:
    """Freeze the next version; where one holds exactly this already, that one is returned.

    Raises InvalidInput where nothing is approved or corrected yet.
    """
    if not 0 <= validation_share < 1:
        raise InvalidInput(
            f"The validation share is {validation_share}.", next_step="Choose one from 0 to below 1."
        )
    with database.engine(project).begin() as connection:
        locks.hold(connection, f"datasets/{task}")
        pinned = _pin(project, task, validation_share, seed, fresh)
        if pinned.prompt is None or not pinned.built.counts()["train"]:
            raise InvalidInput(
                f"Task {task!r} has nothing to freeze: no record is approved or corrected.",
                next_step="Review some records first.",
            )
        standing = _standing(project, task, pinned.built.content_hash())
        if standing is not None:
            return standing
        version = _next_version(project, task, connection)
        facts = _facts(pinned, pinned.prompt, validation_share, seed, created_by)
        with artifacts.draft(project, "datasets", task, version) as draft:
            for split in SPLITS:
                rows = [_as_columns(row) for row in of_split(pinned.built.rows, split)]
                draft.write_table(f"{split}.parquet", schemas.from_rows(rows, "dataset_rows"), "dataset_rows")
            card = dataset_card(tasks.get(project, task), version, pinned.prompt, facts)
            draft.write_text("README.md", card)
            return _version(draft.publish(inputs=pinned.inputs, facts=facts))


def listing(project: Project, task: str) -> list[DatasetVersion]:
    """The versions of a task, oldest first."""
    found = [_version(manifest) for manifest in artifacts.listing(project, "datasets", task)]
    return sorted(found, key=lambda version: version.version)


def get(project: Project, task: str, version: str) -> DatasetVersion:
    """One version. Raises NotFound, naming those there are."""
    try:
        return _version(artifacts.load(project, "datasets", task, version))
    except NotFound as fault:
        stands = ", ".join(found.version for found in listing(project, task))
        raise NotFound(
            f"Task {task!r} has no dataset version {version!r}.",
            next_step=f"It has {stands}." if stands else "Freeze its first on the Datasets page.",
        ) from fault


def rows(project: Project, task: str, version: str, split: str | None = None) -> list[DatasetRow]:
    """The rows of a version, of one split or of all. Raises InvalidInput for an unknown split."""
    if split is not None and split not in SPLITS:
        raise InvalidInput(f"There is no split {split!r}.", next_step=f"There are {', '.join(SPLITS)}.")
    manifest = get(project, task, version).manifest
    names = [f"{name}.parquet" for name in SPLITS if split in (None, name)]
    return [_row(row) for name in names for row in artifacts.read_table(manifest, name).to_pylist()]


def _pin(project: Project, task: str, share: float, seed: int, fresh: bool) -> _Pinned:
    if fresh:
        mirroring.mirror(project, task)
    whole = corpus.read(project, task)
    mirror = review_rows.newest_mirror(project, task)
    reviews = probing.without_probes(project, task, review_rows.of(mirror))
    resolution = resolve(reviews, tasks.get(project, task), adjudication.rulings(project, task))
    labels = artifacts.listing(project, "labels", task)
    inputs = (*whole.inputs, *(m.reference for m in labels), *([mirror.reference] if mirror else ()))
    if not resolution.rows:
        nothing = Built(
            rows=(),
            discarded=len(resolution.discarded),
            in_conflict=len(resolution.in_conflict),
            unusable=len(resolution.unusable),
            beside_held_out=0,
            held_out_without_gold=0,
        )
        return _Pinned(nothing, None, {}, inputs)
    prompt = prompts.get(project, task, max(row.prompt_number for row in resolution.rows))
    shown = labelling.by_id(project, task)
    built = build(whole, resolution, shown, prompt, validation_share=share, seed=seed)
    reviewers: dict[str, int] = {}
    for name in (name for row in built.rows for name in row.reviewers):
        reviewers[name] = reviewers.get(name, 0) + 1
    return _Pinned(built, prompt, reviewers, inputs)


def _standing(project: Project, task: str, content_hash: str) -> DatasetVersion | None:
    return next((one for one in listing(project, task) if one.content_hash == content_hash), None)


def _next_version(project: Project, task: str, connection: Connection) -> str:
    """The next number that no folder has: one published just before a crash keeps its name."""
    while True:
        version = f"v{numbers.take(connection, f'datasets/{task}'):04d}"
        if not (project.artifacts_dir(task, "datasets") / version).exists():
            return version


def _facts(pinned: _Pinned, prompt: Prompt, share: float, seed: int, created_by: str) -> dict[str, Any]:
    built = pinned.built
    return {
        "content_hash": built.content_hash(),
        "prompt_number": prompt.number,
        "rows": built.counts(),
        "decisions": built.decisions(),
        "left_out": {
            "discarded": built.discarded,
            "in_conflict": built.in_conflict,
            "unusable": built.unusable,
            "beside_held_out": built.beside_held_out,
            "held_out_without_gold": built.held_out_without_gold,
        },
        "reviewers": dict(pinned.reviewers),
        "validation_share": share,
        "seed": seed,
        "created_by": created_by,
    }


def _version(manifest: Manifest) -> DatasetVersion:
    facts = manifest.facts
    return DatasetVersion(
        task=manifest.task,
        version=manifest.artifact_id,
        rows=facts["rows"],
        decisions=facts["decisions"],
        prompt_number=facts["prompt_number"],
        validation_share=facts["validation_share"],
        seed=facts["seed"],
        content_hash=facts["content_hash"],
        created_by=facts["created_by"],
        created_at=manifest.created_at,
        manifest=manifest,
    )


def _as_columns(row: DatasetRow) -> dict[str, object]:
    return {
        **vars(row),
        "inputs": orjson.dumps(dict(row.inputs)).decode(),
        "reviewers": list(row.reviewers),
        "review_ids": list(row.review_ids),
    }


def _row(columns: Mapping[str, Any]) -> DatasetRow:
    return DatasetRow(
        **{
            **columns,
            "inputs": orjson.loads(columns["inputs"]),
            "reviewers": tuple(columns["reviewers"] or ()),
            "review_ids": tuple(columns["review_ids"] or ()),
        }
    )
