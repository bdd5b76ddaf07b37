r"""Read a search text the way Elasticsearch's `simple_query_string` does, into a small tree.

    house car         both words, in any field
    house | car       either          (operators are read from left to right, none binds tighter)
    -car              not that word
    "red car"         these words in this order; "red car"~2 allows two others between
    hous*             words that begin so
    hous~1            words that differ in one letter at most; hous~ and hous~2 in two
    (a | b) c         grouping;  \ before an operator makes it an ordinary character

Words are cut as `words` cuts them. What cannot be an operator where it stands is ignored, never an
error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .words import words_of

LONGEST = 10_000
"""Characters of a search text."""
DEEPEST = 50
"""Operators and parentheses within each other."""
_MOST_LETTERS = 2
_DELIMITERS = frozenset(' \t\n\r"|+()')


@dataclass(frozen=True)
class Words:
    """Words in this order, with at most `slop` others between neighbours.

    `prefix` makes the last one match every word that begins with it. `distance` lets a single word
    differ by so many letters added, left out or replaced, 0-2.
    """

    words: tuple[str, ...]
    slop: int = 0
    prefix: bool = False
    distance: int = 0


@dataclass(frozen=True)
class Not:
    """What must not be there."""

    part: Node


@dataclass(frozen=True)
class All:
    """Every part."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Either:
    """At least one part."""

    parts: tuple[Node, ...]


Node = Words | Not | All | Either


class TooMuch(ValueError):
    """The text is longer or more nested than a search may be; the message says by how much."""


def parse(text: str) -> Node | None:
    """The tree of a search text, or None where no word is left to search for. Raises TooMuch."""
    if len(text) > LONGEST:
        raise TooMuch(f"The search text has {len(text):,} characters; {LONGEST:,} are allowed.")
    try:
        found = _Reader(text).read()
        deep = 0 if found is None else _depth(found)
    except RecursionError:
        deep = DEEPEST + 1
    if deep > DEEPEST:
        raise TooMuch(f"The search text is nested more than {DEEPEST} deep; write it with fewer parentheses.")
    return found


def _depth(node: Node) -> int:
    if isinstance(node, Words):
        return 1
    return 1 + max(map(_depth, (node.part,) if isinstance(node, Not) else node.parts))


class _Reader:
    """One pass over one level of parentheses; `top` grows to the left of what is read next."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.top: Node | None = None
        self.operator = ""
        self.pairs = _pairs(text)

    def read(self) -> Node | None:
        negations = 0
        while self.at < len(self.text):
            character = self.text[self.at]
            if character in "|+" and self.top is not None and not self.operator:
                self.operator = character
            if character == "-":
                negations += 1
            if character in " \t\n\r|+-)":
                self.at += 1
                continue
            found, part = self._part(character)
            if found:
                self._add(part, negated=negations % 2 == 1)
                negations = 0
        return self.top

    def _part(self, opening: str) -> tuple[bool, Node | None]:
        """What starts here, and whether anything did: an opening without its end is skipped."""
        if opening not in '("':
            return True, self._word()
        end = self._closing(opening)
        if end is None:
            self.at += 1
            return False, None
        inside, self.at = self.text[self.at + 1 : end], end + 1
        if opening == "(":
            return True, _Reader(inside).read()
        slop = self._number_after_tilde()
        words = words_of(_unescaped(inside))
        return True, Words(words, slop=slop or 0) if words else None

    def _closing(self, opening: str) -> int | None:
        if opening == "(":
            return self.pairs.get(self.at)
        at = self.at + 1
        while at < len(self.text):
            if self.text[at] == '"':
                return at
            at += 2 if self.text[at] == "\\" else 1
        return None

    def _word(self) -> Node | None:
        start, prefix = self.at, False
        while self.at < len(self.text) and self.text[self.at] not in _DELIMITERS | {"~"}:
            prefix = self.text[self.at] == "*"
            self.at += 2 if self.text[self.at] == "\\" else 1
        self.at = min(self.at, len(self.text))
        raw = self.text[start : self.at]
        number = self._number_after_tilde() if self.text[self.at : self.at + 1] == "~" else 0
        distance = _MOST_LETTERS if number is None else min(number, _MOST_LETTERS)
        words = words_of(_unescaped(raw))
        if not words:
            return None
        parts = [Words((word,), distance=distance) for word in words]
        parts[-1] = Words(words[-1:], prefix=prefix, distance=0 if prefix else distance)
        return All(tuple(parts)) if len(parts) > 1 else parts[0]

    def _number_after_tilde(self) -> int | None:
        """The number in `~N` where one stands here (None for a bare `~`), and 0 where none does."""
        match = re.compile(r"~(\d*)").match(self.text, self.at)
        if match is None:
            return 0
        self.at = match.end()
        return int(match.group(1)) if match.group(1) else None

    def _add(self, part: Node | None, *, negated: bool) -> None:
        operator, self.operator = self.operator, ""
        if part is None:
            return
        part = Not(part) if negated else part
        if self.top is None:
            self.top = part
        else:
            kind = Either if operator == "|" else All
            before = self.top.parts if isinstance(self.top, kind) else (self.top,)
            self.top = kind((*before, part))


def _pairs(text: str) -> dict[int, int]:
    """Where each parenthesis that is closed is closed."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    at = 0
    while at < len(text):
        if text[at] == "(":
            opened.append(at)
        elif text[at] == ")" and opened:
            pairs[opened.pop()] = at
        at += 2 if text[at] == "\\" else 1
    return pairs


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
