"""What Argilla answers, checked: only the parts that are used, anything more is ignored."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

import httpx
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from storage.argilla_client.shapes import ArgillaUser, QueueSummary, Role, Status, Suggestion
from storage.errors import InvalidInput


def _in_utc(moment: datetime) -> datetime:
    """Argilla's times are UTC and do not say so."""
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


DEACTIVATED = re.compile(r"(?P<username>.+) \[deactivated [0-9a-f]{8}\]", re.DOTALL)
"""What a deactivated account is called in Argilla, which knows of no such state."""

Moment = Annotated[datetime, AfterValidator(_in_utc)]


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class TokenReply(_Reply):
    """`POST /token`."""

    access_token: str


class VersionReply(_Reply):
    """`GET /version`."""

    version: str


class UserReply(_Reply):
    """A user. Argilla sends the API key too; all but its end is dropped here."""

    id: str
    username: str
    role: Role
    api_key: str = Field(default="", repr=False)

    def user(self) -> ArgillaUser:
        """As the client gives it."""
        off = DEACTIVATED.fullmatch(self.username)
        username = off["username"] if off else self.username
        return ArgillaUser(self.id, username, self.role, off is None, self.api_key[-4:])


class UsersReply(_Reply):
    """`GET /users`."""

    items: list[UserReply]


class NamedReply(_Reply):
    """A workspace or a question: what has an id and a name."""

    id: str
    name: str


class NamedListReply(_Reply):
    """A list of those."""

    items: list[NamedReply]


class DistributionReply(_Reply):
    """How many submitted answers complete a record."""

    min_submitted: int


class QueueReply(_Reply):
    """A dataset, which is a queue here."""

    id: str
    name: str
    workspace_id: str
    status: Literal["draft", "ready"]
    distribution: DistributionReply
    inserted_at: Moment

    def summary(self) -> QueueSummary:
        """As the client gives it."""
        return QueueSummary(
            self.id, self.name, self.workspace_id, self.distribution.min_submitted, self.inserted_at
        )


class QueuesReply(_Reply):
    """`GET /me/datasets`."""

    items: list[QueueReply]


class ValueReply(_Reply):
    """One answer."""

    value: Any


class ResponseReply(_Reply):
    """A response; Argilla stores `values: null` for an empty one."""

    id: str
    record_id: str
    user_id: str
    status: Status
    values: dict[str, ValueReply] | None = None
    inserted_at: Moment
    updated_at: Moment

    def plain_values(self) -> dict[str, Any]:
        """The answers by question."""
        return {name: answer.value for name, answer in (self.values or {}).items()}


class SuggestionReply(_Reply):
    """A suggestion; it names its question by id only."""

    question_id: str
    value: Any
    score: float | list[float] | None = None
    agent: str | None = None

    def suggestion(self) -> Suggestion:
        """As the client gives it."""
        return Suggestion(self.value, self.score if isinstance(self.score, float) else None, self.agent)


class RecordReply(_Reply):
    """A record, with what was asked to be included."""

    id: str
    dataset_id: str
    external_id: str | None = None
    status: Literal["pending", "completed"]
    fields: dict[str, Any]
    metadata: dict[str, Any] | None = None
    responses: list[ResponseReply] = Field(default_factory=list)
    suggestions: list[SuggestionReply] = Field(default_factory=list)
    inserted_at: Moment


class FoundReply(_Reply):
    """One hit of a search."""

    record: RecordReply


class SearchReply(_Reply):
    """`POST …/records/search`."""

    items: list[FoundReply]
    total: int


class ProgressReply(_Reply):
    """`GET …/progress`."""

    total: int
    completed: int
    pending: int


class ResponseCountsReply(_Reply):
    """The counts inside `GET /me/…/metrics`."""

    total: int
    submitted: int
    discarded: int
    draft: int


class MetricsReply(_Reply):
    """`GET /me/…/metrics`."""

    responses: ResponseCountsReply


Expected = TypeVar("Expected")


def read(response: httpx.Response, expected: type[Expected]) -> Expected:
    """The body of a reply, checked. Raises InvalidInput where it is not what Argilla 2 sends."""
    try:
        return TypeAdapter(expected).validate_json(response.content)
    except ValidationError as fault:
        first = fault.errors(include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the body"
        raise InvalidInput(
            f"Argilla's answer to {response.request.method} {response.request.url.path} cannot be read: "
            f"{place}: {first['msg']}.",
            next_step="Understudy speaks to Argilla 2.8; check which version answers at that address.",
        ) from fault
