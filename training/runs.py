"""Training runs: starting one, watching one, and reading those that ended. Loads no model library.

    job = runs.start(project, task, "v0001", {"base_model": "demo-base"}, created_by)
    runs.events(project, job.job_id)      # while it learns; later runs.events(project, run_id)

The work itself, `training.training_run`, is a job in a process of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from curation import datasets
from storage import artifacts, jobs
from storage.artifacts import Manifest
from storage.errors import InvalidInput, NotFound
from storage.jobs import Job
from storage.project import Project
from training import base_models
from training import events as run_events
from training.config import TrainingConfig, parse_config, stored_config
from training.events import RunEvent

JOB_KIND = "train"
CONFIG_FILE, EVENTS_FILE, ADAPTER_FOLDER = "config.yaml", "events.parquet", "adapter"


@dataclass(frozen=True)
class Run:
    """A finished run. `base` is the folder or hub name it was trained on, as it was then.

    `base_key` is the content key of a demo base, else empty. `validation_exact_match` is 0-1;
    it and the loss are those of `best_step`, whose adapter was kept, and None without validation.
    """

    run_id: str
    task: str
    dataset_version: str
    config: TrainingConfig
    base: str
    base_key: str
    created_by: str
    created_at: datetime
    steps: int
    best_step: int
    validation_loss: float | None
    validation_exact_match: float | None
    seconds: float
    facts: Mapping[str, Any]
    manifest: Manifest

    @property
    def adapter(self) -> Path:
        """The folder of the adapter, with the tokenizer it was trained with."""
        return self.manifest.folder / ADAPTER_FOLDER


def start(
    project: Project,
    task: str,
    dataset_version: str,
    config: Mapping[str, Any] | TrainingConfig,
    created_by: str,
) -> Job:
    """Start training on a dataset version. Raises a UserError at once for what could not work."""
    chosen = parse_config(config)
    version = datasets.get(project, task, dataset_version)
    if not version.rows.get("train"):
        raise InvalidInput(
            f"Dataset {dataset_version} has no train rows.", next_step="Review some records and freeze again."
        )
    base_models.check(chosen.base_model, chosen.chat_template)
    return jobs.submit(
        project,
        kind=JOB_KIND,
        function="training.training_run:run",
        args={
            "task": task,
            "dataset_version": dataset_version,
            "config": chosen.model_dump(mode="json"),
            "created_by": created_by,
        },
        title=f"Train {chosen.base_model} on {dataset_version} ({version.rows['train']:,} rows)",
        queue="gpu",
        task=task,
        created_by=created_by,
    )


def listing(project: Project, task: str) -> list[Run]:
    """The finished runs of a task, newest first."""
    return [_run(manifest) for manifest in artifacts.listing(project, "runs", task)][::-1]


def get(project: Project, task: str, run_id: str) -> Run:
    """One finished run. Raises NotFound, naming those there are."""
    try:
        return _run(artifacts.load(project, "runs", task, run_id))
    except NotFound as fault:
        there = ", ".join(run.run_id for run in listing(project, task))
        raise NotFound(
            f"Task {task!r} has no training run {run_id!r}.",
            next_step=f"It has {there}." if there else "Train its first on the Train page.",
        ) from fault


def events(project: Project, identifier: str) -> list[RunEvent]:
    """The events of a run so far, by its job's id or, once it has ended, by its own.

    Empty for a job that has not begun. Raises NotFound for a run id that nothing answers to.
    """
    if identifier.startswith("job_"):
        return run_events.read(jobs.folder(project, identifier) / run_events.FILE_NAME)
    for manifest in artifacts.listing(project, "runs"):
        if manifest.artifact_id == identifier:
            return run_events.from_columns(artifacts.read_table(manifest, EVENTS_FILE).to_pylist())
    raise NotFound(f"There is no training run {identifier!r}.", next_step="See the Train page for its id.")


def _run(manifest: Manifest) -> Run:
    facts = manifest.facts
    return Run(
        run_id=manifest.artifact_id,
        task=manifest.task,
        dataset_version=facts["dataset_version"],
        config=stored_config(manifest.path(CONFIG_FILE).read_text(encoding="utf-8")),
        base=facts["base"],
        base_key=facts["base_key"],
        created_by=facts["created_by"],
        created_at=manifest.created_at,
        steps=facts["steps"],
        best_step=facts["best_step"],
        validation_loss=facts["validation_loss"],
        validation_exact_match=facts["validation_exact_match"],
        seconds=facts["seconds"],
        facts=facts,
        manifest=manifest,
    )
