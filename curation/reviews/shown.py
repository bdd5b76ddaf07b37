"""Records of a queue as people are shown them: on a card, in a grid, with their context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from curation.queues import Queue
from curation.reviews.cards import Card, card_of
from curation.tasks import Task
from storage.argilla_client import QueueItem
from storage.project import Project


@dataclass(frozen=True)
class Shown:
    """A card, and whether what was said of its record before stays `untold` (it is there to be measured)."""

    card: Card
    untold: bool = False


def shown(project: Project, queue: Queue, task: Task, found: Sequence[QueueItem]) -> list[Shown]:
    """The records as their cards show them: a blind one is blind everywhere."""
    return [Shown(card_of(queue, task, item)) for item in found]
