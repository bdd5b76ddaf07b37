"""An export: a folder of JSON lines that any program can read, whole or not there at all.

    manifest.json                 what there is, with the SHA-256 of every file
    accounts.jsonl                an account a line
    queues/001.settings.json      a queue besides its records
    queues/001.records.jsonl      a record a line, with its suggestions and answers

It holds people's names and answers, but no passwords and no keys. Only its owner may enter it.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

import psutil
from pydantic import BaseModel, ConfigDict, ValidationError

from storage.argilla_client.responses import MOST_VALUES
from storage.argilla_client.whole import Account, QueueSettings, WholeRecord
from storage.artifacts import disk_faults, sha256_of
from storage.errors import Conflict, InvalidInput, NotFound
from storage.moving.contents import Content

FORMAT = 1
MANIFEST, ACCOUNTS = "manifest.json", "accounts.jsonl"
_BATCH_CHARACTERS = 4_000_000
Model = TypeVar("Model", bound=BaseModel)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExportedFile(_Part):
    """A file of an export."""

    name: str
    sha256: str
    size_bytes: int


class ExportedQueue(_Part):
    """A queue of an export: `source_id` is its id where it came from, `file` how its files begin.

    `content_sha256` is of its records, whatever their order.
    """

    name: str
    source_id: str
    file: str
    records: int
    suggestions: int
    responses: int
    content_sha256: str


class Manifest(_Part):
    """What an export says of itself."""

    format: int
    export_id: str
    exported_at: datetime
    code_version: str
    source: str
    argilla_version: str
    workspace: str
    accounts: int
    queues: tuple[ExportedQueue, ...]
    files: tuple[ExportedFile, ...]


class Export:
    """A complete export that was looked through; `folder` holds what the manifest says."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest

    def accounts(self) -> list[Account]:
        """The accounts: members of the workspace, and whoever answered."""
        return [account for account, _ in _lines(self.folder / ACCOUNTS, Account)]

    def settings(self, queue: ExportedQueue) -> QueueSettings:
        """A queue besides its records."""
        path = self.folder / f"{queue.file}.settings.json"
        return _parsed(QueueSettings, path.read_text(encoding="utf-8"), path, 1)

    def batches(self, queue: ExportedQueue) -> Iterator[list[WholeRecord]]:
        """A queue's records, read as they are needed: up to 250, or 4 MB, at a time."""
        batch: list[WholeRecord] = []
        size = 0
        for record, length in _lines(self.folder / f"{queue.file}.records.jsonl", WholeRecord):
            if batch and (len(batch) == MOST_VALUES or size + length > _BATCH_CHARACTERS):
                yield batch
                batch, size = [], 0
            batch.append(record)
            size += length
        if batch:
            yield batch


class Draft:
    """An export being written, under a hidden name beside where it will stand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: list[str] = []

    def write(self, name: str, parts: Iterable[BaseModel]) -> None:
        """Write models as JSON lines, one after the other as they come."""
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        with path.open("w", encoding="utf-8", newline="\n") as stream:
            for part in parts:
                stream.write(part.model_dump_json() + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        self.names.append(name)

    def write_records(self, name: str, records: Iterable[WholeRecord]) -> Content:
        """Write a queue's records and count them on the way."""
        content = Content()

        def counted() -> Iterator[WholeRecord]:
            for record in records:
                content.add(record)
                yield record

        self.write(name, counted())
        return content

    def files(self) -> tuple[ExportedFile, ...]:
        """What is written so far."""
        return tuple(
            ExportedFile(name=name, sha256=sha256_of(path), size_bytes=path.stat().st_size)
            for name, path in ((name, self.folder / name) for name in self.names)
        )


@contextmanager
def writing(folder: Path) -> Iterator[Draft]:
    """A draft that becomes `folder` when the block ends; an error leaves nothing, a kill a hidden rest.

    Raises Conflict where `folder` holds something, DiskFull.
    """
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict(f"{folder} is there already and is not empty.", next_step="Name a new folder.")
    hidden = folder.parent / f".{folder.name}.part-{os.getpid()}"
    with disk_faults(folder.parent):
        folder.parent.mkdir(parents=True, exist_ok=True)
        _sweep(folder)
        hidden.mkdir(mode=0o700)
    try:
        with disk_faults(folder.parent):
            yield Draft(hidden)
            for inner in (hidden / "queues", hidden):
                _flush(inner)
            if folder.is_dir():
                folder.rmdir()
            hidden.rename(folder)
            _flush(folder.parent)
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def opened(folder: Path) -> Export:
    """An export, every file of it compared with its manifest.

    Raises NotFound where there is none, InvalidInput for a damaged one or that of a newer release.
    """
    path = folder / MANIFEST
    if not path.is_file():
        raise NotFound(
            f"{folder} holds no {MANIFEST}: it is no export of Argilla, or not a whole one.",
            next_step="Make one with `understudy argilla export FOLDER`.",
        )
    manifest = _parsed(Manifest, path.read_text(encoding="utf-8", errors="replace"), path, 1)
    if manifest.format > FORMAT:
        raise InvalidInput(
            f"{path} has format {manifest.format}; this release knows up to {FORMAT}.",
            next_step="Import it with the newer release that wrote it.",
        )
    for entry in manifest.files:
        fault = _fault_of(folder / entry.name, entry)
        if fault:
            raise InvalidInput(
                f"The export is damaged: {folder / entry.name} {fault}. Nothing was imported.",
                next_step="Copy it again from where it was made, or make it again.",
            )
    return Export(folder, manifest)


def _fault_of(path: Path, entry: ExportedFile) -> str:
    if Path(entry.name).is_absolute() or ".." in Path(entry.name).parts or not path.is_file():
        return "is missing"
    if path.stat().st_size != entry.size_bytes:
        return f"has {path.stat().st_size} bytes, the manifest says {entry.size_bytes}"
    return "" if sha256_of(path) == entry.sha256 else "is not what was written: its SHA-256 differs"


def _lines(path: Path, model: type[Model]) -> Iterator[tuple[Model, int]]:
    """The models of a file, each with the length of its line."""
    with path.open(encoding="utf-8", newline="\n") as stream:
        for number, line in enumerate(stream, start=1):
            yield _parsed(model, line, path, number), len(line)


def _parsed(model: type[Model], text: str, path: Path, line: int) -> Model:
    try:
        return model.model_validate_json(text)
    except ValidationError as fault:
        first = fault.errors(include_input=False, include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or "the line"
        raise InvalidInput(
            f"Line {line} of {path} cannot be read: {place}: {first['msg']}.",
            next_step="Copy the export again from where it was made, or make it again.",
        ) from fault


def _sweep(folder: Path) -> None:
    """Remove what killed exports to the same folder left."""
    for left in folder.parent.iterdir():
        name, _, owner = left.name.rpartition("-")
        if name == f".{folder.name}.part" and owner.isdecimal():
            if int(owner) == os.getpid() or not psutil.pid_exists(int(owner)):
                shutil.rmtree(left, ignore_errors=True)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
