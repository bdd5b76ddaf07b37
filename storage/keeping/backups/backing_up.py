"""Taking a backup: one moment of a project, copied and then read again."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex

from storage import project as projects
from storage.artifacts import code_version
from storage.audit import anchor
from storage.errors import InvalidInput
from storage.identifiers import now
from storage.keeping import removals
from storage.keeping.backups import archive, contents, homes, moment, programs, remembering, sources
from storage.keeping.backups.contents import DATABASES, PROJECT, SECRETS, Contents, KeptFile
from storage.keeping.backups.moment import Moment
from storage.keeping.backups.targets import IntoFile, IntoFolder, Target
from storage.keeping.report import Fault
from storage.keeping.verifying import verify
from storage.project import Project

Tell = Callable[[str], None]
_TELL_EVERY_BYTES = 1_000_000_000
_SHOWN = 5


@dataclass(frozen=True)
class Made:
    """A backup that was written and read again.

    `linked_bytes` are artifacts that the newest backup in the same folder holds already. `mended`
    names those which were found damaged there and copied anew: that earlier backup is not sound.
    """

    path: Path
    backup_id: str
    taken_at: datetime
    artifacts: int
    size_bytes: int
    copied_bytes: int
    linked_bytes: int
    with_secrets: bool
    argilla: str
    mended: tuple[str, ...]


def backup(
    project: Project, target: Path, *, with_secrets: bool = False, tell: Tell = lambda told: None
) -> Made:
    """Write a backup into a folder of backups, or into one new file if the name ends in `.tar`.

    The project may go on working; PostgreSQL is started for the time it takes where it does not run.

    Raises InvalidInput where the project or the copy is not sound, Conflict where the file is there
    already, DiskFull, ServiceUnavailable. Then nothing of the backup is left.
    """
    target = target.resolve()
    if target.is_relative_to(project.tasks_dir):
        raise InvalidInput(
            f"{target} lies among the project's own artifacts.", next_step="Name another place."
        )
    backup_id = f"backup_{now():%Y%m%dT%H%M%S.%fZ}_{token_hex(3)}"  # sorts by the moment it was begun
    with moment.answering(project, tell):
        into = _into_file if homes.is_file_name(target) else _into_folder
        made = into(project, target, backup_id, with_secrets, tell)
        remembering.remember(project, made.path, made.taken_at)
        return made


def _into_folder(project: Project, home: Path, backup_id: str, with_secrets: bool, tell: Tell) -> Made:
    with homes.new_folder(home, backup_id) as hidden:
        into = IntoFolder(hidden, homes.newest(home, project.name))
        taken, made = _collect(project, into, backup_id, with_secrets, tell)
        tell("Reading it again.")
        mended = _mended(project, into, taken)
        into.put(contents.FILE, contents.as_bytes(made))
        wrong = contents.faults(hidden, contents.read(hidden))
        wrong += [said for name in made.databases if (said := programs.read_whole(str(hidden / name)))]
        if wrong:
            raise _not_sound("the copy", wrong)
    return _made(home / backup_id, made, into, mended)


def _into_file(project: Project, path: Path, backup_id: str, with_secrets: bool, tell: Tell) -> Made:
    with homes.new_file(path) as hidden:
        with archive.writing(hidden / "whole") as writing:
            into = IntoFile(writing, hidden)
            taken, made = _collect(project, into, backup_id, with_secrets, tell)
            into.put(contents.FILE, contents.as_bytes(made))
        tell("Reading it again.")
        archive.check(hidden / "whole")
        report = verify(project, named=taken.named)
        if report.faults:
            raise _not_sound("the project", [_said(fault) for fault in report.faults])
    return _made(path, made, into, ())


def _collect(
    project: Project, into: Target, backup_id: str, with_secrets: bool, tell: Tell
) -> tuple[Moment, Contents]:
    """Put everything but `backup.json` into the target. What its order is for stands in `moment`."""
    settled = _settings(project)
    if anchor.path(project).is_file():
        settled[f"{PROJECT}/{anchor.path(project).name}"] = anchor.path(project).read_bytes()
    taken_at, dumps = now(), []
    with moment.taken(project) as taken:
        for name in taken.snapshots:
            tell(f"Copying the database {name}.")
            dumps.append(
                into.put_made(f"{DATABASES}/{name}.dump", lambda path, name=name: taken.dump(name, path))  # type: ignore[misc]
            )
    manifests = _put_artifacts(project, taken, into, tell)
    kept = [into.put(name, content) for name, content in settled.items()]
    kept += _put_removals(project, into, manifests)
    if with_secrets:
        secret = project.services_dir / SECRETS
        if not secret.is_file():
            raise InvalidInput(f"{secret} is not there: the project has no secrets yet.",
                               next_step="Leave out --with-secrets.")  # fmt: skip
        kept.append(into.put(SECRETS, secret.read_bytes()))
    return taken, Contents(
        format=contents.FORMAT,
        backup_id=backup_id,
        taken_at=taken_at,
        code_version=code_version(),
        project=project.name,
        argilla=project.settings.services.argilla_url or "own",
        postgres_version=taken.postgres_version,
        databases=tuple(dump.name for dump in dumps),
        with_secrets=with_secrets,
        artifacts=len(manifests),
        size_bytes=into.copied_bytes + into.linked_bytes + sum(dump.size_bytes for dump in dumps),
        files=(*dumps, *manifests.values(), *kept),
    )


def _settings(project: Project) -> dict[str, bytes]:
    name = projects.SETTINGS_NAME
    return {f"{PROJECT}/{name}": (project.root / name).read_bytes()}


def _put_artifacts(project: Project, taken: Moment, into: Target, tell: Tell) -> dict[str, KeptFile]:
    manifests: dict[str, KeptFile] = {}
    told = 0
    for number, reference in enumerate(sorted(taken.artifacts), start=1):
        with sources.opened(project, reference) as source:
            if source is not None:
                manifests[reference] = into.put_artifact(source)
        done = into.copied_bytes + into.linked_bytes
        if done - told >= _TELL_EVERY_BYTES:
            told = done
            tell(f"{number:,} of {len(taken.artifacts):,} artifacts, {done / 1e9:.1f} GB")
    return manifests


def _put_removals(project: Project, into: Target, held: Collection[str]) -> list[KeptFile]:
    """What explains the artifacts that are not in the backup."""
    kept = []
    for path in removals.paths(project):
        entry = removals.read(path)
        if f"{entry.task}/{entry.reference}" not in held:  # else it is of a moment later than this backup
            name = f"{PROJECT}/{path.relative_to(project.root).as_posix()}"
            kept.append(into.put(name, path.read_bytes()))
    return kept


def _mended(project: Project, into: IntoFolder, taken: Moment) -> tuple[str, ...]:
    """Verify the copy; what was linked to a damaged earlier backup is copied now. Raises InvalidInput."""
    copy = replace(project, root=into.folder / PROJECT)
    faults = verify(copy, named=taken.named).faults
    damaged = sorted({fault.reference for fault in faults} & into.linked)
    for reference in damaged:
        with sources.opened(project, reference) as source:
            if source is not None:
                into.put_copy(source)
    if damaged:
        faults = verify(copy, named=taken.named).faults
    if faults:
        raise _not_sound("the project", [_said(fault) for fault in faults])
    return tuple(damaged)


def _said(fault: Fault) -> str:
    return f"{fault.place}: {fault.what}"


def _not_sound(what: str, faults: list[str]) -> InvalidInput:
    more = f"; and {len(faults) - _SHOWN:,} more" if len(faults) > _SHOWN else ""
    return InvalidInput(
        f"No backup was made: {what} is not sound: {'; '.join(faults[:_SHOWN])}{more}.",
        next_step="`understudy verify` lists all that is damaged; copy it back from an earlier backup."
        if what == "the project"
        else "See whether the disk it was written to is well, and name another.",
    )


def _made(path: Path, made: Contents, into: Target, mended: tuple[str, ...]) -> Made:
    return Made(
        path, made.backup_id, made.taken_at, made.artifacts, made.size_bytes, into.copied_bytes,
        into.linked_bytes, made.with_secrets, made.argilla, mended,
    )  # fmt: skip
