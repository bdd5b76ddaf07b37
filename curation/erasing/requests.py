"""What a running erasure has been asked for, on disk until it is done: it alone knows the texts.

    erasing/<erasure_id>.json      mode 0600, deleted as the last step

A kill at any moment leaves it there, and the job that is taken up again does everything that is in it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from curation.erasing.beyond import Backup
from curation.erasing.finding import Found, Place
from storage.artifacts import disk_faults
from storage.erasing.files import REQUESTS
from storage.erasing.needles import Needles
from storage.erasing.queues import Held
from storage.errors import NotFound
from storage.project import Project

_ARTIFACT = "artifact "


class Request(BaseModel):
    """All that `working` needs, and what was found beforehand and can no longer be found afterwards."""

    model_config = ConfigDict(frozen=True)

    erasure_id: str
    by: str
    reason: str
    asked_at: datetime
    record_ids: tuple[str, ...]
    copies: tuple[str, ...] = ()
    explorations: tuple[str, ...] = ()
    rows: Mapping[str, tuple[int, ...]]
    texts: tuple[str, ...]
    condemned: tuple[str, ...]
    held: Held
    counted: int
    shared: int
    others: int
    trained: tuple[str, ...]
    evaluated: tuple[str, ...]
    exported: tuple[str, ...]
    backups: tuple[Backup, ...]
    places: Mapping[str, tuple[int, int]]

    @property
    def ids(self) -> frozenset[str]:
        """What rows of theirs are called: the records' ids, and the names of replayed copies."""
        return frozenset({*self.record_ids, *self.copies})

    @property
    def needles(self) -> Needles:
        """Its texts and ids."""
        return Needles.of({*self.texts, *self.ids})

    @property
    def files(self) -> list[str]:
        """The files of artifacts (`task/kind/id/file`) that are written anew."""
        return [name.removeprefix(_ARTIFACT) for name in self.places if name.startswith(_ARTIFACT)]

    def save(self, project: Project) -> None:
        """Replace the file, all at once."""
        target = path(project, self.erasure_id)
        with disk_faults(target.parent):
            target.parent.mkdir(mode=0o700, exist_ok=True)
            part = target.with_name(f".{target.name}")
            with open(part, "wb", opener=_private) as stream:
                stream.write(self.model_dump_json().encode())
                stream.flush()
                os.fsync(stream.fileno())
            part.replace(target)


def of(found: Found, erasure_id: str, by: str, reason: str, at: datetime, condemned: frozenset[str],
       held: Held) -> Request:  # fmt: skip
    """The request to erase what was found."""
    return Request(
        erasure_id=erasure_id, by=by, reason=reason, asked_at=at,
        record_ids=tuple(sorted(found.record_ids)),
        copies=tuple(sorted(found.copies)), explorations=found.explorations,
        rows={name: tuple(sorted(numbers)) for name, numbers in found.rows.items()},
        texts=tuple(sorted(found.texts)), condemned=tuple(sorted(condemned)), held=held,
        counted=found.count, shared=found.shared, others=len(found.others), trained=found.trained,
        evaluated=found.evaluated, exported=found.exported, backups=found.backups,
        places={_named(each): (each.rows, each.mentions) for each in found.places},
    )  # fmt: skip


def files(places: Iterable[Place]) -> list[str]:
    """The same of what was found."""
    return [each.where for each in places if each.kind == "artifact"]


def _named(place: Place) -> str:
    """A place as the report names it; an upload's own name may be that of a person."""
    where = place.where.rpartition("/")[0] if place.kind == "upload" else place.where
    return f"{place.kind} {where}"


def load(project: Project, erasure_id: str) -> Request:
    """Raises NotFound where that erasure is done, or never was."""
    try:
        return Request.model_validate_json(path(project, erasure_id).read_bytes())
    except FileNotFoundError as fault:
        raise NotFound(
            f"There is no request of the erasure {erasure_id!r} any more.", next_step="Ask for it again."
        ) from fault


def forget(project: Project, erasure_id: str) -> None:
    """Delete the file, with what a kill left beside it."""
    target = path(project, erasure_id)
    target.with_name(f".{target.name}").unlink(missing_ok=True)
    target.unlink(missing_ok=True)


def path(project: Project, erasure_id: str) -> Path:
    """Where a request lies."""
    return project.root / REQUESTS / f"{erasure_id}.json"


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
