"""Restoring: a new project from a backup, complete or not there at all.

All happens in a hidden folder beside the new one, with PostgreSQL running in there. What came of it
is verified like any project, and then the folder gets its name.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from storage import audit, database
from storage import project as projects
from storage.errors import Conflict, InvalidInput
from storage.keeping.backups import archive, contents, first_start, homes, loading
from storage.keeping.backups.contents import PROJECT, SECRETS, Contents
from storage.keeping.report import Report
from storage.keeping.verifying import verify
from storage.project import Project
from storage.services import orphans, postgres, secrets

Tell = Callable[[str], None]
_SHOWN = 5
_WORD = "restoring"


@dataclass(frozen=True)
class Elsewhere:
    """Where the restored project's databases are to be. None: as its settings say; an empty URL: its own."""

    postgres_url: str | None = None
    database: str | None = None
    argilla_database: str | None = None

    def changes(self) -> dict[str, str]:
        """What is to stand in the `services` of understudy.toml instead."""
        told = {
            "postgres_url": self.postgres_url,
            "postgres_database": self.database,
            "argilla_database": self.argilla_database,
        }
        return {key: value for key, value in told.items() if value is not None}


@dataclass(frozen=True)
class Restored:
    """A project that was restored and verified.

    `key_variables` are the environment variables that its teachers' keys are read from, and an
    external Argilla's; `unfinished_jobs` begin anew, since what they had done is in no backup.
    """

    project: Project
    backup_id: str
    taken_at: datetime
    report: Report
    with_secrets: bool
    argilla: str
    key_variables: tuple[str, ...]
    unfinished_jobs: int


def restore(
    source: Path,
    root: Path,
    *,
    at: str = "",
    elsewhere: Elsewhere | None = None,
    by: str = "command line",
    tell: Tell = lambda told: None,
) -> Restored:
    """Make the project `root` from a backup: a file, a folder, or of a folder of backups the newest.

    `at` names another of them. Raises Conflict where `root` or a database of that name holds
    something, NotFound where there is no backup, InvalidInput for a damaged one, DiskFull. Then
    nothing of it is left.
    """
    root, source = root.resolve(), source.resolve()
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise Conflict(f"{root} is there already and is not empty.", next_step="Name a new folder.")
    _sweep(root)
    hidden = root.with_name(f".{root.name}.{_WORD}-{os.getpid()}")
    with homes.faults_in(root.parent):
        root.parent.mkdir(parents=True, exist_ok=True)
        hidden.mkdir(mode=0o755)
    try:
        with homes.faults_in(root.parent):
            held = _copied(source, at, hidden, tell)
            made = _project(hidden / PROJECT, elsewhere or Elsewhere())
            try:
                report, variables, unfinished = _filled(made, hidden, held, by, tell)
            finally:
                _forget_socket(made)
            if root.is_dir():
                root.rmdir()
            made.root.rename(root)
            homes.flush(root.parent)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)
    return Restored(
        projects.open_project(root), held.backup_id, held.taken_at, report, held.with_secrets, held.argilla,
        variables, unfinished,
    )  # fmt: skip


def _copied(source: Path, at: str, hidden: Path, tell: Tell) -> Contents:
    """Bring a backup's files into the hidden folder and compare them with what it says of them."""
    if source.is_file():
        tell("Reading the backup.")
        archive.check(source)
        archive.extract(source, hidden)
    else:
        folder, _ = homes.chosen(source, at)
        tell(f"Copying {folder.name}.")
        _copy(folder, hidden)
    held = contents.read(hidden)
    wrong = contents.faults(hidden, held)
    report = verify(_at(hidden / PROJECT), named=())
    wrong += [f"{fault.place}: {fault.what}" for fault in report.faults]
    _refuse(wrong)
    return held


def _refuse(wrong: list[str]) -> None:
    if wrong:
        more = f"; and {len(wrong) - _SHOWN:,} more" if len(wrong) > _SHOWN else ""
        raise InvalidInput(
            f"The backup is damaged: {'; '.join(wrong[:_SHOWN])}{more}. Nothing was restored.",
            next_step="Take another backup, or copy this one again from where it was made.",
        )


def _at(folder: Path) -> Project:
    if not (folder / projects.SETTINGS_NAME).is_file():
        _refuse([f"{PROJECT}/{projects.SETTINGS_NAME} is missing"])
    return projects.open_project(folder)


def _project(folder: Path, elsewhere: Elsewhere) -> Project:
    """The project in the hidden folder, its settings changed where its databases are to be elsewhere."""
    changes = elsewhere.changes()
    if changes:
        import tomlkit

        path = folder / projects.SETTINGS_NAME
        document = tomlkit.parse(path.read_text(encoding="utf-8"))
        services: Any = document.setdefault("services", tomlkit.table())
        services.update(changes)
        path.write_text(tomlkit.dumps(document), encoding="utf-8")
    return projects.open_project(folder)


def _filled(
    project: Project, hidden: Path, held: Contents, by: str, tell: Tell
) -> tuple[Report, tuple[str, ...], int]:
    """Fill the databases, bring them to this release, and verify the whole."""
    if held.with_secrets:
        content = (hidden / SECRETS).read_text(encoding="utf-8")
        secrets.write_private(project.services_dir / SECRETS, content)
    dumps = {Path(dump).stem: hidden / dump for dump in held.databases}
    with loading.server(project, dumps):
        for name, dump in dumps.items():
            tell(f"Restoring the database {name}.")
            loading.load(project, name, dump)
        database.migrate(project)
        tell("Verifying.")
        report = verify(project)
        _refuse([f"{fault.place}: {fault.what}" for fault in report.faults])
        if "argilla" in dumps:
            first_start.keep_owner(project)
        audit.append(
            project, actor=by, action="project.restore", subject=held.backup_id,
            facts={"taken_at": held.taken_at.isoformat(), "artifacts": held.artifacts,
                   "with_secrets": held.with_secrets},
        )  # fmt: skip
        return report, first_start.key_variables(project), first_start.unfinished_jobs(project)


def _forget_socket(project: Project) -> None:
    """Remove the folder of the socket where the path was too long for it to lie in the project."""
    folder = postgres.socket_dir(project)
    if not folder.is_relative_to(project.root):
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(root: Path) -> None:
    """Clear away what killed restores to the same folder left, their PostgreSQL first."""
    for left in homes.left_behind(root, _WORD):
        if (left / PROJECT / projects.SETTINGS_NAME).is_file():
            orphans.stop(projects.open_project(left / PROJECT))
        shutil.rmtree(left, ignore_errors=True)


def _copy(folder: Path, target: Path) -> None:
    """Copy files as new ones: with the rights that new files get here, not those of a backup."""
    for path in sorted(folder.rglob("*")):
        place = target / path.relative_to(folder)
        if path.is_dir():
            place.mkdir(exist_ok=True)
        else:
            shutil.copyfile(path, place)
