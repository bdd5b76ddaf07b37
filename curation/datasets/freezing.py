"""Freezing: what people approved becomes a numbered, hashed version that never changes again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection

from curation import tasks
from curation.datasets.card import dataset_card
from curation.datasets.crossing import in_words
from curation.datasets.definition import Definition, Splits, storing
from curation.datasets.definition.files import to_yaml
from curation.datasets.files import writing
from curation.datasets.planning import pinning
from curation.datasets.planning.pinning import Pinned
from curation.datasets.row import GOLD, REVIEWED, DatasetRow
from curation.datasets.splits import SPLITS
from curation.reviews import mirroring
from storage import artifacts, database, locks, numbers
from storage.artifacts import Manifest
from storage.errors import InvalidInput, NotFound
from storage.project import Project

VALIDATION_SHARE = Splits().validation_share


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
    filtered: int = 0
    capped: int = 0
    unbalanced: int = 0
    replayed: int = 0  # among the train rows
    robustness: int = 0  # rows of the robustness file
    warnings: tuple[str, ...] = ()

    @property
    def can_freeze(self) -> bool:
        """Whether there is anything to train on."""
        return self.approved + self.corrected > 0

    @property
    def left_out(self) -> Mapping[str, int]:
        """Reviewed rows that the version would not hold, by the reason in words."""
        return {
            "not asked for": self.filtered,
            "beside a held-out record": self.beside_held_out,
            "over a cap": self.capped,
            "over the balance": self.unbalanced,
            "discarded": self.discarded,
            "in conflict": self.in_conflict,
            "not an output of the task": self.unusable,
        }


@dataclass(frozen=True)
class DatasetVersion:
    """A frozen version. `rows` counts by split; `definition` is what it was built from."""

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


def preview(
    project: Project,
    task: str,
    *,
    definition: Definition | None = None,
    validation_share: float | None = None,
    seed: int | None = None,
    fresh: bool = True,
) -> FreezePreview:
    """What `freeze` would make now. `fresh` reads Argilla first; else the newest mirror is used."""
    wanted = _wanted(project, task, definition, validation_share, seed)
    if fresh:
        mirroring.mirror(project, task)
    pinned = pinning.pin(project, task, wanted)
    plan, decisions, left_out = pinned.plan, pinned.plan.decisions(), pinned.plan.left_out
    stands = _standing(project, task, "plan_hash", pinned.plan_hash) if plan.places else None
    return FreezePreview(
        approved=decisions.get("approved", 0),
        corrected=decisions.get("corrected", 0),
        gold=decisions.get(GOLD, 0),
        splits=pinned.rows(),
        prompt_number=pinned.prompt.number if pinned.prompt else None,
        stands_as=stands.version if stands else None,
        replayed=len(pinned.replayed),
        robustness=plan.counts()["test"] * len(wanted.variations.kept),
        warnings=pinned.warnings,
        **vars(left_out),
    )


def freeze(
    project: Project,
    task: str,
    *,
    created_by: str,
    definition: Definition | None = None,
    validation_share: float | None = None,
    seed: int | None = None,
    fresh: bool = True,
) -> DatasetVersion:
    """Freeze the next version; where one holds exactly this already, that one is returned.

    Without a `definition` the saved default counts; `validation_share` and `seed` replace its own.
    Raises InvalidInput where nothing is approved or corrected yet, where the definition does not fit, or
    where something would stand in two splits.
    """
    wanted = _wanted(project, task, definition, validation_share, seed)
    if fresh:
        mirroring.mirror(project, task)
    with database.engine(project).begin() as connection:
        locks.hold(connection, f"datasets/{task}")
        pinned = pinning.pin(project, task, wanted)
        if pinned.prompt is None or not pinned.plan.counts()["train"]:
            raise _nothing(task, pinned)
        standing = _standing(project, task, "plan_hash", pinned.plan_hash)
        if standing is not None:
            return standing
        _refuse_leaks(pinned)
        numbered = connection.begin_nested()
        version = _next_version(project, task, connection)
        with artifacts.draft(project, "datasets", task, version) as draft:
            content_hash = writing.write(
                draft, pinned.plan, pinned.manifests, pinned.prompts, pinned.replayed
            )
            standing = _standing(project, task, "content_hash", content_hash)
            if standing is not None:
                numbered.rollback()
                return standing
            facts = _facts(pinned, content_hash, created_by)
            draft.write_text("definition.yaml", to_yaml(wanted))
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


def _wanted(
    project: Project, task: str, definition: Definition | None, share: float | None, seed: int | None
) -> Definition:
    """The definition to build from, looked at once more: what it names may have gone since it was saved."""
    found = definition or storing.get(project, task).definition
    changes = {"validation_share": share, "seed": seed}
    given = {name: value for name, value in changes.items() if value is not None}
    if given:
        splits = Splits(**{**found.splits.model_dump(), **given})
        found = found.model_copy(update={"splits": splits})
    return storing.checked(project, task, found)


def _nothing(task: str, pinned: Pinned) -> InvalidInput:
    left_out = pinned.plan.left_out
    if left_out.filtered or left_out.beside_held_out:
        return InvalidInput(
            f"The definition leaves nothing of task {task!r} to train on: {left_out.filtered:,} reviewed "
            f"records are not what it asks for, {left_out.beside_held_out:,} stand beside a held-out one.",
            next_step="Ask for more in the definition.",
        )
    return InvalidInput(
        f"Task {task!r} has nothing to freeze: no record is approved or corrected.",
        next_step="Review some records first.",
    )


def _refuse_leaks(pinned: Pinned) -> None:
    """Raise InvalidInput where anything stands in two splits, or may; splitting leaves nothing to find."""
    unknown = pinning.unsearched(pinned.plan.candidates)
    if unknown:
        raise InvalidInput(unknown, next_step="Find duplicates, then freeze.")
    found = pinned.crossing()
    if found:
        shown = "; ".join(in_words(each) for each in found[:3])
        raise InvalidInput(
            f"The version would leak, {len(found):,} times: {shown}.",
            next_step="Search for duplicates again, then freeze.",
        )


def _standing(project: Project, task: str, fact: str, value: str) -> DatasetVersion | None:
    return next((one for one in listing(project, task) if one.manifest.facts.get(fact) == value), None)


def _next_version(project: Project, task: str, connection: Connection) -> str:
    """The next number that no folder has: one published just before a crash keeps its name."""
    while True:
        version = f"v{numbers.take(connection, f'datasets/{task}'):04d}"
        if not (project.artifacts_dir(task, "datasets") / version).exists():
            return version


def _facts(pinned: Pinned, content_hash: str, created_by: str) -> dict[str, Any]:
    plan, definition = pinned.plan, pinned.plan.definition
    decisions = plan.decisions()
    if pinned.replayed:
        decisions["replay"] = len(pinned.replayed)
    plain = definition.student_prompt
    return {
        "content_hash": content_hash,
        "plan_hash": pinned.plan_hash,
        "definition": definition.model_dump(mode="json"),
        "definition_hash": definition.content_hash(),
        "prompt_number": pinned.prompt.number if pinned.prompt else 0,
        "student_prompt": pinned.prompts[""].model_dump() if plain is not None else None,
        "rows": pinned.rows(),
        "decisions": decisions,
        "variations": pinned.wordings(),
        "replayed_from": pinned.replayed_from,
        "left_out": vars(plan.left_out),
        "reviewers": plan.reviewers(),
        "validation_share": definition.splits.validation_share,
        "seed": definition.splits.seed,
        "warnings": list(pinned.warnings),
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


def _row(columns: Mapping[str, Any]) -> DatasetRow:
    source = columns["source"] or (GOLD if columns["decision"] == GOLD else REVIEWED)
    return DatasetRow(
        **{
            **columns,
            "inputs": orjson.loads(columns["inputs"]),
            "reviewers": tuple(columns["reviewers"] or ()),
            "review_ids": tuple(columns["review_ids"] or ()),
            "variation": columns["variation"] or "",
            "source": source,
            "split_group": columns["split_group"] or "",
        }
    )
