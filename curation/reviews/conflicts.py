"""When two answers of one person meet: a stale one is refused with what stands, and never overwrites."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from curation import review_form as form
from curation.review_rows import APPROVED, CORRECTED
from storage import database, locks
from storage.argilla_client import OwnResponse, ReviewAnswer
from storage.errors import Conflict
from storage.project import Project


@dataclass(frozen=True)
class Standing:
    """A person's answer as it stands in Argilla. `version` is what a decision to replace it names."""

    decision: str
    output: str | None
    error_tags: tuple[str, ...]
    note: str
    version: str
    at: datetime


class Superseded(Conflict):
    """The decision was based on another answer than the one that `stands`."""

    def __init__(self, stands: Standing) -> None:
        said = " ".join(filter(None, (stands.decision, f'"{stands.output}"' if stands.output else "")))
        super().__init__(
            f"You decided on this record before: {said}.",
            next_step="Keep that, or send yours again to replace it.",
        )
        self.stands = stands


def standing(own: OwnResponse) -> Standing:
    """A stored answer, also one that was given in Argilla's own UI."""
    filled = form.read(own.values, own.state.status)
    decision = filled.decision
    if filled.provenance.blind and decision == APPROVED:
        decision = CORRECTED  # as they sent it: that the teacher said the same is not told
    return Standing(
        decision=decision,
        output=filled.output,
        error_tags=filled.error_tags,
        note=filled.note,
        version=own.state.version,
        at=own.state.updated_at,
    )


def says_the_same(own: OwnResponse, answer: ReviewAnswer) -> bool:
    """Whether a stored answer decides just as `answer` does, wherever and whenever it was given."""
    filled = form.read(own.values, own.state.status)
    stored = (filled.decision, filled.output, filled.error_tags, filled.note, dict(filled.ratings))
    sent = (answer.decision, answer.output, answer.error_tags, answer.note, dict(answer.ratings))
    same_reasons = dict(filled.provenance.tag_reasons) == dict(answer.provenance.tag_reasons)
    return own.state.status == "submitted" and stored == sent and same_reasons


def is_another(own: OwnResponse, *, of: str, version: str) -> bool:
    """Whether a stored answer is not the one of that version or, where none is known, of that client id."""
    if version:
        return own.state.version != version
    return bool(of) and form.read(own.values, own.state.status).provenance.client_id != of


@contextmanager
def in_turn(project: Project, argilla_id: str, *, replaces: bool) -> Iterator[None]:
    """Let answers that may replace another reach one record of Argilla's one after the other.

    Argilla compares no versions: it is asked what stands, then told what shall, and nothing of ours
    may come between. A first answer needs no turn, for Argilla takes only one from each person.
    """
    if not replaces:
        yield
        return
    with database.engine(project).begin() as connection:
        locks.hold(connection, f"review/{argilla_id}")
        yield
