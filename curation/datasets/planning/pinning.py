"""What one version is built from, read at one moment: the artifacts it names, and the plan made of them."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from curation import prompts, review_rows, tasks
from curation.adjudication import keeping as adjudication
from curation.datasets.crossing import Crossing, What, crossing_columns
from curation.datasets.decisions.deciding import Decided, decided
from curation.datasets.definition import Definition, checks
from curation.datasets.planning import candidates, replay, variations
from curation.datasets.planning.candidates import Candidates
from curation.datasets.planning.plan import Plan, plan
from curation.datasets.planning.replay import ReplayRow
from curation.datasets.splits import TRAIN
from curation.exploring.slicing import extra_columns
from curation.ordering import places
from curation.prompts import Prompt
from curation.student_prompts import StudentPrompt, filled_in
from storage import artifacts
from storage.artifacts import Manifest
from storage.project import Project


@dataclass(frozen=True)
class Pinned:
    """The plan of a version and all that it takes to write it.

    `prompt` is the newest prompt version that was reviewed, None where nothing is; `prompts` has every
    wording of the student prompt by its name. `inputs` are what the manifest will name.
    """

    plan: Plan
    prompt: Prompt | None
    prompts: Mapping[str, StudentPrompt]
    replayed: tuple[ReplayRow, ...]
    replayed_from: str
    manifests: tuple[Manifest, ...]
    inputs: tuple[str, ...]
    warnings: tuple[str, ...]

    @property
    def plan_hash(self) -> str:
        """The same where the plan, the texts of the prompts and what is replayed are the same."""
        texts = {name: [prompt.system, prompt.template] for name, prompt in self.prompts.items()}
        names = [row.name for row in self.replayed]
        told = orjson.dumps([self.plan.digest(), texts, names], option=orjson.OPT_SORT_KEYS)
        return hashlib.sha256(told).hexdigest()

    def rows(self) -> dict[str, int]:
        """Rows by split, with those replayed."""
        counts = self.plan.counts()
        return {**counts, TRAIN: counts[TRAIN] + len(self.replayed)}

    def wordings(self) -> dict[str, int]:
        """Train and validation rows by the variation in which they are asked; the plain ones are left out."""
        return dict(sorted(Counter(filter(None, self.plan.variations)).items()))

    def crossing(self) -> list[Crossing]:
        """What stands in two splits: nothing, or the version is not built."""
        found, rows = self.plan.candidates, self.plan.record_ids
        columns: dict[What, list[object]] = {
            "record": list(rows),
            "cluster": [found.clusters[place] for place in self.plan.places],
            "group": list(self.plan.groups),
            "text": [found.texts.get(name) for name in rows],
        }
        return crossing_columns(rows, self.plan.splits, columns) + self._near_crossing()

    def _near_crossing(self) -> list[Crossing]:
        found, splits = self.plan.candidates, dict(zip(self.plan.places, self.plan.splits, strict=True))
        links = [(place, number) for place, number in found.links if place in splits]
        names = [found.record_ids[place] for place, _ in links]
        numbers = [number for _, number in links]
        return crossing_columns(names, [splits[place] for place, _ in links], {"near": numbers})


def pin(project: Project, task_name: str, definition: Definition) -> Pinned:
    """Read what is there now and plan the version of it.

    Raises InvalidInput for a column that no record has, and what reading replay rows raises.
    """
    task = tasks.get(project, task_name)
    records = artifacts.listing(project, "records", task_name)
    duplicates = artifacts.listing(project, "duplicates", task_name)[-1:]
    labels = artifacts.listing(project, "labels", task_name)
    mirror = review_rows.newest_mirror(project, task_name)
    manifests = (*records, *duplicates, *labels, *([mirror] if mirror else ()))
    found = decided(
        mirror, task, definition, adjudication.rulings(project, task_name), places.probes(project, task_name)
    )
    rows = found.resolution.rows
    held = candidates.read(manifests, task, definition, [row.record_id for row in rows])
    _check_columns(project, task_name, definition, held)
    planned = plan(held, found, definition)
    prompt = _prompt(project, task_name, found)
    worded: dict[str, StudentPrompt] = {}
    if prompt is not None:
        asked = definition.student_prompt or StudentPrompt(system=prompt.system, template=prompt.template)
        wordings = variations.prompts_of(definition, asked)
        worded = {name: filled_in(wording, task) for name, wording in wordings.items()}
    replayed, replayed_from = _replayed(project, task_name, planned)
    inputs = tuple(manifest.reference for manifest in manifests)
    return Pinned(
        plan=planned, prompt=prompt, prompts=worded, replayed=replayed, replayed_from=replayed_from,
        manifests=manifests, inputs=inputs, warnings=_warnings(planned, worded, len(replayed)),
    )  # fmt: skip


def unsearched(found: Candidates) -> str:
    """What keeps a version from being built, "" where nothing does."""
    if not found.unsearched:
        return ""
    return (
        f"Some of these {found.unsearched:,} records were never searched for duplicates: a copy of a test "
        "row might train."
    )


def _check_columns(project: Project, task: str, definition: Definition, found: Candidates) -> None:
    if not definition.columns or not len(found):
        return
    held = [column for column in definition.columns if any(found.values[column])]
    if len(held) < len(definition.columns):
        known = [*tasks.get(project, task).input_columns, *extra_columns(project, task), candidates.SOURCE]
        checks.check_columns(definition, held, known)


def _prompt(project: Project, task: str, found: Decided) -> Prompt | None:
    """The newest prompt version under which a row that stays was reviewed."""
    rows = found.resolution.rows
    return prompts.get(project, task, max(row.prompt_number for row in rows)) if rows else None


def _replayed(project: Project, task: str, planned: Plan) -> tuple[tuple[ReplayRow, ...], str]:
    asked = planned.definition.replay
    if asked is None:
        return (), ""
    source = replay.read(project, task, asked)
    found = planned.candidates
    tested = {
        found.texts.get(found.record_ids[place], b"")
        for place, split in zip(planned.places, planned.splits, strict=True)
        if split == "test"
    }
    train = planned.counts()[TRAIN]
    rows = replay.chosen(source.rows, asked.share, train, planned.definition.splits.seed, tested)
    return tuple(rows), source.reference or f"sha256 {source.content_hash}"


def _warnings(planned: Plan, prompts: Mapping[str, StudentPrompt], replayed: int) -> tuple[str, ...]:
    found = [unsearched(planned.candidates)]
    trained = [planned.variations[row] for row in planned.of_split(TRAIN)]
    if prompts and trained:
        found.append(variations.warning(trained, prompts))
    asked = planned.definition.replay
    if asked is not None and trained:
        reached = replayed / (replayed + len(trained))
        if reached < asked.share - 0.01:
            found.append(
                f"Only {replayed:,} rows are there to replay: {reached:.0%} of the train rows, "
                f"not {asked.share:.0%}."
            )
    return tuple(filter(None, found))
