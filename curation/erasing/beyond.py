"""What holds a record and cannot be rewritten: weights, scores, files that left the project, backups."""

from __future__ import annotations

import tarfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from curation.datasets.sharing import past
from storage import audit
from storage.artifacts import Manifest
from storage.audit import Filters
from storage.erasing.rows import Touched
from storage.errors import UserError
from storage.keeping.backups import contents, homes, remembering
from storage.project import Project

Gone = Mapping[str, Mapping[str, Touched]]
"""What goes of each artifact (`task/kind/id`), by file."""
_MOST_LINES = 10_000


@dataclass(frozen=True)
class Backup:
    """A backup, and how many of its artifacts hold a record; None where it could not be looked into."""

    path: str
    taken_at: datetime | None
    artifacts: int | None


def trained(manifests: Sequence[Manifest], gone: Gone) -> tuple[str, ...]:
    """Runs (`task/run_…`) made from a dataset version that loses rows, or has a text in others.

    Their weights have learnt them.
    """
    return tuple(_made_from("runs", manifests, _versions(gone)))


def evaluated(manifests: Sequence[Manifest], gone: Gone) -> tuple[str, ...]:
    """Evaluations (`task/eva_…`) whose scores counted a row that goes: the figures stay as they were."""
    return tuple(_made_from("evaluations", manifests, _versions(gone)))


def exported(project: Project, gone: Gone) -> tuple[str, ...]:
    """Downloads of such dataset versions, from the audit log, and pushes to a hub: who, which, when."""
    versions = {name.replace("/datasets/", "/", 1) for name in _versions(gone)}
    lines = audit.listing(project, Filters(kind="dataset.export"), limit=_MOST_LINES)
    files = [
        f"{line.subject} as {line.facts.get('format', 'a file')}, by {line.actor} on {line.at:%Y-%m-%d}"
        for line in lines
        if line.subject in versions
    ]
    pushed = [
        f"{task}/{each.version} to {each.destination}, by {each.by} on {each.at:%Y-%m-%d}"
        for task, each in past.pushed(project)
        if f"{task}/{each.version}" in versions
    ]
    return (*files, *pushed)


def backups(project: Project, given: Collection[Path], holding: frozenset[str]) -> tuple[Backup, ...]:
    """The backups that were made or are named, which hold one of these artifacts or may.

    A backup's artifacts are what they were then; its databases are packed and are not looked into.
    """
    made: dict[Path, datetime | None] = {each: None for path in given for each in _folders(path)}
    made |= {each.path: each.taken_at for each in remembering.listing(project)}
    return tuple(
        Backup(str(path), taken_at, count)
        for path, taken_at in sorted(made.items())
        if (count := _count(path, holding)) != 0
    )


def _versions(gone: Gone) -> set[str]:
    return {
        name
        for name, found in gone.items()
        if name.split("/")[1] == "datasets" and any(file.endswith(".parquet") for file in found)
    }


def _made_from(kind: str, manifests: Sequence[Manifest], versions: set[str]) -> list[str]:
    return [
        f"{each.task}/{each.artifact_id}"
        for each in manifests
        if each.kind == kind and any(f"{each.task}/{source}" in versions for source in each.inputs)
    ]


def _folders(path: Path) -> list[Path]:
    """The backups that a path stands for: itself, or those in a folder of them."""
    path = path.resolve()
    if path.is_dir() and not (path / contents.FILE).is_file():
        return homes.listing(path)
    return [path]


def _count(path: Path, holding: frozenset[str]) -> int | None:
    try:
        return len(_names_in(path) & holding)
    except (UserError, tarfile.TarError, OSError):
        return None


def _names_in(backup: Path) -> set[str]:
    """The artifacts (`task/kind/id`) that a backup holds."""
    if backup.is_file():
        with tarfile.open(backup) as tar:
            names = tar.getnames()
    else:
        names = [each.name for each in contents.read(backup).files]
    parts = (name.split("/") for name in names)
    return {"/".join(each[2:5]) for each in parts if each[:2] == ["project", "tasks"] and len(each) > 5}
