"""One line of the audit log, and the hash that ties it to the line before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

Fact = str | int | bool | list[str] | None
Facts = Mapping[str, Fact]
"""What else is said of an act: small and exact. No fractions, which databases write in several ways."""

NOTHING_BEFORE = "0" * 64
"""What the first line says of the one before it."""
_LONGEST = 300


@dataclass(frozen=True)
class Draft:
    """What is to be written down; its place, its time and its hash come when it is."""

    actor: str
    action: str
    subject: str
    facts: Facts = field(default_factory=dict)

    def cleaned(self) -> Draft:
        """The same in what PostgreSQL can hold: no NUL, no half characters, 300 characters at most."""
        facts = {_clean(name): _clean_fact(value) for name, value in self.facts.items()}
        return Draft(_clean(self.actor), _clean(self.action), _clean(self.subject), facts)


@dataclass(frozen=True)
class Line:
    """A line as it stands. `previous` is the hash of the line before it."""

    seq: int
    at: datetime
    actor: str
    action: str
    subject: str
    facts: Mapping[str, Any]
    previous: str
    hash: str

    def digest(self) -> str:
        """The hash that this content has: SHA-256 over everything but `hash` itself."""
        at = self.at.astimezone(UTC).isoformat(timespec="microseconds")
        content = [self.seq, at, self.actor, self.action, self.subject, self.facts, self.previous]
        canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def written(draft: Draft, seq: int, at: datetime, previous: str) -> Line:
    """The line that `draft` becomes as number `seq`, after the line whose hash is `previous`."""
    blank = Line(seq, at, draft.actor, draft.action, draft.subject, draft.facts, previous, "")
    return Line(seq, at, draft.actor, draft.action, draft.subject, draft.facts, previous, blank.digest())


def from_row(row: Row[Any]) -> Line:
    """A row of the table `audit`."""
    return Line(row.seq, row.at, row.actor, row.action, row.subject, row.facts, row.previous, row.hash)


def _clean(text: str) -> str:
    whole = str(text).replace("\x00", "�").encode(errors="replace").decode()
    return whole if len(whole) <= _LONGEST else whole[: _LONGEST - 1] + "…"


def _clean_fact(value: Fact) -> Fact:
    if isinstance(value, list):
        return [_clean(part) for part in value]
    return _clean(value) if isinstance(value, str) else value
