"""How a queue hands its cards out: the order, leases, targets, and the hidden shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from sqlalchemy import select, update

from curation.ordering import orders
from storage import database
from storage.database.tables import queues as table
from storage.errors import Conflict, InvalidInput, NotFound
from storage.project import Project

EVERYBODY = ""


class Target(BaseModel):
    """How many decisions are hoped for from a person, each day (UTC) or in all."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int = Field(ge=1, le=1_000_000)
    per: Literal["day", "all"] = "day"


class Handing(BaseModel):
    """The settings of a queue. Shares run from 0 to 1; `targets` go by username, "" is for everybody.

    `slices` are columns beside the inputs that reviewers may order by. `blind_share` counts for records
    that are added from then on: what people see of a record never changes under them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    order: str = orders.RANDOM
    slices: tuple[str, ...] = ()
    lease_minutes: int = Field(default=15, ge=1, le=24 * 60)
    targets: Mapping[str, Target] = Field(default_factory=dict)
    gold_share: float = Field(default=0.0, ge=0, le=0.5)
    blind_share: float = Field(default=0.0, ge=0, le=1)

    @field_validator("order")
    @classmethod
    def _known(cls, given: str) -> str:
        return str(orders.parsed(given))

    def target_of(self, person: str) -> Target | None:
        """A person's own target, else everybody's."""
        return self.targets.get(person) or self.targets.get(EVERYBODY)


@dataclass(frozen=True)
class Stored:
    """The settings as they stand, and the revision that an edit of them names."""

    handing: Handing
    revision: int


def of(project: Project, queue: str) -> Stored:
    """The settings of a queue. Raises NotFound for an unknown one."""
    chosen = select(table.c.handing, table.c.handing_revision).where(table.c.name == queue)
    with database.engine(project).connect() as connection:
        row = connection.execute(chosen).first()
    if row is None:
        raise NotFound(f"There is no review queue {queue!r}.")
    return Stored(Handing.model_validate(row.handing), row.handing_revision)


def changed(handing: Handing, **given: object) -> Handing:
    """The settings with these values. Raises InvalidInput, naming the value that cannot stand."""
    try:
        return Handing.model_validate({**handing.model_dump(), **given})
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(f"{place} is {first['input']!r}: {first['msg']}.") from fault


def change(project: Project, queue: str, handing: Handing, *, based_on: int) -> Stored:
    """Replace the settings of revision `based_on`. Raises Conflict where another edit came first."""
    statement = (
        update(table)
        .where(table.c.name == queue, table.c.handing_revision == based_on)
        .values(handing=handing.model_dump(mode="json"), handing_revision=based_on + 1)
    )
    with database.engine(project).begin() as connection:
        replaced = connection.execute(statement).rowcount
    if not replaced:
        stands = of(project, queue)
        differing = [
            name for name in Handing.model_fields if getattr(stands.handing, name) != getattr(handing, name)
        ]
        raise Conflict(
            f"The settings of {queue} are at revision {stands.revision}; this edit was based on {based_on} "
            f"and differs in {', '.join(differing) or 'nothing'}.",
            next_step="Load them again and repeat the edit.",
        )
    return Stored(handing, based_on + 1)


def retargeted(handing: Handing, lines: Iterable[str]) -> dict[str, Target]:
    """The targets with these changed: `300/day`, `ann=2000/all`, `ann=none`.

    Raises InvalidInput, naming the line that cannot be read.
    """
    found = dict(handing.targets)
    for line in lines:
        person, sign, said = line.strip().rpartition("=")
        count, _, per = (part.strip() for part in said.partition("/"))
        if said.strip() == "none":
            found.pop(person.strip(), None)
            continue
        if (
            not count.isdecimal()
            or not int(count)
            or per not in ("day", "all")
            or (sign and not person.strip())
        ):
            raise InvalidInput(
                f"{line!r} is no target.", next_step="Write 300/day, or ann=300/day, ann=2000/all, ann=none."
            )
        found[person.strip()] = Target.model_validate({"count": int(count), "per": per})
    return found


def target_lines(handing: Handing) -> list[str]:
    """The targets as `retargeted` reads them."""
    return [
        f"{f'{person}=' if person else ''}{target.count}/{target.per}"
        for person, target in sorted(handing.targets.items())
    ]
