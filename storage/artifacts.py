"""Artifacts: immutable folders of files with a manifest, published all at once or not at all.

A draft is written under a hidden name in the folder where it will stand. `publish` flushes
every file, writes `manifest.json` last, flushes the folder and renames it: what no manifest
names does not exist, and a kill at any moment leaves either the whole artifact or none.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.parquet as pq

from storage import schemas, sealing
from storage.errors import Conflict, DiskFull, InvalidInput, NotFound
from storage.identifiers import checked_name, is_name, now
from storage.project import Project

MANIFEST = "manifest.json"
MANIFEST_VERSION = 2
"""1 had no seal; whatever is published now has one."""
KINDS = (
    "imports", "records", "duplicates", "labels", "reviews", "datasets", "runs", "evaluations", "votes",
    "traffic", "explorations", "contaminations",
)  # fmt: skip


@dataclass(frozen=True)
class FileEntry:
    """One file of an artifact. `rows`, `schema` and `schema_version` are set for Parquet only."""

    name: str
    sha256: str
    size_bytes: int
    rows: int | None = None
    schema: str | None = None
    schema_version: int | None = None


@dataclass(frozen=True)
class Manifest:
    """What `manifest.json` says. `inputs` are references (`records/rec_…`) of the same task."""

    kind: str
    artifact_id: str
    task: str
    created_at: datetime
    code_version: str
    files: tuple[FileEntry, ...]
    inputs: tuple[str, ...]
    facts: Mapping[str, Any]
    folder: Path
    erased: tuple[Mapping[str, Any], ...] = ()
    """What was erased of it since it was published (`storage.erasing`), oldest first."""

    @property
    def reference(self) -> str:
        """`kind/artifact_id`, as other manifests name it."""
        return f"{self.kind}/{self.artifact_id}"

    def path(self, name: str) -> Path:
        """The path of a file that the manifest names. Raises NotFound for any other."""
        if name not in {entry.name for entry in self.files}:
            raise NotFound(f"{self.reference} has no file {name!r}.")
        return self.folder / name

    def rows(self, schema: str) -> int:
        """How many rows its files of `schema` hold together."""
        return sum(entry.rows or 0 for entry in self.files if entry.schema == schema)


@dataclass
class Draft:
    """An artifact being written; nothing of it exists for readers until `publish`."""

    project: Project
    kind: str
    task: str
    artifact_id: str
    folder: Path
    _tables: dict[str, tuple[str, int]] = field(default_factory=dict)
    published: Manifest | None = None
    _sealed: Manifest | None = None

    def write_table(self, name: str, table: pa.Table, schema: str) -> None:
        """Write rows as Parquet (zstd) after conforming them to the declared columns."""
        conformed = schemas.conformed(table, schema)
        with disk_faults(self.folder):
            pq.write_table(conformed, self.folder / name, compression="zstd")
        self.declare_table(name, schema, conformed.num_rows)

    def declare_table(self, name: str, schema: str, rows: int) -> None:
        """Name a Parquet file already written into `folder`, for writers that stream."""
        self._tables[name] = (schema, rows)

    def write_text(self, name: str, text: str) -> None:
        """Write a text file (UTF-8)."""
        with disk_faults(self.folder):
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def seal(self, *, inputs: Sequence[str] = (), facts: Mapping[str, Any] | None = None) -> Manifest:
        """Flush and write the manifest, so that only a renaming is left to `publish`.

        Of two artifacts that belong together both are sealed first: then a disk that fills leaves
        neither. Raises DiskFull.
        """
        with disk_faults(self.folder):
            entries = tuple(self._entry(path) for path in _files_under(self.folder))
            self._sealed = Manifest(
                self.kind, self.artifact_id, self.task, now(), code_version(), entries,
                tuple(inputs), dict(facts or {}), self.folder.parent / self.artifact_id,
            )  # fmt: skip
            (self.folder / MANIFEST).write_bytes(manifest_bytes(self._sealed))
            _flush(self.folder / MANIFEST)
            for folder in (*_folders_under(self.folder), self.folder):
                _flush(folder)
        return self._sealed

    def publish(self, *, inputs: Sequence[str] = (), facts: Mapping[str, Any] | None = None) -> Manifest:
        """Flush, write the manifest last, and rename into place; a draft that is sealed is only renamed.

        Raises Conflict if an artifact of this id stands already, DiskFull if the disk is full.
        """
        manifest = self._sealed or self.seal(inputs=inputs, facts=facts)
        target = manifest.folder
        with disk_faults(self.folder):
            try:
                self.folder.rename(target)
            except OSError as fault:
                if fault.errno in (errno.ENOTEMPTY, errno.EEXIST):
                    raise Conflict(f"{manifest.reference} stands already.") from fault
                raise
            _flush(target.parent)
        self.published = manifest
        return manifest

    def _entry(self, path: Path) -> FileEntry:
        _flush(path)
        name = path.relative_to(self.folder).as_posix()
        schema, rows = self._tables.get(name, (None, None))
        return FileEntry(
            name, sha256_of(path), path.stat().st_size, rows, schema,
            schemas.VERSIONS[schema] if schema else None,
        )  # fmt: skip


@contextmanager
def draft(project: Project, kind: str, task: str, artifact_id: str) -> Iterator[Draft]:
    """Open a draft; leaving the block without `publish`, or by an error, removes it.

    Raises DiskFull where anything in the block finds the disk full, and clears away what a killed
    process left of the same artifact.
    """
    if kind not in KINDS:
        raise ValueError(f"unknown artifact kind {kind!r}")
    home = project.artifacts_dir(task, kind)
    _checked_id(artifact_id)
    folder = home / f".tmp-{artifact_id}-{os.getpid()}"
    with disk_faults(home):
        home.mkdir(parents=True, exist_ok=True)
        _sweep(home, artifact_id)
        folder.mkdir()
    opened = Draft(project, kind, task, artifact_id, folder)
    try:
        with disk_faults(folder):
            yield opened
    finally:
        if opened.published is None:
            shutil.rmtree(folder, ignore_errors=True)


def load(project: Project, kind: str, task: str, artifact_id: str) -> Manifest:
    """The manifest of one artifact. Raises NotFound."""
    path = project.artifacts_dir(task, kind) / _checked_id(artifact_id) / MANIFEST
    try:
        return read_manifest(path)
    except FileNotFoundError as fault:
        raise NotFound(f"Task {task!r} has no {kind}/{artifact_id}.") from fault


def listing(project: Project, kind: str, task: str | None = None) -> list[Manifest]:
    """The published artifacts of a kind, oldest first; of one task, or of all."""
    found = [read_manifest(path) for path in manifest_paths(project, kind, task)]
    return sorted(found, key=lambda manifest: (manifest.created_at, manifest.artifact_id))


def read_table(manifest: Manifest, name: str, columns: Sequence[str] | None = None) -> pa.Table:
    """The rows of one Parquet file, in the current schema version."""
    entry = next((entry for entry in manifest.files if entry.name == name), None)
    if entry is None or entry.schema is None or entry.schema_version is None:
        raise NotFound(f"{manifest.reference} has no table {name!r}.")
    # opened once: what is erased meanwhile stands in another file of that name, which must not be mixed in
    with pq.ParquetFile(manifest.folder / name) as file:
        if columns is not None and entry.schema_version == schemas.VERSIONS[entry.schema]:
            return file.read(columns=list(columns)).select(list(columns))
        table = schemas.upgraded(file.read(), entry.schema, entry.schema_version)
    return table.select(list(columns)) if columns is not None else table


@dataclass(frozen=True)
class Problem:
    """One thing `verify` found wrong."""

    reference: str
    file: str
    what: str


def verify(project: Project) -> list[Problem]:
    """Compare every published file with its manifest: presence, size, sha256; and read the manifests."""
    problems = []
    for kind in KINDS:
        for path in manifest_paths(project, kind, None):
            reference = path.parent.relative_to(project.tasks_dir).as_posix()
            try:
                entries = read_manifest(path).files
            except InvalidInput as fault:
                problems.append(Problem(reference, MANIFEST, fault.what))
                continue
            faults = ((entry.name, fault_of(path.parent / entry.name, entry)) for entry in entries)
            problems += [Problem(reference, name, what) for name, what in faults if what]
    return problems


def code_version() -> str:
    """The installed version of this package, or `uninstalled`."""
    try:
        return version("understudy")
    except PackageNotFoundError:
        return "uninstalled"


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, as hex."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def fault_of(path: Path, entry: FileEntry) -> str:
    """What is wrong with a file beside what its manifest says of it; empty where nothing is."""
    if not path.is_file():
        return "missing"
    if path.stat().st_size != entry.size_bytes:
        return f"has {path.stat().st_size} bytes, the manifest says {entry.size_bytes}"
    return "" if sha256_of(path) == entry.sha256 else "content differs from its sha256"


def _checked_id(artifact_id: str) -> str:
    if not artifact_id or artifact_id.startswith(".") or "/" in artifact_id or "\\" in artifact_id:
        raise InvalidInput(f"{artifact_id!r} is not an artifact id.")
    return artifact_id


def manifest_paths(project: Project, kind: str, task: str | None) -> list[Path]:
    """Where manifests stand; a folder under `tasks/` whose name no task can have is not ours."""
    names = [checked_name(task, "task")] if task else filter(is_name, _folder_names(project.tasks_dir))
    homes = [project.artifacts_dir(name, kind) for name in names]
    paths = [home / artifact / MANIFEST for home in homes for artifact in _folder_names(home)]
    return [path for path in paths if path.is_file()]


def sweep(home: Path) -> None:
    """Remove every draft in a folder of artifacts whose process is gone."""
    for folder in home.glob(".tmp-*"):
        owner = folder.name.rpartition("-")[2]
        if owner.isdecimal() and not psutil.pid_exists(int(owner)):
            shutil.rmtree(folder, ignore_errors=True)


def _sweep(home: Path, artifact_id: str) -> None:
    """Remove drafts of this artifact whose process is gone, or is ourselves in an earlier call."""
    for folder in home.iterdir():
        name, _, owner = folder.name.rpartition("-")
        if name == f".tmp-{artifact_id}" and owner.isdecimal():
            if int(owner) == os.getpid() or not psutil.pid_exists(int(owner)):
                shutil.rmtree(folder, ignore_errors=True)


def _folder_names(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    return sorted(path.name for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def _files_under(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _folders_under(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_dir())


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def disk_faults(folder: Path) -> Iterator[None]:
    """Turn a full disk under `folder` into DiskFull; every other error passes as it is."""
    try:
        yield
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(
                f"The disk that holds {folder} is full; nothing was published.",
                next_step="Free some space and run it again.",
            ) from fault
        raise


def manifest_bytes(manifest: Manifest) -> bytes:
    """What stands in `manifest.json`, sealed."""
    body: dict[str, Any] = {
        "manifest_version": MANIFEST_VERSION,
        "kind": manifest.kind,
        "artifact_id": manifest.artifact_id,
        "task": manifest.task,
        "created_at": manifest.created_at.isoformat(),
        "code_version": manifest.code_version,
        "inputs": list(manifest.inputs),
        "facts": dict(manifest.facts),
        "files": [vars(entry) for entry in manifest.files],
    }
    if manifest.erased:
        body["erased"] = [dict(each) for each in manifest.erased]
    return sealing.sealed(json.dumps(body, indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def read_manifest(path: Path) -> Manifest:
    """A manifest from its file.

    Raises FileNotFoundError; InvalidInput for one that is not as it was written, or that a newer release
    wrote.
    """
    try:
        whole = path.read_bytes()
        seal = sealing.state(whole)
        if seal == "broken":
            raise ValueError("it is not as it was written: its seal differs")
        body = json.loads(whole)
        if body["manifest_version"] > MANIFEST_VERSION:
            raise InvalidInput(
                f"{path} has manifest version {body['manifest_version']}; this release knows "
                f"{MANIFEST_VERSION}.",
                next_step="Open the project with the newer release that wrote it.",
            )
        if seal == "unsealed" and (sealing.KEY in body or body["manifest_version"] > 1):
            raise ValueError("its seal is gone or damaged")
        return Manifest(
            kind=body["kind"],
            artifact_id=body["artifact_id"],
            task=body["task"],
            created_at=datetime.fromisoformat(body["created_at"]),
            code_version=body["code_version"],
            files=tuple(FileEntry(**entry) for entry in body["files"]),
            inputs=tuple(body["inputs"]),
            facts=body["facts"],
            folder=path.parent,
            erased=tuple(body.get("erased", ())),
        )
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as fault:
        raise InvalidInput(
            f"{path} cannot be read as a manifest: {fault}.",
            next_step="Restore it from a backup; `understudy verify` lists what else is damaged.",
        ) from fault
