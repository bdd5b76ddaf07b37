"""What reviewers do: decide, and take a decision back.

The line of a decision says what was sent, by whom and when. It is written while Argilla stores the
decision, so that nobody waits for it; where Argilla refuses, a second line says so.
"""

from __future__ import annotations

from curation import reviews
from curation.reviews import Card, Decision, Saved
from storage import argilla_client
from storage.project import Project
from ui.actions.registry import action, noting
from ui.sign_in import Person


@action("review.send", "review")
def submit(project: Project, by: Person, decision: Decision) -> Saved:
    """Store a decision as the person."""
    client = argilla_client.connect(project, token=by.argilla_token)
    with noting(
        project, by, "review.send", decision.queue, refused="review.refuse", record=decision.argilla_id,
        decision=decision.decision, error_tags=list(decision.error_tags),
    ):  # fmt: skip
        return reviews.submit(client, project, decision, person=by.username)


@action("review.undo", "review")
def undo(project: Project, by: Person, queue: str, argilla_id: str) -> Card:
    """Take the person's decision on a record back."""
    client = argilla_client.connect(project, token=by.argilla_token)
    with noting(project, by, "review.undo", queue, refused="review.refuse", record=argilla_id):
        return reviews.undo(client, project, queue, argilla_id, person=by.username)
