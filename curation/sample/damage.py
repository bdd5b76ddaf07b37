"""What real files bring: typos, gaps, contact details in the text, and copies that differ a little."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

Text = tuple[str, str]
"""(title, description)."""

CONTACTS = (
    "Questions? Write to {box}@{shop}.example.",
    "Call {phone} before 6 pm.",
    "Contact: {box}@{shop}.example or {phone}.",
)
PHONES = ("+44 1632 960{:03d}", "(212) 555-01{:02d}", "+49 30 23125 {:03d}", "01632 960{:03d}")
"""Ranges set apart for fiction by the British, North American and German numbering plans."""


def with_typos(text: str, rng: Random, times: int) -> str:
    """Swap, drop or double `times` letters inside words."""
    letters = list(text)
    for _ in range(times):
        inner = [i for i in range(1, len(letters) - 2) if letters[i].isalpha() and letters[i + 1].isalpha()]
        if not inner:
            break
        place = rng.choice(inner)
        kind = rng.randrange(3)
        if kind == 0:
            letters[place], letters[place + 1] = letters[place + 1], letters[place]
        elif kind == 1:
            del letters[place]
        else:
            letters.insert(place, letters[place])
    return "".join(letters)


def with_contact(description: str, seller: str, rng: Random) -> str:
    """Append an e-mail address or a phone number, both of kinds that nobody owns."""
    phone = rng.choice(PHONES)
    shop = re.sub(r"[^a-z0-9]+", "-", seller.lower()).strip("-")
    contact = rng.choice(CONTACTS).format(
        box=rng.choice(("info", "sales", "hello", "orders")),
        shop=shop,
        phone=phone.format(rng.randrange(100)),
    )
    return f"{description} {contact}".strip()


def _case(text: Text, rng: Random, seller: str) -> Text:
    title, description = text
    return title.upper() if title != title.upper() else title.lower(), re.sub(
        r"\.(?=\s|$)", " !", description
    )


def _order(text: Text, rng: Random, seller: str) -> Text:
    title, description = text
    swapped = _words_swapped(description, rng)
    return (title, swapped) if swapped != description else (_words_swapped(title, rng), description)


def _words_swapped(text: str, rng: Random) -> str:
    words = text.split()
    places = [place for place in range(len(words) - 1) if words[place] != words[place + 1]]
    if len(words) > 2 and places:
        place = rng.choice(places)
        words[place], words[place + 1] = words[place + 1], words[place]
    return " ".join(words)


def _prefix(text: Text, rng: Random, seller: str) -> Text:
    return f"{seller}: {text[0]}", text[1]


def _units(text: Text, rng: Random, seller: str) -> Text:
    def changed(found: re.Match[str]) -> str:
        amount, unit = float(found[1]), found[2]
        factor, other = {"cm": (10, "mm"), "l": (100, "cl"), "m": (100, "cm"), "kg": (1000, "g")}[unit]
        return f"{amount * factor:g} {other}"

    title, description = (re.sub(r"(\d+(?:\.\d+)?) (cm|l|m|kg)\b", changed, part) for part in text)
    if (title, description) == text:
        return f"{title} !", description
    return title, description


def _truncation(text: Text, rng: Random, seller: str) -> Text:
    title, description = text
    if not description:
        return title[:-3], description
    return title, description[: max(1, len(description) - max(3, len(description) // 9))]


def _repost(text: Text, rng: Random, seller: str) -> Text:
    return text


COPIES: dict[str, Callable[[Text, Random, str], Text]] = {
    "case": _case,
    "order": _order,
    "prefix": _prefix,
    "units": _units,
    "truncation": _truncation,
    "repost": _repost,
}
"""The kinds of copies. A repost has the same text under a new listing id."""
