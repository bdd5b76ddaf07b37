"""Every test in this folder speaks to the real server."""

from __future__ import annotations

import pytest

from storage.argilla_client import QueueRecord, QueueSpec, Suggestion, review_queue

LABELS = ("Home & Garden > Cookware", "Home & Garden > Lighting", "Electronics > Audio")


@pytest.fixture
def spec(request: pytest.FixtureRequest) -> QueueSpec:
    """A review queue named after the test."""
    name = request.node.name[:180].replace("[", "-").replace("]", "")
    return review_queue(name, "template", input_columns=("title", "description"), labels=LABELS)


@pytest.fixture
def records() -> list[QueueRecord]:
    """Thirty listings, each with a suggestion."""
    return [
        QueueRecord(
            external_id=f"rec-{number:03}",
            fields={
                "title": f"Listing {number}",
                "description": "steel pan",
                "teacher_output": LABELS[number % 3],
            },
            metadata={"seller": "north" if number % 2 else "south", "words": number},
            suggestions={"output": Suggestion(LABELS[number % 3], agent="teacher")},
        )
        for number in range(30)
    ]
