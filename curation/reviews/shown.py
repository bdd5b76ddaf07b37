"""Records of a queue as people are shown them: on a card, in a grid, with their context."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from curation.ordering import places
from curation.ordering.places import Place
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
    known = places.of_queue(project, queue.name, [item.external_id for item in found])
    return [_shown(queue, task, item, known.get(item.external_id)) for item in found]


def _shown(queue: Queue, task: Task, item: QueueItem, place: Place | None) -> Shown:
    return Shown(card_of(queue, task, item, place), untold=place is not None and place.probe)
