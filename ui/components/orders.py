"""How the orders of a queue's cards read, and which a person is offered."""

from __future__ import annotations

from collections.abc import Iterable

NAMED = {"random": "Random", "newest": "Newest first", "uncertain": "Least certain first"}


def title(order: str) -> str:
    """`Random`, `By brand`, or `brand: Acme first`."""
    column, _, value = order.removeprefix("slice:").partition("=")
    return NAMED.get(order) or (f"{column}: {value} first" if value else f"By {column}")


def offered(columns: Iterable[str], *further: str) -> list[str]:
    """The orders by name, by each column, and those `further` that stand already."""
    return list(dict.fromkeys((*NAMED, *(f"slice:{column}" for column in columns), *filter(None, further))))
