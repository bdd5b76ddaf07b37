"""A queue as a whole, as it is copied from one Argilla to another: nothing of it is left out.

Ids are of one server only, so questions and people are spoken of by name.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from storage.argilla_client.replies import Moment
from storage.argilla_client.shapes import Role, Status


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class Account(_Part):
    """Who signs in under which name. `member`: whether it belongs to the workspace."""

    username: str
    role: Role
    first_name: str = ""
    last_name: str | None = None
    member: bool = False


class FieldSettings(_Part):
    """A field, with Argilla's own settings of its type."""

    name: str
    title: str
    required: bool
    settings: dict[str, Any]


class QuestionSettings(_Part):
    """A question, with Argilla's own settings of its type."""

    name: str
    title: str
    description: str | None = None
    required: bool
    settings: dict[str, Any]


class MetadataSettings(_Part):
    """A metadata property, with Argilla's own settings of its type."""

    name: str
    title: str
    settings: dict[str, Any]
    visible_for_annotators: bool


class VectorSettings(_Part):
    """A kind of vector."""

    name: str
    title: str
    dimensions: int


class QueueSettings(_Part):
    """All that a queue is besides its records."""

    name: str
    guidelines: str | None = None
    allow_extra_metadata: bool = True
    min_submitted: int = Field(ge=1)
    metadata: dict[str, Any] | None = None
    fields: tuple[FieldSettings, ...]
    questions: tuple[QuestionSettings, ...]
    metadata_properties: tuple[MetadataSettings, ...] = ()
    vectors: tuple[VectorSettings, ...] = ()


class WholeSuggestion(_Part):
    """A suggestion; `question` by name."""

    question: str
    value: Any
    score: float | list[float] | None = None
    agent: str | None = None
    type: Literal["model", "human"] | None = None


class WholeResponse(_Part):
    """An answer; `author` by name. `id` and times are those of the Argilla it was given in."""

    author: str
    status: Status
    values: dict[str, Any]
    id: str
    inserted_at: Moment
    updated_at: Moment


class WholeRecord(_Part):
    """A record; `key` is its `external_id`, or its id in the first Argilla where it has none."""

    key: str
    fields: dict[str, Any]
    metadata: dict[str, Any] = Field(default_factory=dict)
    suggestions: tuple[WholeSuggestion, ...] = ()
    responses: tuple[WholeResponse, ...] = ()
    vectors: dict[str, list[float]] = Field(default_factory=dict)
    inserted_at: Moment
