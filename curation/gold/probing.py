"""Probes: records of a known output that are put among those of a queue, to measure people.

They are ordinary records of the queue wherever people and programs look. What is answered to them
decides nothing about the record, which was settled before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from sqlalchemy import select

from curation.corpus import Record
from curation.gold import known
from curation.ordering import places
from curation.ordering.settings import Handing
from curation.review_rows import Review
from storage import database
from storage.database.tables import adjudications
from storage.project import Project


def chosen(
    project: Project,
    task: str,
    queue: str,
    waiting: Sequence[Record],
    candidates: Sequence[Record],
    handing: Handing,
) -> list[Record]:
    """Known records beside the waiting ones, so many that they and the known among those make the share.

    Those chosen before stay; which come follows from a hash.
    """
    right = known_ids(project, task)
    ids = {record.record_id for record in waiting}
    before = {name for name, place in places.of_queue(project, queue).items() if place.probe}
    wanted = round(handing.gold_share * len(ids) / (1 - handing.gold_share)) - len(ids & right)
    settled = [record for record in candidates if record.record_id in right - ids]
    kept = [record for record in settled if record.record_id in before]
    fresh = sorted((record for record in settled if record.record_id not in before), key=_place)
    return [*kept, *fresh[: max(0, wanted - len(kept))]]


def known_ids(project: Project, task: str) -> frozenset[str]:
    """The records of a task whose right output is known."""
    ruled = select(adjudications.c.record_id).where(adjudications.c.task == task)
    with database.engine(project).connect() as connection:
        return frozenset(connection.execute(ruled).scalars()) | known.marked(project, task).keys()


def without_probes(project: Project, task: str, reviews: Iterable[Review]) -> list[Review]:
    """The reviews that decide something: those of probes only measure who gave them."""
    apart = places.probes(project, task)
    return [review for review in reviews if (review.queue, review.record_id) not in apart]


def _place(record: Record) -> str:
    return hashlib.sha256(f"probe/{record.record_id}".encode()).hexdigest()
