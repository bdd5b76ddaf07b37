"""Reviews that differ, for the tests of pages: two annotators on an overlap queue in the real Argilla."""

from __future__ import annotations

from dataclasses import dataclass

from curation import queues, reviews
from curation.queues import Queue
from curation.reviews import Card, Decision
from storage.argilla_client import ArgillaClient
from storage.project import Project
from tests.curation import sample_task
from tests.settled import annotators


@dataclass(frozen=True)
class Overlap:
    """Six shared records: Ann approves all, Ben corrects the first and discards the second."""

    queue: Queue
    cards: tuple[Card, ...]
    ann: ArgillaClient
    ben: ArgillaClient


def overlapping(project: Project) -> Overlap:
    """The overlap queue of a labelled project, reviewed."""
    main = queues.open_queue(project, sample_task.NAME, 1, "owner", overlap_rows=6)
    queue = queues.overlap_of(project, main)
    assert queue is not None
    person = annotators(project)
    ann, ben = person("ann"), person("ben")
    found = reviews.next_cards(ann, project, queue.name, limit=10)
    cards = tuple(sorted(found, key=lambda card: card.record_id))
    for card in cards:
        _send(ann, project, card, "approved")
    wrong = next(label for label in sample_task.LABELS if label != cards[0].output)
    _send(ben, project, cards[0], "corrected", output=wrong, error_tags=("sibling",), note="not a pan")
    _send(ben, project, cards[1], "discarded")
    for card in cards[2:]:
        _send(ben, project, card, "approved")
    return Overlap(queue, cards, ann, ben)


def _send(client: ArgillaClient, project: Project, card: Card, decision: str, **given: object) -> None:
    wanted = Decision(
        queue=card.queue, argilla_id=card.argilla_id, decision=decision, seconds_spent=4.0,
        client_id=f"{client.me().username}/{card.record_id}", **given,  # type: ignore[arg-type]
    )  # fmt: skip
    reviews.submit(client, project, wanted)
