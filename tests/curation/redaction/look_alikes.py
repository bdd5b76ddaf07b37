"""What looks like an identifier and is none: order numbers, prices, dates, versions, ISBNs, sums."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from faker import Faker

from tests.curation.redaction.identifiers import patterned

_ORDERS = (
    "#########",
    "##-#####-#####",
    "###-#######-#######",
    "??#########??",
    "#### ####",
    "############",
    "2026######",
)
_SIZES = ("{} x {} x {} cm", "{}×{} mm", "{}/{} R{}", "{} in by {} in", "{}.{} l", "W{} L{}")
_PARTS = (
    "??-####-##",
    "####.###.##",
    "?##-##?-###",
    "###-###-##",
    "######-###",
    "A ### ### ## ##",
    "##.####.####.#",
)
_VERSIONS = ("{}.{}", "{}.{}.{}", "v{}.{}.{}", "{}.{}.{}-rc{}", "2026.{}.{}")
_SUMS = (
    "{} + {} = {}",
    "{} - {} - {} = 12",
    "{} / {} = {}",
    "({}) * ({})",
    "{} * 10^{}",
    "3.14159265",
    "1e-{}",
)


def _filled(dice: Random, pattern: str, most: int = 100) -> str:
    return pattern.format(*(dice.randrange(1, most) for _ in range(pattern.count("{}"))))


def price(dice: Random) -> str:
    """A price as some country writes it."""
    whole, cents = dice.randrange(1, 2_000_000), dice.randrange(100)
    forms = (
        f"${whole:,}.{cents:02}",
        f"{whole:,}.{cents:02} USD",
        f"{whole:_}".replace("_", ".") + f",{cents:02} €",
        f"{whole:_}".replace("_", " ") + f",{cents:02} zł",
        f"{whole:_}".replace("_", "\u00a0") + f",{cents:02} €",
        f"R$ {whole:_}".replace("_", ".") + f",{cents:02}",
        f"£{whole}.{cents:02}",
        f"{whole:,}円",
    )
    return dice.choice(forms)


def day(dice: Random) -> str:
    """A day, written as somewhere."""
    year, month, number = dice.randrange(1990, 2027), dice.randrange(1, 13), dice.randrange(1, 29)
    forms = (
        f"{year}-{month:02}-{number:02}",
        f"{number:02}.{month:02}.{year}",
        f"{number:02}/{month:02}/{year}",
        f"{month}/{number}/{year % 100:02}",
        f"{year}{month:02}{number:02}",
        f"{year}-{month:02}-{number:02}T{dice.randrange(24):02}:{dice.randrange(60):02}:00Z",
    )
    return dice.choice(forms)


def isbn(fake: Faker, dice: Random) -> str:
    """An ISBN of 10 or 13 digits, hyphens in or left out."""
    made = str(dice.choice((fake.isbn13, fake.isbn10))())
    return made if dice.random() < 0.7 else made.replace("-", "")


def count(dice: Random) -> str:
    """A large number, its thousands apart."""
    number = dice.randrange(1_000, 900_000_000)
    return f"{number:_}".replace("_", dice.choice((",", ".", " ", "\u00a0", "'")))


def coordinates(dice: Random) -> str:
    """A place on the globe."""
    north, east = dice.uniform(-80, 80), dice.uniform(-179, 179)
    forms = (
        f"{north:.5f}, {east:.5f}",
        f"{abs(north):.4f}° N {abs(east):.4f}° E",
        f"{int(abs(north))}°23'45.6\"N",
    )
    return dice.choice(forms)


MAKERS: Mapping[str, Callable[[Faker, Random], str]] = {
    "order": lambda fake, dice: patterned(dice, dice.choice(_ORDERS)),
    "price": lambda fake, dice: price(dice),
    "date": lambda fake, dice: day(dice),
    "version": lambda fake, dice: _filled(dice, dice.choice(_VERSIONS), 30),
    "build": lambda fake, dice: _filled(dice, dice.choice(("{}.{}.{}.{}", "v{}.{}.{}.{}", "{}.0.{}.1")), 250),
    "isbn": isbn,
    "ean": lambda fake, dice: str(dice.choice((fake.ean13, fake.ean8))()),
    "size": lambda fake, dice: _filled(dice, dice.choice(_SIZES), 400),
    "count": lambda fake, dice: count(dice),
    "year": lambda fake, dice: str(dice.randrange(1900, 2031)),
    "coordinates": lambda fake, dice: coordinates(dice),
    "part": lambda fake, dice: patterned(dice, dice.choice(_PARTS)),
    "math": lambda fake, dice: _filled(dice, dice.choice(_SUMS), 9_000),
    "time": lambda fake, dice: f"{dice.randrange(24)}:{dice.randrange(60):02}",
    "percent": lambda fake, dice: f"{dice.uniform(0, 100):.{dice.randrange(4)}f} %",
}
"""What fills each brace of a sentence under `plain`."""
