"""Copied answers keep the id and the time of the first Argilla, which the second cannot be told.

A mirror is the same before and after a move because of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from storage import database
from storage.argilla_client.whole import WholeRecord
from storage.database.tables import moved_responses as table
from storage.project import Project

_BATCH = 500
Thing = TypeVar("Thing")


@dataclass(frozen=True)
class Origin:
    """Where a copied answer comes from. `copied_at` is when Argilla stored the copy."""

    origin_id: str
    submitted_at: datetime
    copied_at: datetime

    def time_of(self, updated_at: datetime) -> datetime:
        """When the answer was given that Argilla stored at `updated_at`."""
        return self.submitted_at if updated_at == self.copied_at else updated_at


def remember(connection: Connection, origins: Mapping[str, Origin]) -> None:
    """Write down where copied answers (by their new id) come from; what is known stays."""
    rows = [
        {
            "response_id": response_id,
            "origin_id": origin.origin_id,
            "submitted_at": origin.submitted_at,
            "copied_at": origin.copied_at,
        }
        for response_id, origin in origins.items()
    ]
    if rows:
        connection.execute(insert(table).values(rows).on_conflict_do_nothing())


def known(connection: Connection, response_ids: Iterable[str]) -> dict[str, Origin]:
    """The origins of those answers that were copied."""
    found: dict[str, Origin] = {}
    for ids in _batches(response_ids):
        rows = connection.execute(select(table).where(table.c.response_id.in_(ids)))
        found |= {row.response_id: Origin(row.origin_id, row.submitted_at, row.copied_at) for row in rows}
    return found


def restored(project: Project, records: Iterable[WholeRecord]) -> Iterator[WholeRecord]:
    """Records with each answer under the id and the time of its first Argilla."""
    for batch in _batches(records):
        ids = [response.id for record in batch for response in record.responses]
        with database.engine(project).connect() as connection:
            origins = known(connection, ids)
        yield from _restored(batch, origins)


def _restored(batch: Sequence[WholeRecord], origins: Mapping[str, Origin]) -> Iterator[WholeRecord]:
    for record in batch:
        responses = tuple(
            response.model_copy(
                update={"id": origin.origin_id, "updated_at": origin.time_of(response.updated_at)}
            )
            if (origin := origins.get(response.id))
            else response
            for response in record.responses
        )
        yield record.model_copy(update={"responses": responses})


def _batches(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    waiting = iter(things)
    while batch := list(islice(waiting, _BATCH)):
        yield batch
