"""What adjudicators do: decide for good a record that people decided differently."""

from __future__ import annotations

from curation import adjudication
from curation.adjudication import Verdict
from curation.datasets.decisions.rulings import Ruling
from storage import argilla_client
from storage.project import Project
from ui.actions.registry import action, note
from ui.sign_in import Person


@action("adjudication.decide", "run")
def adjudicate(project: Project, by: Person, verdict: Verdict) -> Ruling:
    """Store the final decision, as the person; why they decided so stays with the ruling."""
    client = argilla_client.connect(project, token=by.argilla_token)
    ruling = adjudication.adjudicate(client, project, by.username, verdict)
    note(
        project, by, "adjudication.decide", verdict.queue, record=verdict.record_id,
        decision=ruling.decision, judged=[each.review_id for each in ruling.judged],
    )  # fmt: skip
    return ruling
