"""How often a sign-in may fail, per name and per address, counted in the database.

A name has five attempts, an address thirty; each further failure doubles the wait, from half a
minute to a quarter of an hour. An attempt counts as failed when it begins and is forgiven when it
succeeds, so a hundred at once get no further than a hundred in a row. What is refused here is not
counted: nobody can keep a name locked by going on knocking.

Names are kept as keyed hashes: people do type their password into the wrong field.
"""

from __future__ import annotations

import hmac
import math
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update
from sqlalchemy.dialects.postgresql import insert

from storage import database
from storage.database.tables import sign_in_attempts as attempts
from storage.errors import NotAllowed
from storage.identifiers import now
from storage.project import Project
from storage.services import secrets

FREE = {"name": 5, "address": 30}
FIRST_WAIT_S = 30
LONGEST_WAIT_S = 15 * 60
FORGOTTEN_AFTER = timedelta(hours=1)
"""Failures older than this count no more, once nothing failed since."""


class TooManyAttempts(NotAllowed):
    """The wait is not over; `wait_s` is how long it still lasts."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(
            "Too many sign-ins failed for this name or from this place.",
            next_step=f"Try again in {_length(wait_s)}.",
        )
        self.wait_s = wait_s


def admit(project: Project, username: str, address: str) -> None:
    """Count an attempt. Raises TooManyAttempts, with the time left, while one has to wait."""
    moment = now()
    keys = _keys(project, username, address)
    with database.engine(project).begin() as connection:  # alone, so that it holds nothing another waits for
        connection.execute(delete(attempts).where(attempts.c.last_at < moment - timedelta(days=1)))
    with database.engine(project).begin() as connection:
        blank = [{"key": key, "failures": 0, "last_at": moment} for key in keys]
        connection.execute(insert(attempts).on_conflict_do_nothing(), blank)
        query = select(attempts).where(attempts.c.key.in_(keys)).order_by(attempts.c.key).with_for_update()
        rows = connection.execute(query).all()
        wait_s = max(_wait_s(row.key, row.failures, row.last_at, moment) for row in rows)
        if wait_s > 0:
            raise TooManyAttempts(math.ceil(wait_s))
        for row in rows:
            standing = 0 if moment - row.last_at > FORGOTTEN_AFTER else row.failures
            _set(connection, row.key, standing + 1, moment)


def succeeded(project: Project, username: str, address: str) -> None:
    """Forgive a name all its failures, and an address this attempt."""
    forget(project, username)
    if address:
        _give_back(project, _key(project, "address", address))


def not_decided(project: Project, username: str, address: str) -> None:
    """Take an attempt back that nothing could be said about, because Argilla did not answer."""
    for key in _keys(project, username, address):
        _give_back(project, key)


def forget(project: Project, username: str) -> None:
    """Let a name try again at once: its password was reset."""
    with database.engine(project).begin() as connection:
        connection.execute(delete(attempts).where(attempts.c.key == _key(project, "name", username)))


def _give_back(project: Project, key: str) -> None:
    fewer = update(attempts).where(attempts.c.key == key).values(failures=attempts.c.failures - 1)
    with database.engine(project).begin() as connection:
        connection.execute(fewer.where(attempts.c.failures > 0))


def _set(connection: Connection, key: str, failures: int, moment: datetime) -> None:
    connection.execute(
        update(attempts).where(attempts.c.key == key).values(failures=failures, last_at=moment)
    )


def _wait_s(key: str, failures: int, last_at: datetime, moment: datetime) -> float:
    passed = moment - last_at
    over = failures - FREE[key.partition(":")[0]]
    if over < 0 or passed > FORGOTTEN_AFTER:
        return 0.0
    return min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** min(over, 20)) - passed.total_seconds()


def _keys(project: Project, username: str, address: str) -> list[str]:
    """What an attempt counts for; without an address, as for somebody who is signed in, the name alone."""
    name = _key(project, "name", username)
    return sorted([name, _key(project, "address", address)]) if address else [name]


def _key(project: Project, kind: str, name: str) -> str:
    if kind == "address":
        return f"address:{name[:100]}"
    folded = name.strip().casefold().encode(errors="replace")
    digest = hmac.digest(secrets.derived_key(project, "understudy sign-in attempts"), folded, "sha256")
    return f"name:{digest.hex()}"


def _length(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    parts = [f"{minutes} min" if minutes else "", f"{rest} s" if rest else ""]
    return " ".join(part for part in parts if part)
