"""The names of a file's columns, made usable or refused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from curation.imports.reading.limits import Limits
from storage.errors import InvalidInput


def checked(file: str, names: Sequence[str], limits: Limits, *, exact: bool = False) -> tuple[str, ...]:
    """Column names, blank ones named by their place. Raises InvalidInput for too many, or one twice.

    `exact` leaves them as they are: the keys of JSON, by which its rows are read.
    """
    if len(names) > limits.columns:
        raise InvalidInput(
            f"{file} has {len(names)} columns; {limits.columns} are read at most.",
            next_step="Keep the columns you need.",
        )
    tidy = (name.strip() or f"column {place}" for place, name in enumerate(names, start=1))
    named = tuple(names if exact else tidy)
    for name, times in Counter(named).items():
        if times > 1:
            raise InvalidInput(f"{file} has the column {name!r} twice.", next_step="Rename one of them.")
        if len(name) > MAX_NAME_CHARS or "\0" in name:
            raise InvalidInput(
                f"{file} has a column whose name is no name: {name[:60]!r}.",
                next_step="The first line must name the columns.",
            )
    return named


MAX_NAME_CHARS = 500
