"""What reviewers do: decide, and take a decision back.

The line of a decision says what was sent, by whom and when. It is written while Argilla stores the
decision, so that nobody waits for it; where Argilla refuses, a second line says so.
"""

from __future__ import annotations

from curation import reviews
from curation.reviews import Card, Decision, Outcome, Saved, TakenBack, Together
from storage import argilla_client
from storage.project import Project
from ui.actions.registry import action, note, noting
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
def undo(
    project: Project, by: Person, queue: str, argilla_id: str, *, of: str = "", version: str = ""
) -> Card:
    """Take the person's decision on a record back, if it is still the one that stands."""
    client = argilla_client.connect(project, token=by.argilla_token)
    with noting(project, by, "review.undo", queue, refused="review.refuse", record=argilla_id):
        return reviews.undo(client, project, queue, argilla_id, person=by.username, of=of, version=version)


@action("review.send_same", "review")
def submit_all(project: Project, by: Person, wanted: Together) -> Outcome:
    """Store one decision on many records as the person: one line with the count, and one for refusals."""
    client = argilla_client.connect(project, token=by.argilla_token)
    with noting(
        project, by, "review.send_same", wanted.queue, refused="review.refuse", batch=wanted.client_id,
        records=len(wanted.argilla_ids), decision=wanted.decision, error_tags=list(wanted.error_tags),
    ):  # fmt: skip
        found = reviews.submit_all(client, project, by.username, wanted)
    if found.refused:
        note(
            project,
            by,
            "review.refuse_some",
            wanted.queue,
            batch=wanted.client_id,
            records=len(found.refused),
        )
    return found


@action("review.undo_same", "review")
def undo_all(project: Project, by: Person, queue: str, client_id: str) -> TakenBack:
    """Take back what the person decided together; the line says how many records that were."""
    client = argilla_client.connect(project, token=by.argilla_token)
    found = reviews.undo_all(client, project, by.username, queue, client_id)
    note(project, by, "review.undo_same", queue, batch=client_id, records=len(found.undone))
    return found
