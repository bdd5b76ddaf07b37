"""Texts with stretches marked in them: what a step changes, and where identifiers stand.

The pieces are made here, of text alone, and the browser makes elements of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Literal, NamedTuple

from eval.differences import differences
from ui.components.sources import component

Kind = Literal["same", "added", "removed", "replaced", "doubtful", "kept"]
Look = Literal["", "large", "separated"]


class Piece(NamedTuple):
    """A stretch of a text: what it is, its characters, and a few words to stand beside it."""

    kind: Kind
    text: str
    note: str = ""


@dataclass(frozen=True)
class Entry:
    """One text in its pieces, with what stands above and below it."""

    pieces: tuple[Piece, ...]
    caption: str = ""
    note: str = ""


class Place(NamedTuple):
    """Characters [start, end) of a text, what they are, and a few words about them."""

    start: int
    end: int
    kind: Kind
    note: str = ""


def marked(entries: Sequence[Entry], *, key: str, look: Look = "") -> None:
    """Draw the texts, one below the other."""
    data = {"look": look, "entries": [asdict(entry) for entry in entries]}
    component("marked", ("marked.js",))(key=key, data=data)


def changed(before: str, after: str) -> tuple[Piece, ...]:
    """What goes from `before` and comes to make `after`; where they differ, what cannot be seen is named."""
    kinds: dict[str, Kind] = {"equal": "same", "delete": "removed", "insert": "added"}
    return tuple(
        Piece(kinds[each.op], each.text if each.op == "equal" else visible(each.text))
        for each in differences(before, after)
    )


def placed(text: str, places: Iterable[Place]) -> tuple[Piece, ...]:
    """The text with places of it marked; they are in order and do not overlap."""
    pieces: list[Piece] = []
    past = 0
    for place in places:
        pieces += [Piece("same", text[past : place.start])] if place.start > past else []
        pieces.append(Piece(place.kind, text[place.start : place.end], place.note))
        past = place.end
    return (*pieces, Piece("same", text[past:])) if past < len(text) else tuple(pieces)


def visible(text: str) -> str:
    """The text with signs for what a reader cannot see: spaces, breaks, and characters by their number."""
    return "".join(map(_visible, text))


def _visible(letter: str) -> str:
    if letter == " ":
        return "·"
    if letter == "\n":
        return "↵\n"
    if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp"):
        return f"[U+{ord(letter):04X}]"
    return letter
