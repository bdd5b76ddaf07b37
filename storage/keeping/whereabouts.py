"""Where a record stands: every artifact, table, file and backup that holds it. It changes nothing.

What erasing has to reach is found here first, and a second look afterwards shows what is left.
"""

from __future__ import annotations

import tarfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import orjson
import psycopg

from storage import artifacts
from storage.artifacts import KINDS, Manifest
from storage.errors import NotFound, ServiceUnavailable, UserError
from storage.keeping import mentions
from storage.keeping.backups import contents, homes
from storage.keeping.mentions import Counted, Needles
from storage.project import Project
from storage.services import postgres

Kind = Literal["artifact", "database", "argilla", "file", "backup"]


@dataclass(frozen=True)
class Place:
    """Somewhere a record stands. `rows` are its own, `mentions` have its text or id in some other cell.

    In a `file` every row is a mention; of a `backup` the artifacts in it are counted that hold the
    record in the project, or did.
    """

    kind: Kind
    where: str
    rows: int
    mentions: int


@dataclass(frozen=True)
class Whereabouts:
    """All places of some records.

    `trained` are runs (`task/run_…`) whose weights come from a dataset version with one of them in
    it: what a model learnt cannot be looked up, only named. `unsearched` says what was not looked
    into, and why.
    """

    record_ids: tuple[str, ...]
    places: tuple[Place, ...]
    trained: tuple[str, ...]
    unsearched: tuple[str, ...]


def whereabouts(project: Project, record_ids: Sequence[str], *, backups: Sequence[Path] = ()) -> Whereabouts:
    """Look for records by id, and by the texts of their inputs where those are 12 characters or longer.

    `backups` are files or folders that `understudy backup` made. Raises NotFound where no artifact
    has such a record, ServiceUnavailable where PostgreSQL does not answer.
    """
    manifests = [each for kind in KINDS for each in artifacts.listing(project, kind)]
    needles, rows = _needles(manifests, frozenset(record_ids))
    unsearched: list[str] = []
    places = list(_in_artifacts(manifests, needles, rows))
    holding = {place.where.rsplit("/", 1)[0] for place in places}
    places += _in_databases(project, needles, unsearched)
    places += _in_files(project, needles, unsearched)
    for path in backups:
        places += _in_backup(path, {"/".join(name.split("/")[:3]) for name in holding}, unsearched)
    return Whereabouts(
        tuple(sorted(record_ids)), tuple(places), tuple(_trained(manifests, places)), tuple(unsearched)
    )


def _needles(manifests: Iterable[Manifest], ids: frozenset[str]) -> tuple[Needles, dict[str, frozenset[int]]]:
    """What the records are known by, and the rows of each import (`task/imports/id`) they were made from."""
    texts: set[str] = set()
    rows: dict[str, set[int]] = {}
    known: set[str] = set()
    for manifest in manifests:
        for entry in manifest.files if manifest.kind == "records" else ():
            table = artifacts.read_table(manifest, entry.name, ["record_id", "row_number", "inputs"])
            for row in table.to_pylist():
                if row["record_id"] in ids:
                    known.add(row["record_id"])
                    texts |= {str(value) for value in orjson.loads(row["inputs"] or "{}").values()}
                    for source in (each for each in manifest.inputs if each.startswith("imports/")):
                        rows.setdefault(f"{manifest.task}/{source}", set()).add(row["row_number"])
    if not known:
        raise NotFound(
            f"No artifact has the record {', '.join(sorted(ids))}.",
            next_step="Look its id up with `understudy sql`, in the view records.",
        )
    return Needles.of(ids, texts), {name: frozenset(numbers) for name, numbers in rows.items()}


def _in_artifacts(
    manifests: Iterable[Manifest], needles: Needles, rows: dict[str, frozenset[int]]
) -> Iterator[Place]:
    for manifest in manifests:
        reference = f"{manifest.task}/{manifest.reference}"
        for entry in manifest.files:
            path = manifest.folder / entry.name
            if entry.schema is None:
                found = Counted(0, mentions.in_file(path, needles))
            else:
                numbers = rows.get(reference, frozenset()) if entry.schema == "raw" else frozenset()
                found = mentions.in_parquet(path, needles, numbers)
            if found:
                yield Place("artifact", f"{reference}/{entry.name}", found.of_the_record, found.mentioning)


