"""Keep a project of this release, which all later ones must open:

    python -m tests.storage.keeping.keep_release

Run it once, just before a release. It takes a project round the loop in a real Argilla, backs it up to
`kept/<version>/project.tar.xz` and writes beside it what the views held. Never make an old one again: that it
was written by the release of its name is its worth.
"""

from __future__ import annotations

import json
import lzma
import sys
from pathlib import Path

import orjson
from sqlalchemy import func, select

from storage import artifacts, audit, database, views
from storage.database.tables import jobs
from storage.keeping import backups
from storage.project import Project
from tests.folders import open_folder
from tests.storage.keeping.house import running

HOME = Path(__file__).with_name("kept")
ARCHIVE, EXPECTED = "project.tar.xz", "expected.json"
MOST_BYTES = 300_000
VIEWS = ("imports", "rejects", "records", "duplicates", "teacher_labels", "reviews", "dataset_rows",
         "run_events", "outputs", "scores", "votes", "runs")  # fmt: skip


def rows_of(project: Project, view: str, columns: list[str]) -> list[str]:
    """The rows of a view in those columns, each as one text, in an order of their own."""
    named = ", ".join(f'"{column}"' for column in columns)
    found = views.rows(project, f'SELECT {named} FROM "{view}"')
    return sorted(orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode() for row in found)


def columns_of(project: Project, view: str) -> list[str]:
    """The columns of a view in this release."""
    with views.connect(project, only=[view]) as connection:
        return list(connection.sql(f'SELECT * FROM "{view}" LIMIT 0').columns)


def main() -> int:
    """Make it. Refuses to replace one that is kept."""
    target = HOME / artifacts.code_version()
    if target.exists():
        sys.stderr.write(f"{target} is kept already.\n")
        return 2
    with open_folder() as folder, running(folder, "kept") as house:
        project = house.project
        with database.engine(project).begin() as connection:  # where it was made is nobody's business
            connection.exec_driver_sql(
                """UPDATE jobs SET args = jsonb_set(args, '{path}', '"shelf.csv"') WHERE kind = 'import'"""
            )
            done = connection.execute(select(func.count()).select_from(jobs)).scalar_one()
        whole = backups.backup(project, folder / "project.tar").path.read_bytes()
        kept = {view: columns_of(project, view) for view in VIEWS}
        body = {
            "views": {view: {"columns": columns, "rows": rows_of(project, view, columns)}
                      for view, columns in kept.items()},
            "answers": 16,
            "jobs": done,
            "audit_hash": audit.listing(project, limit=1)[0].hash,
        }  # fmt: skip
    target.mkdir(parents=True)
    (target / ARCHIVE).write_bytes(lzma.compress(whole, preset=9))
    (target / EXPECTED).write_text(json.dumps(body, indent=1) + "\n", encoding="utf-8")
    size = sum(path.stat().st_size for path in target.iterdir())
    sys.stdout.write(f"{target}: {size:,} bytes\n")
    return 0 if size <= MOST_BYTES else 2


if __name__ == "__main__":
    sys.exit(main())
