"""Dataset versions: freezing one, and taking one out of the project, which some rows must not leave."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from curation import datasets
from curation.datasets import DatasetVersion, Definition, names, sharing
from curation.datasets.sharing import PastExport, hub
from curation.datasets.sharing.hub import Pushed
from storage.exports.options import Tool
from storage.jobs import Job
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("dataset.freeze", "run")
def freeze(
    project: Project,
    by: Person,
    task: str,
    *,
    definition: Definition | None = None,
    validation_share: float | None = None,
) -> DatasetVersion:
    """Freeze what is approved and corrected now as the next version, by a definition or the saved default."""
    made = datasets.freeze(
        project, task, created_by=by.username, definition=definition, validation_share=validation_share
    )
    rows = {f"{split}_rows": count for split, count in made.rows.items()}
    note(project, by, "dataset.freeze", f"{task}/{made.version}", sha256=made.content_hash, **rows)
    return made


@action("dataset.export", "export")
def export(
    project: Project, by: Person, task: str, version: str, form: str, path: Path, *,
    split: str | None = None, tools: Sequence[Tool] = (), licence: str = "",
) -> PastExport:  # fmt: skip
    """Write a dataset version as a file, if its rows may leave; the log has it before it is handed over."""
    version = names.resolve(project, task, version)
    made = sharing.share(
        project, task, version, form, path, by=by.username, split=split, tools=tools, licence=licence
    )
    note(
        project, by, "dataset.export", f"{task}/{version}", format=form, rows=made.rows,
        bytes=made.size_bytes, sha256=made.sha256, split=split or "as the format is meant",
        overridden=made.overridden,
    )  # fmt: skip
    return made


@action("dataset.push", "export")
def push(
    project: Project, by: Person, task: str, version: str, name: str, *, private: bool, licence: str,
    folder: Path, tell: Callable[[str], None],
) -> Pushed:  # fmt: skip
    """Push a version to the Hub now; the log has it before anything is sent."""
    version = names.resolve(project, task, version)
    note(project, by, "dataset.push", f"{task}/{version}", to=name, private=private)
    return hub.push(
        project,
        task,
        version,
        name,
        private=private,
        licence=licence,
        by=by.username,
        folder=folder,
        tell=tell,
    )


@action("dataset.start_push", "export")
def start_push(
    project: Project, by: Person, task: str, version: str, name: str, *, private: bool, licence: str
) -> Job:
    """Start pushing a version to the Hub, as a job."""
    version = names.resolve(project, task, version)
    sharing.check(project, task, version, sharing.SPLITS)
    job = hub.start(project, task, version, name, private=private, licence=licence, by=by.username)
    note(project, by, "dataset.start_push", f"{task}/{version}", to=name, private=private, job=job.job_id)
    return job


@action("dataset.state_licence", "export")
def state_licence(project: Project, by: Person, task: str, import_id: str, licence: str) -> None:
    """State the licence of an import that stands already."""
    sharing.state_licence(project, task, import_id, licence, by.username)
    note(project, by, "dataset.state_licence", f"{task}/{import_id}", licence=licence)


@action("dataset.answer_for", "export")
def answer_for(project: Project, by: Person, task: str, version: str, reason: str) -> None:
    """Answer for rows of a version that may not leave: from now on they may."""
    version = names.resolve(project, task, version)
    sharing.answer_for(project, task, version, reason, by.username)
    note(project, by, "dataset.answer_for", f"{task}/{version}", reason=reason)


@action("dataset.withdraw", "export")
def withdraw(project: Project, by: Person, task: str, version: str) -> None:
    """Take back what was answered for a version."""
    version = names.resolve(project, task, version)
    sharing.withdraw(project, task, version, by.username)
    note(project, by, "dataset.withdraw", f"{task}/{version}")
