"""The grid of the bulk page: many waiting records at a glance, with what they may be chosen by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from curation import proposals, queues
from curation.ordering import holders
from curation.queues import Queue
from curation.reviews.cards import Card, holder_of
from curation.reviews.shown import shown
from curation.tasks import Task
from storage import views
from storage.argilla_client import ArgillaClient
from storage.project import Project

MOST_CELLS = 1000
COPIES = "copies"
"""The choice of records that stand in a duplicate cluster with others."""
SHOWN_CHARACTERS = 300


@dataclass(frozen=True)
class Cell:
    """One waiting record. Of long inputs the beginning is shown.

    `cluster` names its duplicate cluster, empty where it has no copy; `tags` are error tags that
    rules propose; `is_valid` says whether the output may be approved as it stands.
    """

    argilla_id: str
    record_id: str
    inputs: Mapping[str, str]
    output: str
    is_valid: bool
    cluster: str
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Grid:
    """Up to 1,000 cells of the `total` waiting records that were asked for.

    `held` of those looked at are left out, as somebody else has them in hand.
    """

    cells: tuple[Cell, ...]
    total: int
    held: int = 0


@dataclass(frozen=True)
class Asked:
    """Which records: with these `words` (Argilla's search), this teacher's `output`, only `copies`."""

    words: str = ""
    output: str = ""
    copies: bool = False


def grid(client: ArgillaClient, project: Project, person: str, queue: str, asked: Asked) -> Grid:
    """The records that wait for `person`, who is `client`'s user, and are `asked` for.

    Blind ones and those that somebody else has in hand are never among them.
    """
    opened = queues.get(project, queue)
    task = queues.task_of(project, opened)
    among = _among(project, opened, asked)
    found, total = client.waiting(opened.argilla_id, MOST_CELLS, words=asked.words, among=among)
    clusters = _clusters(project, task.name)
    held = holders.in_other_hands(project, holder_of(opened, person))
    free = [item for item in found if item.external_id not in held]
    cards = [each.card for each in shown(project, opened, task, free)]
    cells = tuple(_cell(task, card, clusters) for card in cards if not card.blind)
    return Grid(cells, total - (len(found) - len(cells)), held=len(found) - len(free))


def _among(project: Project, queue: Queue, asked: Asked) -> frozenset[str] | None:
    """The record ids that a choice other than words leaves, None where it leaves all."""
    left: frozenset[str] | None = None
    if asked.output:
        sql = "SELECT DISTINCT record_id FROM teacher_labels WHERE prompt_version = ? AND output = ?"
        rows = views.rows(project, sql, (queue.prompt_version, asked.output), task=queue.task)
        left = frozenset(row["record_id"] for row in rows)
    if asked.copies:
        copies = frozenset(_clusters(project, queue.task))
        left = copies if left is None else left & copies
    return left


def _clusters(project: Project, task: str) -> dict[str, str]:
    """The cluster of every record that has a copy, named by its keeper's record id."""
    rows = views.rows(project, _CLUSTERED, (), task=task)
    return {row["record_id"]: row["keeper"] for row in rows}


_CLUSTERED = """
WITH large AS (
    SELECT cluster, any_value(record_id) FILTER (keeper) AS keeper FROM duplicates
    GROUP BY cluster HAVING count(*) > 1
)
SELECT d.record_id, coalesce(large.keeper, d.record_id) AS keeper
FROM duplicates AS d JOIN large USING (cluster)
"""


def _cell(task: Task, card: Card, clusters: Mapping[str, str]) -> Cell:
    return Cell(
        argilla_id=card.argilla_id,
        record_id=card.record_id,
        inputs={column: text[:SHOWN_CHARACTERS] for column, text in card.inputs.items()},
        output=card.output,
        is_valid=card.is_valid,
        cluster=clusters.get(card.record_id, ""),
        tags=tuple(proposed.code for proposed in proposals.of(task, card.inputs, card.output)),
    )
