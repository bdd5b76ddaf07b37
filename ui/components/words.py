"""How numbers, times and names read, everywhere the same."""

from __future__ import annotations

import re
from datetime import datetime

from storage.identifiers import now

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~$:])")
_STEPS = ((60, "second", 1), (3600, "minute", 60), (86400, "hour", 3600), (86400 * 30, "day", 86400))
NONE = "–"
"""Stands where there is no number."""


def plain(text: str) -> str:
    """`text` so that Streamlit's markdown shows it letter by letter, whoever wrote it."""
    return _MARKDOWN.sub(r"\\\1", text)


def count(number: int | None) -> str:
    """`1204` as `1,204`; an en dash for None."""
    return NONE if number is None else f"{number:,}"


def several(number: int, one: str, many: str | None = None) -> str:
    """`1 record`, `1,204 records`."""
    return f"{number:,} {noun(number, one, many)}"


def noun(number: int | None, one: str, many: str | None = None) -> str:
    """The word alone, for a number that stands above it: `record`, `records`."""
    return one if number == 1 else many or one + "s"


def share(part: int, whole: int) -> str:
    """`part` of `whole` as a rounded percentage; an en dash for a share of nothing."""
    return NONE if whole == 0 else f"{100 * part / whole:.0f}%"


def licence(name: str) -> str:
    """A licence as it reads in a sentence: `apache-2.0`, or `our own text`."""
    return "our own text" if name == "own" else name


def interval(value: float, low: float, high: float, rows: int) -> str:
    """A share (0-1) with its 95% interval and its number of rows: `84.2% ± 2.1 (n 612)`.

    The half-width is the wider side, so the interval is never shown narrower than it is.
    """
    half = max(value - low, high - value)
    return f"{100 * value:.1f}% ± {100 * half:.1f} (n {rows:,})"


def ago(moment: datetime | None) -> str:
    """How long ago: `just now`, `4 minutes ago`, else the day."""
    if moment is None:
        return NONE
    seconds = (now() - moment).total_seconds()
    if seconds < 10:
        return "just now"
    for limit, word, size in _STEPS:
        if seconds < limit:
            return f"{several(int(seconds // size), word)} ago"
    return f"{moment:%d %B %Y}"


def exact(moment: datetime | None) -> str:
    """The exact time, for a hover: `2026-11-21 09:45:01 UTC`."""
    return NONE if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} UTC"


def span(seconds: float | None) -> str:
    """A length of time: `8 s`, `4 min 10 s`, `2 h 5 min`."""
    if seconds is None:
        return NONE
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
