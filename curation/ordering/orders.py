"""Orders: in which order the cards of a queue come."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, case

from storage.database.tables import queue_records as table
from storage.errors import InvalidInput

NEWEST, RANDOM, UNCERTAIN, SLICE = "newest", "random", "uncertain", "slice"
KINDS = (RANDOM, NEWEST, UNCERTAIN, SLICE)
PLACES = 2**62
"""Places of the shuffle run from 0 up to here."""


@dataclass(frozen=True)
class Order:
    """An order. A slice has the `column` it goes by; with a `value`, its records come first."""

    kind: str = RANDOM
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        """As it stands in an address: `random`, `slice:brand`, `slice:brand=Acme`."""
        if self.kind != SLICE:
            return self.kind
        return f"{SLICE}:{self.column}" + (f"={self.value}" if self.value else "")


def parsed(text: str) -> Order:
    """An order from its text. Raises InvalidInput, naming the orders there are."""
    kind, _, rest = text.partition(":")
    column, _, value = rest.partition("=")
    if kind not in KINDS or bool(column) != (kind == SLICE):
        raise InvalidInput(
            f"{text!r} is no order of cards.",
            next_step="Choose random, newest, uncertain, slice:COLUMN or slice:COLUMN=VALUE.",
        )
    return Order(kind, column, value)


def shuffle_place(record_id: str) -> int:
    """Where a record stands in the shuffle: the same always."""
    return _hashed(f"shuffle/{record_id}") % PLACES


def start_of(person: str) -> int:
    """Where a person enters the shuffle: each has an order of their own that stays."""
    return _hashed(f"start/{person}") % PLACES


def terms(order: Order, person: str) -> list[tuple[ColumnElement[bool] | None, list[ColumnElement[Any]]]]:
    """What to read one after the other: which records (None: all), and how they are sorted.

    The shuffle is entered at the person's place and goes round, in two parts that an index answers.
    """
    if order.kind == NEWEST:
        return [(None, [table.c.arrival.desc()])]
    if order.kind == UNCERTAIN:
        return [(None, [table.c.doubt.desc(), table.c.shuffle])]
    if order.kind == SLICE and not order.value:
        return [(None, [table.c.facets[order.column].astext.collate("C").nulls_last(), table.c.shuffle])]
    start = start_of(person)
    by: list[ColumnElement[Any]] = [table.c.shuffle]
    around = (table.c.shuffle >= start, table.c.shuffle < start)
    if order.kind == SLICE:
        within = case((table.c.facets[order.column].astext == order.value, True), else_=False)
        return [(and_(first, part), by) for first in (within, ~within) for part in around]
    return [(part, by) for part in around]


def _hashed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8])
