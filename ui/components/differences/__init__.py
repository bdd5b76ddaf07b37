"""Pairs of texts with what differs marked word by word: added in blue and underlined, removed struck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ui.components.sources import component

SHOWN_CHARACTERS = 4_000


@dataclass(frozen=True)
class Pair:
    """Two texts. `heading` and `notes` stand above in small letters, `context` is read before them.

    `before` or `after` is None where there is no such text; `before_name` and `after_name` call them.
    """

    heading: str
    before: str | None
    after: str | None
    context: str = ""
    notes: tuple[str, ...] = ()
    before_name: str = ""
    after_name: str = ""


def differences(pairs: Sequence[Pair], *, key: str) -> None:
    """Draw the pairs below each other. Of long texts the beginnings are shown, and that they are cut."""
    component("differences", ("differences.js",))(key=key, data={"pairs": [_drawn(pair) for pair in pairs]})


def _drawn(pair: Pair) -> dict[str, object]:
    texts = {name: _cut(getattr(pair, name)) for name in ("before", "after", "context")}
    return {**asdict(pair), **texts, "notes": list(pair.notes)}


def _cut(text: str | None) -> str | None:
    if text is None or len(text) <= SHOWN_CHARACTERS:
        return text
    return f"{text[:SHOWN_CHARACTERS]} … ({len(text) - SHOWN_CHARACTERS:,} more characters)"