def _in_databases(project: Project, needles: Needles, unsearched: list[str]) -> Iterator[Place]:
    with _connected(project, "understudy") as connection:
        for name, found in mentions.in_database(connection, needles, {}).items():
            yield Place("database", name, found.of_the_record, found.mentioning)
    if project.settings.services.argilla_url:
        unsearched.append(
            f"the Argilla at {project.settings.services.argilla_url}: it is not ours to look into"
        )
        return
    with _connected(project, "argilla") as connection:
        stands = connection.execute("SELECT to_regclass('public.records')").fetchone()
        if stands is None or stands[0] is None:
            return
        asked = "SELECT id::text FROM records WHERE external_id = ANY(%s)"
        theirs = [row[0] for row in connection.execute(asked, [sorted(needles.ids)]).fetchall()]
        known = needles.with_ids(theirs)
        for name, found in mentions.in_database(connection, known, {"records": "id"}).items():
            yield Place("argilla", name, found.of_the_record, found.mentioning)


def _connected(project: Project, name: str) -> psycopg.Connection:
    try:
        return psycopg.connect(postgres.connection_string(project, name), connect_timeout=15)
    except psycopg.OperationalError as fault:
        raise ServiceUnavailable(
            "PostgreSQL does not answer.", next_step="Start the project with `understudy up`, then try again."
        ) from fault


def _in_files(project: Project, needles: Needles, unsearched: list[str]) -> Iterator[Place]:
    """Jobs' logs and parts, caches, services' logs: files that change, and are no artifacts."""
    for folder in (project.jobs_dir, project.cache_dir, project.services_dir / "logs"):
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if not path.is_file():
                continue
            name = path.relative_to(project.root).as_posix()
            if path.suffix in (".safetensors", ".bin", ".pt"):
                unsearched.append(f"{name}: weights cannot be looked into")
                continue
            parquet = path.suffix == ".parquet"
            found = (
                mentions.in_parquet(path, needles) if parquet else Counted(0, mentions.in_file(path, needles))
            )
            if found:
                yield Place("file", name, 0, found.of_the_record + found.mentioning)


def _in_backup(path: Path, holding: set[str], unsearched: list[str]) -> Iterator[Place]:
    """A backup's artifacts by name: they are what they were in the project. Its dumps are packed."""
    try:
        folders = [path] if path.is_file() or (path / contents.FILE).is_file() else homes.listing(path)
        for folder in folders:
            held = sorted(_names_in(folder) & holding)
            unsearched.append(f"{folder}: its databases are packed, and hold what the databases held then")
            if held:
                yield Place("backup", str(folder), len(held), 0)
    except (UserError, tarfile.TarError, OSError) as fault:
        unsearched.append(f"{path}: {fault}")


def _names_in(backup: Path) -> set[str]:
    """The artifacts (`task/kind/id`) that a backup holds."""
    if backup.is_file():
        with tarfile.open(backup) as tar:
            names = tar.getnames()
    else:
        names = [each.name for each in contents.read(backup).files]
    parts = (name.split("/") for name in names)
    return {"/".join(each[2:5]) for each in parts if each[:2] == ["project", "tasks"] and len(each) > 5}


def _trained(manifests: Sequence[Manifest], places: Iterable[Place]) -> Iterator[str]:
    """Runs that a dataset version went into which holds one of the records."""
    kinds = (place.where.split("/") for place in places if place.kind == "artifact" and place.rows)
    versions = {f"{parts[0]}/{parts[1]}/{parts[2]}" for parts in kinds if parts[1] == "datasets"}
    for manifest in manifests:
        if manifest.kind == "runs" and any(f"{manifest.task}/{each}" in versions for each in manifest.inputs):
            yield f"{manifest.task}/{manifest.artifact_id}"
