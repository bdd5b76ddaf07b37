"""An overlap queue of the sample task, reviewed by Ann and Ben in the real Argilla."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from curation import queues, reviews
from curation.queues import Queue
from curation.reviews import Card, Decision, Saved
from storage.project import Project
from tests.curation import sample_task
from tests.curation.conftest import Person

Decide = Callable[..., Saved]


@pytest.fixture
def twice(reviewed: Project) -> Queue:
    """The overlap queue: four records that wait for two people each."""
    main = queues.open_queue(reviewed, sample_task.NAME, 1, "owner", overlap_rows=4)
    found = queues.overlap_of(reviewed, main)
    assert found is not None
    return found


@pytest.fixture
def cards(reviewed: Project, twice: Queue, person: Person) -> list[Card]:
    """The records of the overlap queue, in the order of their ids."""
    found = reviews.next_cards(person("ann"), reviewed, twice.name, limit=10)
    return sorted(found, key=lambda card: card.record_id)


@pytest.fixture
def decide(reviewed: Project, person: Person) -> Decide:
    """`decide("ann", card, "approved")`, stored in Argilla as Ann."""

    def stored(name: str, card: Card, decision: str, **given: object) -> Saved:
        values = {"client_id": f"{name}/{card.record_id}/{decision}", **given}
        wanted = Decision(queue=card.queue, argilla_id=card.argilla_id, decision=decision, **values)  # type: ignore[arg-type]
        return reviews.submit(person(name), reviewed, wanted)

    return stored


def another(card: Card) -> str:
    """A label that the teacher did not give."""
    return next(label for label in sample_task.LABELS if label != card.output)
