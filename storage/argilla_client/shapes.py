"""What the Argilla client takes and gives: frozen dataclasses, with times in UTC."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from storage.errors import NotFound

Role = Literal["owner", "admin", "annotator"]
Status = Literal["submitted", "draft", "discarded"]
MOST_LABELS = 500
"""The most options a label question may have; Argilla's server refuses more."""
LONGEST_LABEL = 200


class Token(str):
    """What a sign-in is worth: sent with each request; its `repr` does not show it."""

    @property
    def expires_at(self) -> datetime | None:
        """When it stops being accepted, as it says itself; None where it does not say."""
        try:
            part = self.split(".")[1]
            claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
            return datetime.fromtimestamp(claims["exp"], UTC)
        except (IndexError, KeyError, TypeError, ValueError):
            return None

    def __repr__(self) -> str:
        return "Token(…)"


@dataclass(frozen=True)
class ArgillaUser:
    """An account; of its API key only the last four characters are kept.

    `active` is False for one that was deactivated: Argilla knows it under another name then, and
    `username` is the name it had.
    """

    id: str
    username: str
    role: Role
    active: bool = True
    key_hint: str = field(default="", compare=False)


@dataclass(frozen=True)
class TextField:
    """A field that is shown as text, or as Markdown."""

    name: str
    title: str = ""
    required: bool = True
    markdown: bool = False


@dataclass(frozen=True)
class TextQuestion:
    """A question answered by text."""

    name: str
    title: str = ""
    description: str = ""
    required: bool = False
    markdown: bool = False


@dataclass(frozen=True)
class LabelQuestion:
    """A question answered by one of 2 to 500 labels (each at most 200 characters)."""

    name: str
    labels: tuple[str, ...]
    title: str = ""
    description: str = ""
    required: bool = False


@dataclass(frozen=True)
class RatingQuestion:
    """A question answered by a whole number from `least` to `most`, within 0-10."""

    name: str
    least: int = 1
    most: int = 5
    title: str = ""
    description: str = ""
    required: bool = False


Question = TextQuestion | LabelQuestion | RatingQuestion


@dataclass(frozen=True)
class MetadataProperty:
    """A value beside a record that can be filtered and sorted by; hidden from annotators unless said."""

    name: str
    kind: Literal["terms", "integer", "float"] = "terms"
    title: str = ""
    for_annotators: bool = False


@dataclass(frozen=True)
class QueueSpec:
    """A review queue to be made. A record is completed by `min_submitted` submitted answers."""

    name: str
    workspace: str
    fields: tuple[TextField, ...]
    questions: tuple[Question, ...]
    guidelines: str = ""
    min_submitted: int = 1
    metadata: tuple[MetadataProperty, ...] = ()


@dataclass(frozen=True)
class QueueSummary:
    """A published queue."""

    id: str
    name: str
    workspace_id: str
    min_submitted: int
    created_at: datetime


@dataclass(frozen=True)
class Suggestion:
    """An answer proposed for a question. `score` is 0-1; `agent` says who proposed it."""

    value: Any
    score: float | None = None
    agent: str | None = None


@dataclass(frozen=True)
class QueueRecord:
    """A record to put on a queue; `suggestions` by the question's name."""

    external_id: str
    fields: Mapping[str, str]
    metadata: Mapping[str, str | int | float] = field(default_factory=dict)
    suggestions: Mapping[str, Suggestion] = field(default_factory=dict)


@dataclass(frozen=True)
class AddedRecords:
    """What adding came to: `new` were not on the queue, `known` were and are now as given."""

    new: int
    known: int


@dataclass(frozen=True)
class ResponseState:
    """A stored response. `version` changes with every change of it."""

    id: str
    updated_at: datetime
    status: Status = "submitted"

    @property
    def version(self) -> str:
        """What `submit(based_on=)` compares: the time of the last change."""
        return self.updated_at.isoformat()


@dataclass(frozen=True)
class StoredResponse:
    """One person's answer to one record. `values` by the question's name, `metadata` the record's."""

    id: str
    record_id: str
    external_id: str
    user_id: str
    username: str
    values: Mapping[str, Any]
    status: Status
    inserted_at: datetime
    updated_at: datetime
    metadata: Mapping[str, Any] = field(default_factory=dict)


class RecordGone(NotFound):
    """A record that is on its queue no more."""

    @classmethod
    def named(cls, record_id: str) -> RecordGone:
        """Of Argilla's record of that id."""
        return cls(f"The queue has no record {record_id} any more.", next_step="Go on with the next one.")


class FeedLost(NotFound):
    """The change feed does not reach back to where a reader stands: everything must be read again."""


@dataclass(frozen=True)
class Change:
    """A line of the change feed. `queue_id` may be unknown for what is deleted."""

    entity: Literal["record", "suggestion", "response"]
    action: Literal["created", "updated", "deleted"]
    id: str
    record_id: str
    queue_id: str | None


@dataclass(frozen=True)
class ChangePage:
    """Changes in order; `cursor` is the place behind them."""

    changes: list[Change]
    cursor: str


@dataclass(frozen=True)
class OwnResponse:
    """The signed-in person's own answer to a record."""

    state: ResponseState
    values: Mapping[str, Any]


@dataclass(frozen=True)
class QueueItem:
    """A record on a queue, as one person sees it."""

    record_id: str
    external_id: str
    fields: Mapping[str, str]
    metadata: Mapping[str, Any]
    suggestions: Mapping[str, Suggestion]
    completed: bool
    own: OwnResponse | None = None


@dataclass(frozen=True)
class QueueProgress:
    """Records of a queue: `completed` have their submitted answers, `pending` do not."""

    total: int
    completed: int
    pending: int


@dataclass(frozen=True)
class MyProgress:
    """A person's answers on a queue by status, and `left`: pending records without an answer of theirs."""

    total: int
    submitted: int
    discarded: int
    draft: int
    left: int
