"""Every place of a project that still has a text or an id: each file decoded, each table of a database."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterable
from pathlib import Path

import psycopg
import pyarrow as pa

from storage.project import Project
from storage.services import postgres
from tests.curation.imports import mentions
from tests.curation.imports.mentions import Needles


def needles(texts: Iterable[str], ids: Iterable[str] = ()) -> Needles:
    """Texts of any length, in every spelling that JSON has for them, and ids."""
    spelled = {json.dumps(text, ensure_ascii=ascii_only)[1:-1] for text in texts for ascii_only in (0, 1)}
    return Needles(frozenset(ids), frozenset({*texts, *spelled}))


def left(project: Project, wanted: Needles, databases: Iterable[str] = ("understudy",)) -> set[str]:
    """Files by their path in the project, PostgreSQL's own apart, and tables as `database:schema.table`."""
    postgres_home = postgres.data_dir(project)
    files = (path for path in project.root.rglob("*") if path.is_file() and not path.is_symlink())
    found = {
        path.relative_to(project.root).as_posix()
        for path in files
        if not path.is_relative_to(postgres_home) and _holds(path, wanted)
    }
    for name in databases:
        with psycopg.connect(postgres.connection_string(project, name)) as connection:
            found |= {f"{name}:{table}" for table in mentions.in_database(connection, wanted, {})}
    return found


def _holds(path: Path, wanted: Needles) -> bool:
    if re.search(wanted.pattern, path.name):
        return True
    if path.suffix == ".parquet":
        return bool(mentions.in_parquet(path, wanted))
    if path.suffix == ".arrow":
        with pa.memory_map(str(path)) as source:
            return bool(re.search(wanted.pattern, str(pa.ipc.open_stream(source).read_all().to_pylist())))
    if path.suffix == ".gz":
        return bool(re.search(wanted.pattern.encode(), gzip.decompress(path.read_bytes())))
    return bool(mentions.in_file(path, wanted))
