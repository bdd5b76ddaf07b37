"""What a saved source is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from curation.imports.mapping import ColumnMapping
from curation.imports.terms import Terms
from curation.sources.locations import Location


@dataclass(frozen=True)
class Outcome:
    """What a refresh brought, in rows; `fault` is the sentence it ended with instead."""

    read: int = 0
    new: int = 0
    known: int = 0
    rejected: int = 0
    fault: str = ""


@dataclass(frozen=True)
class Source:
    """Where some of a task's records come from, and how they are read.

    `name` is the task's own. `member` and `as_table` are as in `imports.preview`. `refreshed_at`, `outcome`
    and `last_import` tell of the last refresh, None before the first; `last_import` stays what it was where
    one failed.
    """

    source_id: str
    task: str
    name: str
    location: Location
    mapping: ColumnMapping
    saved_by: str
    saved_at: datetime
    revision: int = 1
    member: str | None = None
    as_table: bool = False
    terms: Terms = field(default_factory=Terms)
    refreshed_at: datetime | None = None
    outcome: Outcome | None = None
    last_import: str | None = None
