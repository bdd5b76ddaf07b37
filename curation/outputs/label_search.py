"""Finding a label among thousands: by words in any order, and by walking the tree that the labels make.

    found = search(task.labels, "pans cook", under="Home > Kitchen", limit=50)

Labels such as `Home > Kitchen > Pans` are paths; where a label set parts its levels with another
sign than " > ", that one is found, and the tree's own paths are written with " > " all the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

LEVEL = " > "
_SIGNS = (LEVEL, " / ", " | ", "::", "/", "|", ">")
_COMMON = 0.5
"""The share of labels that must have a sign before it is taken to part levels."""


@dataclass(frozen=True)
class Group:
    """A branch below the place asked about: its path, and how many labels stand in it."""

    path: str
    count: int


@dataclass(frozen=True)
class Found:
    """The labels that match, best first and at most as many as asked for; `total` counts all.

    `groups` are the branches one level below the place asked about that lead further down.
    """

    labels: tuple[str, ...]
    total: int
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class _Entry:
    label: str
    levels: tuple[str, ...]
    low: str
    leaf: str


def search(labels: Sequence[str], words: str = "", *, under: str = "", limit: int = 50) -> Found:
    """The labels below `under` that hold every one of `words`, in any order and letter case.

    First those whose last level is what was typed, then those where it begins so, then those where
    it holds the words, then those where the path does; of equals, in the order of `labels`.
    """
    typed = " ".join(words.casefold().split())
    asked = typed.split()
    place = tuple(part.strip() for part in under.split(LEVEL)) if under.strip() else ()
    here = [entry for entry in _entries(tuple(labels)) if entry.levels[: len(place)] == place]
    matching = [entry for entry in here if all(word in entry.low for word in asked)] if asked else here
    if asked:
        matching = sorted(matching, key=lambda entry: _rank(entry, typed, asked))
    return Found(tuple(entry.label for entry in matching[:limit]), len(matching), _groups(matching, place))


def _rank(entry: _Entry, typed: str, asked: list[str]) -> int:
    if typed in (entry.low, entry.leaf):
        return 0
    if entry.leaf.startswith(typed):
        return 1
    return 2 if all(word in entry.leaf for word in asked) else 3


def _groups(entries: Sequence[_Entry], place: tuple[str, ...]) -> tuple[Group, ...]:
    depth = len(place)
    counts = Counter(entry.levels[depth] for entry in entries if len(entry.levels) > depth)
    branching = dict.fromkeys(entry.levels[depth] for entry in entries if len(entry.levels) > depth + 1)
    return tuple(Group(LEVEL.join((*place, name)), counts[name]) for name in branching)


@lru_cache(maxsize=32)
def _entries(labels: tuple[str, ...]) -> tuple[_Entry, ...]:
    sign = next(
        (each for each in _SIGNS if sum(each in label for label in labels) > _COMMON * len(labels)), ""
    )
    return tuple(_entry(label, sign) for label in labels)


def _entry(label: str, sign: str) -> _Entry:
    levels = tuple(part.strip() for part in label.split(sign)) if sign else (label,)
    return _Entry(label, levels, label.casefold(), levels[-1].casefold())
