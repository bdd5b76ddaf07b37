"""What stands in two splits and must not: the guard without which no version is published. Pure.

A student that saw a test row, or a copy of it, in training is measured on its memory. Looked at are the
duplicate cluster, the group whose rows belong together, the text with case and punctuation left aside, and
of a version being built near copies in different clusters.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from curation.duplicates.normal import normal_form

What = Literal["record", "cluster", "group", "text", "near"]
SHOWN_RECORDS = 10
_NOT_WORD = bytes(code for code in range(256) if code > 127 or not chr(code).isalnum())
_LOWER = bytes(range(256)).lower()
_FOLDED = "ªº²³¹¼½¾ß".encode("latin-1")
"""The letters of Latin-1 beyond ASCII that a normal form writes with letters or digits of ASCII."""
_UNFOLDED = bytes(code for code in range(256) if code not in _FOLDED)


class Placed(Protocol):
    """What is read of a row; a DatasetRow has all of it."""

    @property
    def record_id(self) -> str:
        """The record."""

    @property
    def split(self) -> str:
        """Its split."""

    @property
    def cluster(self) -> Hashable:
        """Its duplicate cluster."""

    @property
    def split_group(self) -> str:
        """Its value in the group column, or ""."""

    @property
    def text(self) -> str:
        """Its text, as it is; "" is not compared."""


@dataclass(frozen=True)
class Crossing:
    """One thing that stands in several splits: which, in which, and up to ten of its records."""

    what: What
    value: str
    splits: tuple[str, ...]
    record_ids: tuple[str, ...]


def crossing(rows: Iterable[Placed]) -> list[Crossing]:
    """Everything that stands in two splits or more; empty where nothing leaks.

    Ordered by what it is and its value. A record that stands in one split twice, asked in two wordings,
    crosses nothing.
    """
    placed = list(rows)
    columns: dict[What, list[Hashable]] = {
        "record": [row.record_id for row in placed],
        "cluster": [row.cluster for row in placed],
        "group": [row.split_group for row in placed],
        "text": [normal_form(row.text) for row in placed],
    }
    return crossing_columns([row.record_id for row in placed], [row.split for row in placed], columns)


def crossing_columns(
    record_ids: Sequence[str], splits: Sequence[str], columns: Mapping[What, Sequence[Hashable | None]]
) -> list[Crossing]:
    """The same of columns, one entry a row; "" and None are not compared, texts are in normal form."""
    found = []
    for what, values in columns.items():
        crossed = _crossed(values, splits)
        where: defaultdict[Hashable, list[int]] = defaultdict(list)
        for place, value in enumerate(values) if crossed else ():
            if value in crossed:
                where[value].append(place)
        for value, places in where.items():
            stands_in = tuple(sorted({splits[place] for place in places}))
            ids = sorted({record_ids[place] for place in places})[:SHOWN_RECORDS]
            found.append(Crossing(what, str(value), stands_in, tuple(ids)))
    return sorted(found, key=lambda each: (each.what, each.value))


def in_words(found: Crossing) -> str:
    """One crossing as a part of a sentence."""
    what = {"text": "one text", "near": "nearly one text"}.get(found.what, f"{found.what} {found.value!r}")
    return f"{what} stands in {' and '.join(found.splits)} ({', '.join(found.record_ids[:3])})"


def text_of(inputs: Mapping[str, str]) -> str:
    """A record's text as it is compared, whatever order its columns stand in."""
    return "\n".join(inputs[name] for name in sorted(inputs))


def digest(text: str) -> bytes:
    """17 bytes that are the same for exactly the texts that are the same in normal form."""
    return b"=" + _hashed(normal_form(text).encode("utf-8", "surrogatepass"))


def coarse_digest(text: str) -> bytes:
    """17 bytes that are the same for texts that are the same in normal form, and for some others.

    A normal form keeps every letter and digit of ASCII in order; these alone are taken in a fifth of the
    time. Where a digest is there once, no other text has that row's normal form.
    """
    try:
        plain = text.encode("latin-1")
    except UnicodeEncodeError:
        plain = _FOLDED
    if plain.translate(None, _UNFOLDED):
        plain = unicodedata.normalize("NFKC", text).casefold().encode("ascii", "ignore")
    return b"~" + _hashed(plain.translate(_LOWER, _NOT_WORD))


def _hashed(text: bytes) -> bytes:
    return hashlib.blake2b(text, digest_size=16).digest()


def _crossed(values: Sequence[Hashable | None], splits: Sequence[str]) -> set[Hashable]:
    first: dict[Hashable, str] = {}
    return {
        value
        for value, split in zip(values, splits, strict=True)
        if value is not None and value != "" and first.setdefault(value, split) != split
    }
