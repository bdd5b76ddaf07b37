r"""The shares that groups should have: typed as lines, or read from a file of any format.

parse("de: 60%\nfr: 25\nit 15") -> {"de": 60.0, "fr": 25.0, "it": 15.0}
"""

from __future__ import annotations

import math
from pathlib import Path

from curation.imports.reading.batches import Reject
from curation.imports.reading.files import open_file
from storage.errors import InvalidInput

MOST_GROUPS = 1_000
_PARTS = ":=;\t "
"""What may stand between a group and its share, the first that does counts from the right."""


def parse(text: str) -> dict[str, float]:
    """The shares that the lines name; whether they add up is checked where they are used.

    Raises InvalidInput for a line without a share, and for a group named twice.
    """
    found: dict[str, float] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            name, share = _split(line.strip())
            _add(found, name, share, f"Line {number}")
    return found


def read(path: Path) -> dict[str, float]:
    """The shares of a file with two columns, a group and its share, whatever they are called.

    Raises InvalidInput for a file that cannot be read, has other columns, or holds no shares.
    """
    opened = open_file(path)
    if len(opened.columns) != 2:
        raise InvalidInput(
            f"{path.name} has {len(opened.columns)} columns.", next_step="Give it two: a group and its share."
        )
    first, second = opened.columns
    found: dict[str, float] = {}
    for row in opened.rows():
        if isinstance(row, Reject):
            raise InvalidInput(f"Row {row.row_number} of {path.name}: {row.reason}.", next_step="Correct it.")
        name, share = row.values.get(first, ""), row.values.get(second, "")
        _add(found, name.strip(), share, f"Row {row.number} of {path.name}")
    if not found:
        raise InvalidInput(f"{path.name} holds no shares.", next_step="Choose another file.")
    return found


def _split(line: str) -> tuple[str, str]:
    for sign in _PARTS:
        name, found, share = line.rpartition(sign)
        if found and name.strip():
            return name.strip(_PARTS), share
    return line, ""


def _add(found: dict[str, float], name: str, share: str, where: str) -> None:
    written = share.strip().removesuffix("%").strip()
    try:
        value = float(written)
    except ValueError:
        value = math.nan
    if not name or not math.isfinite(value):
        raise InvalidInput(
            f"{where} gives no share: {name + ' ' + share!r}.",
            next_step="Write a group and its share: de: 60",
        )
    if name in found:
        raise InvalidInput(f"{where} names {name!r} again.", next_step="Name each group once.")
    if len(found) == MOST_GROUPS:
        raise InvalidInput(f"There are more than {MOST_GROUPS:,} groups.", next_step="Name fewer.")
    found[name] = value
