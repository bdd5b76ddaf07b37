"""A dataset version as a file other tools train from."""

from __future__ import annotations

from pathlib import Path

from curation.datasets.freezing import rows
from storage import exports
from storage.project import Project


def export(
    project: Project, task: str, version: str, format: str, path: Path, *, split: str | None = None
) -> Path:
    """Write a version, or one split of it, as one of `storage.exports.FORMATS`. Returns the path.

    Without a split, a format that others train from holds the train split only, so that no test
    row is ever trained on by accident; a table holds all splits, with a column that says which.

    Formats for training hold the train split unless another is named, so held-out rows never
    slip into a training file; CSV and Parquet hold every split and name it in a column.

    Raises InvalidInput for an unknown format or split, NotFound for an unknown version.
    """
    chosen = split or ("train" if exports.named(format).for_training else None)
    exports.write(rows(project, task, version, chosen), format, path)
    return path


def suffix(format: str) -> str:
    """The file suffix of an export format, with its dot. Raises InvalidInput for an unknown one."""
    return exports.named(format).suffix
