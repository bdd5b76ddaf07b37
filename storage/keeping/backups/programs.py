"""PostgreSQL's own programs for copying databases, run with the password out of everybody's sight."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence

from psycopg import conninfo

from storage.errors import DiskFull, UserError
from storage.project import Project
from storage.services import postgres

_NO_ROOM = ("No space left on device", "Disk quota exceeded")


def run(project: Project, program: str, database: str, arguments: Sequence[str], what: str) -> None:
    """Run `pg_dump` or `pg_restore` on a database of the project (`understudy` or `argilla`).

    Raises DiskFull, or UserError with the program's own words: `what` says what did not work.
    """
    address = conninfo.conninfo_to_dict(postgres.connection_string(project, database))
    password = str(address.pop("password", "") or "")
    secret = {"PGPASSWORD": password} if password else {}
    finished = subprocess.run(
        [
            str(postgres.binaries_dir() / program), "--no-password",
            f"--dbname={conninfo.make_conninfo('', **address)}", *arguments,
        ],
        env={**os.environ, "LC_ALL": "C", **secret},  # libpq finds certificates and more in there
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False,
    )  # fmt: skip
    if finished.returncode == 0:
        return
    said = finished.stderr.strip()[-600:] or f"it ended with {finished.returncode} and said nothing"
    if any(words in said for words in _NO_ROOM):
        raise DiskFull(f"The disk is full: {what}.", next_step="Free some space and run it again.")
    raise UserError(f"{what[0].upper()}{what[1:]}: {program} said: {said}", next_step=_advice(said))


def read_whole(dump: str) -> str:
    """What keeps a dump from being read to its end; empty where nothing does."""
    finished = subprocess.run(
        [str(postgres.binaries_dir() / "pg_restore"), f"--file={os.devnull}", dump],
        env={**os.environ, "LC_ALL": "C"}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        errors="replace", check=False,
    )  # fmt: skip
    return finished.stderr.strip()[-300:] if finished.returncode else ""


def _advice(said: str) -> str:
    if "server version mismatch" in said:
        return "PostgreSQL there is newer than this release's programs: update Understudy."
    if 'extension "vector"' in said:
        return "Install pgvector on that PostgreSQL, or restore without services.postgres_url."
    if '"transaction_timeout"' in said:
        return "That PostgreSQL is older than 17: restore into a newer one, or with --postgres-url ''."
    if "permission denied" in said:
        return "Use an account that owns both databases, or a superuser's."
    return "Mend that, then run it again."
