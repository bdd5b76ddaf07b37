"""What happens to texts on their way into a file: wrong encodings, markup, contact details, double entries.

text = worn(text, place, rng)        # one text in six is damaged, by its place in the file
"""

from __future__ import annotations

import csv
import html
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random

from curation.sample import damage
from curation.sample.scripted import REVIEWERS, TEACHER_COLUMN, TEACHER_ERROR_COLUMN

SAID = (TEACHER_COLUMN, TEACHER_ERROR_COLUMN, *(reviewer.column for reviewer in REVIEWERS))
"""The columns with what the recorded teacher said, how it erred, and what the scripted reviewers say."""

_BOXES = ("contact", "mail", "family", "home", "office")
_HOSTS = ("example.com", "example.org", "example.net", "post.example")
_CLOSINGS = ("Kind regards", "Best wishes", "Thanks", "Yours", "Regards")


def phone(rng: Random) -> str:
    """A telephone number of a range that is set apart for fiction."""
    return rng.choice(damage.PHONES).format(rng.randrange(100))


def address(rng: Random) -> str:
    """An e-mail address of a domain that is reserved for examples (RFC 2606)."""
    return f"{rng.choice(_BOXES)}{rng.randint(1, 99)}@{rng.choice(_HOSTS)}"


def signed(rng: Random) -> str:
    """The end of a letter, now and then with an address or a number."""
    more = rng.choice(
        ("", "", f"\n{address(rng)}", f"\nTel. {phone(rng)}", f"\n{address(rng)}, {phone(rng)}")
    )
    return f"{rng.choice(_CLOSINGS)}{more}"


def worn(text: str, place: int, rng: Random) -> str:
    """The text as it stands in the file at `place`: in six of every 36 rows something happened to it."""
    happened = place % 36
    if happened == 5:
        return _misread(text)
    if happened == 11:
        return f"<div><p>{html.escape(text).replace(chr(10), '<br>')}</p></div>"
    if happened == 17:
        return f"{text}\r\n\r\n\u00a0Sent from my phone\u200b"
    if happened == 23:
        return damage.with_typos(text, rng, 4)
    if happened == 29:
        return f"{text} Reach me at {phone(rng)} or {address(rng)}."
    return text.upper() if happened == 35 else text


def copied(text: str, rng: Random) -> str:
    """The same text, sent once more: as it was, with a slip of the finger, louder, or cut off at the end."""
    kind = rng.randrange(4)
    if kind == 0:
        return text
    if kind == 1:
        return damage.with_typos(text, rng, 2)
    return text.upper() if kind == 2 else text[: len(text) - max(3, len(text) // 14)]


def written(path: Path, rows: Sequence[Mapping[str, str]]) -> Path:
    """Write a CSV file (UTF-8), its folder made where it is not there; the answer is its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _misread(text: str) -> str:
    """UTF-8 read as Windows-1252, as a wrong setting leaves it."""
    typographic = text.replace("'", "’").replace(" - ", " – ") + " …"
    return typographic.encode().decode("cp1252", "replace")
