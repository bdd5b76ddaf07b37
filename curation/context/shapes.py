"""What the context of a record is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

SHOWN_CHARACTERS = 600
"""Of a neighbour's input: the page shows a line of it, and may ask for two hundred at once."""


def beginnings(inputs: Mapping[str, str | None]) -> dict[str, str]:
    """What of a neighbour's inputs goes to the page."""
    return {column: (text or "")[:SHOWN_CHARACTERS] for column, text in inputs.items()}


@dataclass(frozen=True)
class NearDuplicate:
    """Another record of the cluster. `argilla_id` is empty where it is not in this queue.

    `inputs` are their beginnings; `similarity` is rapidfuzz's ratio of the beginnings' normal forms,
    0-1; `decision` is empty while it waits.
    """

    record_id: str
    argilla_id: str
    inputs: Mapping[str, str]
    similarity: float
    decision: str = ""
    output: str | None = None
    by: str = ""


@dataclass(frozen=True)
class Other:
    """What a teacher said of the record under some prompt, other than what the card shows."""

    label_id: str
    teacher: str
    prompt_version: int
    output: str


@dataclass(frozen=True)
class Similar:
    """An approved or corrected record that reads like this one, with what people kept.

    `inputs` are their beginnings; `similarity` is a cosine over trigrams, 0-1.
    """

    record_id: str
    inputs: Mapping[str, str]
    output: str
    by: str
    similarity: float


@dataclass(frozen=True)
class Past:
    """A decision on the record itself."""

    at: datetime
    by: str
    decision: str
    output: str | None
    error_tags: tuple[str, ...]
    note: str
    queue: str


@dataclass(frozen=True)
class Context:
    """All of it; each part may be empty. `history` has the newest first."""

    near_duplicates: tuple[NearDuplicate, ...] = field(default=())
    others: tuple[Other, ...] = field(default=())
    similar: tuple[Similar, ...] = field(default=())
    history: tuple[Past, ...] = field(default=())
