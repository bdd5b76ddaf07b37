"""Which reviews stand in Argilla now: what changed since the last reading, or everything.

Our own Argilla tells what changed (its change feed), so a reading costs what happened since. Any other
Argilla is read as a whole, and so is ours where its feed does not go back to the last reading, where
the newest generation is not the one that reading made, where an account has another name, or while a
transaction runs for longer than a second, behind which the feed shows nothing: what was acknowledged
before a reading is always in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from curation.label_lookup import LabelLookup
from curation.queues import Queue
from curation.reviews import mirror_rows, positions
from curation.reviews.mirror_rows import Row
from curation.reviews.positions import Position
from storage import argilla_client
from storage.argilla_client import ArgillaClient, Change, FeedLost
from storage.database import settling
from storage.moving import origins
from storage.project import Project


@dataclass
class Standing:
    """The rows that stand, by review id; `cursor` is None where no change feed is followed.

    `followed` says that only changes were read, `unchanged` that there were none: `rows` are left out then.
    """

    rows: dict[str, Row]
    cursor: str | None
    usernames: Mapping[str, str]
    followed: bool = False
    unchanged: bool = False


@dataclass
class _Touched:
    """What happened since: records whose answers must be read again, by queue, and answers that are gone."""

    records: dict[str, set[str]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def __bool__(self) -> bool:
        return bool(self.gone) or any(self.records.values())

    def note(self, change: Change) -> None:
        if change.entity == "response" and change.action == "deleted":
            self.gone.add(change.id)
        elif change.action == "deleted" or change.entity == "suggestion":
            return  # a record that is deleted takes its answers along, and they are told of themselves
        elif change.entity == "response" or change.action == "updated":
            for queue_id, records in self.records.items():
                if change.queue_id in (queue_id, None):
                    records.add(change.record_id)


def read(
    connection: Connection,
    project: Project,
    task: str,
    opened: list[Queue],
    before: Callable[[], Mapping[str, Row]],
    generation: str,
) -> Standing:
    """The rows that stand. `before` reads those of the newest `generation`, tombstones included.

    Raises ServiceUnavailable where Argilla does not answer.
    """
    client = argilla_client.connect(project)
    labels = LabelLookup(project, task)
    last = positions.of(connection, task)
    ours = not project.settings.services.argilla_url
    cursor = client.feed_cursor() if ours else None  # asked first: what comes meanwhile is read twice
    names = client.usernames(opened[0].argilla_id)
    reaches = last is not None and last.generation == generation and last.still_names(names)
    if cursor is not None and last is not None and reaches and settling.settles(project):
        try:
            return _followed(connection, client, opened, labels, before, last, names)
        except FeedLost:
            pass  # rebuilt, restored, or older than it keeps
    rows: dict[str, Row] = {}
    for queue in opened:
        responses = client.responses(queue.argilla_id)
        for review_id, row in mirror_rows.rows(connection, responses, queue, labels):
            if row is not None:
                rows[review_id] = row
    return Standing(rows, cursor, names)


def _followed(
    connection: Connection,
    client: ArgillaClient,
    opened: list[Queue],
    labels: LabelLookup,
    before: Callable[[], Mapping[str, Row]],
    last: Position,
    names: Mapping[str, str],
) -> Standing:
    """`before`, with what happened since. Raises FeedLost where the feed cannot tell that."""
    touched = _Touched({queue.argilla_id: set() for queue in opened if queue.argilla_id in last.queue_ids})
    cursor = last.cursor
    for page in client.changes_since(last.cursor):
        for change in page.changes:
            touched.note(change)
        cursor = page.cursor
    if not touched and last.queue_ids.issuperset(queue.argilla_id for queue in opened):
        return Standing({}, cursor, names, followed=True, unchanged=True)
    rows = {review_id: row for review_id, row in before().items() if not row["deleted"]}
    for review_id in _review_ids(connection, touched.gone):
        rows.pop(review_id, None)
    for queue in opened:
        responses = (
            client.responses_to(queue.argilla_id, touched.records[queue.argilla_id], names)
            if queue.argilla_id in touched.records
            else client.responses(queue.argilla_id)  # opened, or moved here, since
        )
        for review_id, row in mirror_rows.rows(connection, responses, queue, labels):
            rows.pop(review_id, None)
            if row is not None:
                rows[review_id] = row
    return Standing(rows, cursor, names, followed=True)


def _review_ids(connection: Connection, response_ids: set[str]) -> set[str]:
    known = origins.known(connection, response_ids)
    return {known[each].origin_id if each in known else each for each in response_ids}
