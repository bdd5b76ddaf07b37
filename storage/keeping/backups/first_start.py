"""What a restored project's first start is to find, and what its people are told before it."""

from __future__ import annotations

import psycopg
from sqlalchemy import func, select

from storage import database
from storage.database.tables import jobs, teachers
from storage.project import Project
from storage.services import postgres, secrets


def keep_owner(project: Project) -> None:
    """See that the first start makes and prints no password where the restored Argilla has an owner."""
    with psycopg.connect(postgres.connection_string(project, "argilla")) as connection:
        known = connection.execute("SELECT to_regclass('users') IS NOT NULL").fetchone()
        if not known or not known[0]:
            return
        asked = "SELECT count(*) FROM users WHERE username = %s"
        found = connection.execute(asked, [secrets.OWNER_USERNAME]).fetchone()
    if found and found[0]:
        home = project.services_dir / "argilla"
        home.mkdir(parents=True, exist_ok=True)
        (home / "owner-made").touch()


def key_variables(project: Project) -> tuple[str, ...]:
    """The environment variables that keys are read from: teachers', and an external Argilla's."""
    services = project.settings.services
    variables = {services.argilla_api_key_env} if services.argilla_url else set()
    with database.engine(project).connect() as connection:
        for definition in connection.execute(select(teachers.c.definition)).scalars():
            variables.add(str(definition.get("key_env") or ""))
    return tuple(sorted(variables - {""}))


def unfinished_jobs(project: Project) -> int:
    """How many jobs wait or were running: they begin anew, for their parts are in no backup."""
    with database.engine(project).connect() as connection:
        waiting = jobs.c.status.in_(("waiting", "running", "interrupted"))
        return connection.execute(select(func.count()).select_from(jobs).where(waiting)).scalar_one()
