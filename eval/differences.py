"""Word-level differences between two texts, for showing them side by side. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz.distance import Indel

Op = Literal["equal", "delete", "insert"]
_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Segment:
    """A stretch of text: in both texts, only in the left one, or only in the right one."""

    op: Op
    text: str


def differences(left: str, right: str) -> list[Segment]:
    """The least insertions and deletions of words, spaces and signs that turn `left` into `right`.

    Equal and deleted segments joined give `left`; equal and inserted ones give `right`. White
    space between two changes belongs to the change, so that a changed phrase reads as one.
    Two empty texts give an empty list.
    """
    ours, theirs = _TOKEN.findall(left), _TOKEN.findall(right)
    pieces = [
        piece
        for step in Indel.opcodes(ours, theirs)
        for piece in _pieces(
            step.tag, ours[step.src_start : step.src_end], theirs[step.dest_start : step.dest_end]
        )
    ]
    return list(_joined(_islands_absorbed(pieces)))


def sides(segments: Sequence[Segment]) -> tuple[list[Segment], list[Segment]]:
    """The segments that make up the left text, and those that make up the right one."""
    left = [segment for segment in segments if segment.op != "insert"]
    right = [segment for segment in segments if segment.op != "delete"]
    return left, right


def _pieces(tag: str, ours: Sequence[str], theirs: Sequence[str]) -> Iterator[Segment]:
    if tag == "equal":
        yield Segment("equal", "".join(ours))
        return
    if ours:
        yield Segment("delete", "".join(ours))
    if theirs:
        yield Segment("insert", "".join(theirs))


def _islands_absorbed(pieces: Sequence[Segment]) -> Iterator[Segment]:
    """White space that stayed between two changes becomes deleted and inserted."""
    for position, piece in enumerate(pieces):
        between = 0 < position < len(pieces) - 1
        if between and piece.op == "equal" and piece.text.isspace():
            yield Segment("delete", piece.text)
            yield Segment("insert", piece.text)
        else:
            yield piece


def _joined(pieces: Iterator[Segment]) -> Iterator[Segment]:
    """Neighbouring changes as one deletion followed by one insertion."""
    deleted, inserted = "", ""
    for piece in pieces:
        if piece.op == "delete":
            deleted += piece.text
        elif piece.op == "insert":
            inserted += piece.text
        else:
            yield from _pieces("replace", [deleted] * bool(deleted), [inserted] * bool(inserted))
            deleted, inserted = "", ""
            yield piece
    yield from _pieces("replace", [deleted] * bool(deleted), [inserted] * bool(inserted))
