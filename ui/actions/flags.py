"""Flags: asking that a record be talked about, and settling what was asked."""

from __future__ import annotations

from curation import flags
from curation.flags import Flagging
from storage import argilla_client
from storage.project import Project
from ui.actions.registry import action, note, noting
from ui.sign_in import Person


@action("flag.put", "review")
def put(project: Project, by: Person, wanted: Flagging) -> bool:
    """Flag a record for discussion, or take one's own flag back; whether it is flagged now."""
    client = argilla_client.connect(project, token=by.argilla_token)
    with noting(
        project, by, "flag.put", wanted.queue, refused="flag.refuse", record=wanted.record_id,
        flagged="yes" if wanted.flagged else "no",
    ):  # fmt: skip
        return flags.put(client, project, by.username, wanted)


@action("flag.resolve", "run")
def resolve(project: Project, by: Person, task: str, record_id: str) -> int:
    """Settle every flag of a record without deciding anything; how many those were."""
    settled = flags.resolve(project, task, record_id, by.username)
    note(project, by, "flag.resolve", task, record=record_id, flags=settled)
    return settled
