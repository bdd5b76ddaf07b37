"""Dataset versions: freezing one, and taking one out of the project."""

from __future__ import annotations

from pathlib import Path

from curation import datasets
from curation.datasets import DatasetVersion, Definition, names
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
    project: Project, by: Person, task: str, version: str, form: str, path: Path, *, split: str | None = None
) -> Path:
    """Write a dataset version as a file; the log has it before the file is handed over."""
    version = names.resolve(project, task, version)
    written = datasets.export(project, task, version, form, path, split=split)
    files = [written] if written.is_file() else [path for path in written.rglob("*") if path.is_file()]
    facts: dict[str, str | int] = {"format": form, "bytes": sum(path.stat().st_size for path in files)}
    note(project, by, "dataset.export", f"{task}/{version}", **facts, split=split or "as the format is meant")
    return written
