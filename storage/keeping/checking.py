"""One artifact beside its manifest: the seal, where it stands, and each file's size, hash and rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from storage import artifacts, schemas, sealing
from storage.artifacts import MANIFEST, FileEntry, Manifest
from storage.errors import UserError
from storage.keeping.report import TAKE_BACK, Fault

_BATCH_ROWS = 1024
"""Few, since a cell may hold 300,000 characters."""
_NEWER = "Open the project with the release that wrote it, or a newer one."


@dataclass(frozen=True)
class Checked:
    """What came of one artifact. `manifest` is None where it could not be read."""

    reference: str
    manifest: Manifest | None
    faults: tuple[Fault, ...]
    strays: tuple[str, ...]
    sealed: bool


def check(folder: Path, reference: str) -> Checked:
    """Read an artifact whole and compare it with its manifest. `reference` is `task/kind/id`."""
    path = folder / MANIFEST
    try:
        manifest = artifacts.read_manifest(path)
        sealed = sealing.state(path.read_bytes()) == "sealed"
    except UserError as fault:
        return Checked(reference, None, (Fault(reference, MANIFEST, fault.what, fault.next_step),), (), False)
    except OSError as fault:
        return Checked(reference, None, (_unreadable(reference, MANIFEST, fault),), (), False)
    faults = list(_misplaced(manifest, reference))
    for entry in manifest.files:
        try:
            what, next_step = _fault_of(folder / entry.name, entry)
        except OSError as fault:
            faults.append(_unreadable(reference, entry.name, fault))
            continue
        if what:
            faults.append(Fault(reference, entry.name, what, next_step))
    strays = tuple(f"{reference}/{name}" for name in _strays(folder, manifest))
    return Checked(reference, manifest, tuple(faults), strays, sealed)


def _strays(folder: Path, manifest: Manifest) -> list[str]:
    """The files in an artifact's folder that its manifest does not name."""
    named = {MANIFEST, *(entry.name for entry in manifest.files)}
    try:
        found = [file.relative_to(folder).as_posix() for file in folder.rglob("*") if not file.is_dir()]
    except OSError:  # removed at this moment, or closed to us: its files were told of by name
        return []
    return sorted(name for name in found if name not in named)


def _misplaced(manifest: Manifest, reference: str) -> list[Fault]:
    said = f"{manifest.task}/{manifest.reference}"
    if said == reference:
        return []
    what = f"the manifest is that of {said}"
    return [Fault(reference, MANIFEST, what, f"Move the folder back to tasks/{said}.")]


def _fault_of(path: Path, entry: FileEntry) -> tuple[str, str]:
    """What is wrong with a file, and what to do; empty where nothing is."""
    what = artifacts.fault_of(path, entry)
    if what or entry.schema is None:
        return what, TAKE_BACK
    known = schemas.VERSIONS.get(entry.schema)
    if known is None or entry.schema_version is None or entry.schema_version > known:
        said = f"has version {entry.schema_version} of schema {entry.schema!r}"
        return f"{said}; this release knows {f'up to {known}' if known else 'no such schema'}", _NEWER
    return _table_fault(path, entry.schema, entry.schema_version, entry.rows), TAKE_BACK


def _table_fault(path: Path, schema: str, version: int, declared_rows: int | None) -> str:
    """What keeps the rows of a Parquet file from being what its manifest says; every page is decoded."""
    try:
        with pq.ParquetFile(path) as file:
            columns = file.schema_arrow.remove_metadata()
            rows = sum(
                batch.num_rows for batch in file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False)
            )
    except (pa.ArrowException, OSError) as fault:
        return f"cannot be read as Parquet: {fault}"
    if rows != declared_rows:
        return f"has {rows:,} rows, the manifest says {declared_rows:,}" if declared_rows is not None else (
            f"has {rows:,} rows, the manifest says nothing of them"
        )  # fmt: skip
    if version == schemas.VERSIONS[schema] and columns.names != schemas.SCHEMAS[schema].names:
        return f"does not have the columns of schema {schema!r} version {version}"
    try:
        schemas.upgraded(columns.empty_table(), schema, version)
    except UserError as fault:
        return f"does not fit version {version} of schema {schema!r}: {fault.what}"
    return ""


def _unreadable(reference: str, file: str, fault: OSError) -> Fault:
    what = f"cannot be read: {fault.strerror or fault}"
    return Fault(reference, file, what, "See that you may read it and that the disk is well; else copy it "
                 "back from a backup.")  # fmt: skip
