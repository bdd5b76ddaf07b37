"""The documents of the claims sample: letters, forms, messages and notes about what happened to somebody.

The words stand in two files beside this one, `incidents.toml` and `documents.toml`. Every document says the
claim number, the day it happened and the sum that is claimed, and beside them what looks like these: the day
of writing, the excess, the number of the contract.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from curation.sample import wear

_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
WAYS_TO_WRITE_A_DAY: tuple[Callable[[date], str], ...] = (
    date.isoformat,
    lambda day: f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    lambda day: f"{_MONTHS[day.month - 1]} {day.day}, {day.year}",
    lambda day: f"{day.day:02d}.{day.month:02d}.{day.year}",
    lambda day: f"{day.day}-{_MONTHS[day.month - 1][:3]}-{day.year}",
)


@dataclass(frozen=True)
class Incident:
    """What happened: `told` by the insured, `noted` by a clerk. `thing` costs `most` at the most."""

    cause: str
    thing: str
    most: int
    told: str
    noted: str


@dataclass(frozen=True)
class Facts:
    """What a document says, as it writes it: `day` it happened, `written` when the document was.

    `total` and `excess` are sums with their currency, where the sender gives it.
    """

    insurer: str
    claim_number: str
    contract: str
    day: str
    written: str
    total: str
    excess: str


@cache
def incidents() -> tuple[Incident, ...]:
    """Everything that happened, thirteen times of each cause."""
    return tuple(Incident(**each) for each in _read("incidents.toml")["incident"])


@cache
def kinds() -> tuple[str, ...]:
    """The manners of writing, such as letter and form."""
    return tuple(_read("documents.toml"))


def document(kind: str, incident: Incident, facts: Facts, rng: Random) -> str:
    """One document of a kind."""
    layout = _read("documents.toml")[kind]
    about = {
        **vars(facts),
        "told": incident.told,
        "noted": incident.noted,
        "thing": incident.thing,
        "time": f"{rng.randint(8, 17)}:{rng.randint(10, 59)}",
        "phone": wear.phone(rng),
        "address": wear.address(rng),
        "signed": wear.signed(rng),
    }
    said = {
        name: rng.choice(choices).format_map(about) for name, choices in layout.items() if name != "template"
    }
    written: str = layout["template"].format_map({**about, **said})
    return written.strip()


@cache
def _read(name: str) -> Mapping[str, Any]:
    return tomllib.loads(files(__package__).joinpath(name).read_text(encoding="utf-8"))
