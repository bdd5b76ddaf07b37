"""Whether all that was committed so far is settled: no transaction that began before it is still running.

Argilla's change feed shows a change only then, so that nothing can appear behind a place once read.
Its database lies on the same PostgreSQL as ours, where transactions are numbered together.
"""

from __future__ import annotations

import time

from sqlalchemy import text

from storage import database
from storage.project import Project

_LOOK_EVERY_S = 0.02


def settles(project: Project, limit_s: float = 1.0) -> bool:
    """Wait until what is committed now is settled; False where that takes longer than `limit_s`."""
    until = time.monotonic() + limit_s
    with database.engine(project).connect() as connection:
        begun = str(connection.execute(text("SELECT pg_snapshot_xmax(pg_current_snapshot())")).scalar())
        asked = text("SELECT pg_snapshot_xmin(pg_current_snapshot()) >= CAST(:begun AS xid8)")
        while not connection.execute(asked, {"begun": begun}).scalar():
            if time.monotonic() > until:
                return False
            time.sleep(_LOOK_EVERY_S)
    return True
