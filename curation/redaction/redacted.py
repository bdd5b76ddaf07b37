"""What comes out of redaction: the text, and a span for each identifier found, in places of the original."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Span:
    """An identifier found: characters [start, end) of the original text, and what was done.

    `replacement` is what stands there now, None if it was kept. `score` is 0-1, higher is surer;
    `uncertain` marks those below the policy's threshold, for people to look at.
    """

    start: int
    end: int
    type: str
    score: float
    replacement: str | None
    recogniser: str
    uncertain: bool


@dataclass(frozen=True)
class Redacted:
    """A redacted text, its spans in order of place, and the kinds for which its row is to be left out."""

    text: str
    spans: tuple[Span, ...] = ()
    dropped_for: tuple[str, ...] = ()
