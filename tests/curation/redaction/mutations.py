"""How people and programs spoil an identifier: other separators, breaks, brackets, wide digits.

Each mutation keeps every letter and digit, so a reader still knows whose it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from random import Random

_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_GROUPED = frozenset({"phone", "card", "iban"})
_AROUND = (
    ("(", ")"), ("<", ">"), ("[", "]"), ('"', '"'), ("“", "”"), ("«", "»"), ("", "."), ("", ","), ("", ";"),
    ("", "!"), ("=", ""), ("→ ", ""), ("* ", ""), ("| ", " |"), ("'", "'"), ("", "\n"), ("\n", "\n"),
    ("\t", "\t"), ("**", "**"),
    ('{"value":"', '"}'), ("<b>", "</b>"), ("(", "),"), ("", "?"), ("- ", ""), ("#", ""),
)  # fmt: skip


def as_it_is(type_: str, value: str, dice: Random) -> str:
    """Unchanged: most people write properly."""
    return value


def other_separators(type_: str, value: str, dice: Random) -> str:
    """The spaces, hyphens or dots between groups become others, or a group is split off with one."""
    if type_ not in _GROUPED:
        return value
    separator = dice.choice((" ", "-", ".", "\u00a0", "  ", " - ", "\u2011", "\u202f"))
    if type_ in ("card", "iban") and value.isalnum():
        return separator.join(value[at : at + 4] for at in range(0, len(value), 4))
    return re.sub(r"(?<=\d)[ .-](?=\d)", separator, value)


def broken_line(type_: str, value: str, dice: Random) -> str:
    """One of its spaces is a line break, as in a mail wrapped at 72 columns."""
    places = [at for at, letter in enumerate(value) if letter == " "]
    if not places:
        return value
    at = dice.choice(places)
    return f"{value[:at]}\n{value[at + 1 :]}"


def wide(type_: str, value: str, dice: Random) -> str:
    """Full-width letters, digits and signs, as a Japanese keyboard writes them."""
    return value if type_ == "url" else value.translate(_WIDE)


def hidden_characters(type_: str, value: str, dice: Random) -> str:
    """A character of no width somewhere inside, as web pages put there to allow a break."""
    at = dice.randrange(1, len(value))
    return f"{value[:at]}{dice.choice(chr(0x200B) + chr(0xAD) + chr(0x2060))}{value[at:]}"


def other_case(type_: str, value: str, dice: Random) -> str:
    """Capital letters in an address, small ones in an IBAN."""
    return value.upper() if type_ == "email" else value.lower() if type_ == "iban" else value


def spelled_out(type_: str, value: str, dice: Random) -> str:
    """An address written against harvesters."""
    if type_ != "email":
        return value
    return value.replace("@", dice.choice((" @ ", " (at) ", "[at]", " [at] ", "(at)", "@ ")))


def surrounded(value: str, dice: Random) -> tuple[str, str]:
    """What stands directly before and after an identifier: usually nothing."""
    return dice.choice(_AROUND) if dice.random() < 0.3 else ("", "")


MUTATIONS: Mapping[Callable[[str, str, Random], str], int] = {
    as_it_is: 60,
    other_separators: 14,
    broken_line: 6,
    wide: 4,
    hidden_characters: 4,
    other_case: 6,
    spelled_out: 4,
}
"""Each with how many identifiers in about a hundred it befalls."""
