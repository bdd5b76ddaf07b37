"""The doubtful identifiers that imports wrote down: grouped by value, the most frequent first.

    uncertain.waiting(project, task)          # what nobody has ruled on
    uncertain.still_held(project, task)       # records that stand with a value ruled to be masked

What is read here is text as it came: for owners and admins only, who get to it through `ui.actions`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from curation.preparing.uncertain_rulings import rulings
from storage import artifacts, views
from storage.project import Project

CONTEXT_CHARACTERS = 60
"""How much of the text an import keeps on either side of a value; "…" stands where it was cut."""
CONTEXTS = 3


@dataclass(frozen=True)
class Context:
    """Where a value stands: the text around it, in which it is characters [start, end)."""

    text: str
    start: int
    end: int
    column: str
    row_number: int
    file: str


@dataclass(frozen=True)
class Value:
    """A value that may be an identifier. `spans` is how often it was found, `score` (0-1) its surest find."""

    value_mac: str
    kind: str
    spans: int
    score: float
    contexts: tuple[Context, ...]


@dataclass(frozen=True)
class Waiting:
    """What nobody has ruled on: the number of values by kind, and some of them."""

    by_kind: Mapping[str, int]
    values: tuple[Value, ...]

    @property
    def total(self) -> int:
        """How many values wait."""
        return sum(self.by_kind.values())


@dataclass(frozen=True)
class StillHeld:
    """Records that stand, imported before a person ruled that a value in them is to be masked.

    `files` are those they came from: importing them again brings the records masked, as new ones.
    """

    records: int
    values: int
    files: tuple[str, ...]


NOTHING_HELD = StillHeld(0, 0, ())


def waiting_by_kind(project: Project, task: str) -> Mapping[str, int]:
    """How many values of each kind nobody has ruled on, most first."""
    paths = tuple(str(path) for path in _files(project, task).values())
    return _counted(paths, frozenset(rulings(project, task))) if paths else {}


def waiting(project: Project, task: str, *, kind: str = "", limit: int = 20, offset: int = 0) -> Waiting:
    """The values nobody has ruled on, of one kind or of all, with up to three of their places each."""
    by_kind = waiting_by_kind(project, task)
    if not by_kind:
        return Waiting({}, ())
    ruled = rulings(project, task)
    with _opened(project, task, ruled) as connection:
        found = views.answered(
            connection,
            "SELECT value_mac, type, count(*) AS spans, max(score) AS score FROM uncertain "
            "WHERE value_mac NOT IN (SELECT value_mac FROM ruled) AND (? = '' OR type = ?) "
            "GROUP BY value_mac, type ORDER BY spans DESC, type, value_mac LIMIT ? OFFSET ?",
            (kind, kind, limit, offset),
        )
        contexts = _contexts(connection, [row["value_mac"] for row in found], _names(project, task))
    values = (
        Value(row["value_mac"], row["type"], row["spans"], row["score"], contexts.get(row["value_mac"], ()))
        for row in found
    )
    return Waiting(by_kind, tuple(values))


def contexts_of(project: Project, task: str, value_macs: Sequence[str]) -> Mapping[str, tuple[Context, ...]]:
    """Where values stand, by hash; one whose imports' text was deleted since is not in it."""
    if not value_macs or not _files(project, task):
        return {}
    with views.connect(project, task, only=("uncertain",)) as connection:
        return _contexts(connection, value_macs, _names(project, task))


def still_held(project: Project, task: str) -> StillHeld:
    """What stands with a value that was ruled to be masked after it had been imported."""
    masked = {mac: ruling for mac, ruling in rulings(project, task).items() if ruling == "mask"}
    if not masked or not _files(project, task):
        return NOTHING_HELD
    with _opened(project, task, masked) as connection:
        records = artifacts.listing(project, "records", task)
        came = {"records": [each.artifact_id for each in records]}
        came["import"] = [str(each.facts.get("import_id", "")) for each in records]
        connection.register("came", pa.table(came, schema=_CAME))
        found = views.answered(
            connection,
            "SELECT count(*) AS records, list(DISTINCT artifact) AS imports FROM ("
            "SELECT DISTINCT u.artifact, u.row_number FROM uncertain u "
            "JOIN ruled USING (value_mac) JOIN came ON came.import = u.artifact "
            "JOIN records r ON r.artifact = came.records AND r.row_number = u.row_number WHERE NOT u.masked)",
        )
    names = _names(project, task)
    files = sorted({names.get(one, one) for one in found[0]["imports"] or ()})
    return StillHeld(found[0]["records"], len(masked), tuple(files))


_CAME = pa.schema([("records", pa.string()), ("import", pa.string())])


@lru_cache(maxsize=32)
def _counted(paths: tuple[str, ...], ruled: frozenset[str]) -> Mapping[str, int]:
    """Kept while files and rulings are the same: every page of the app's section asks for it."""
    with duckdb.connect(":memory:") as connection:
        connection.register("ruled", pa.table({"value_mac": pa.array(sorted(ruled), pa.string())}))
        rows = connection.execute(
            "SELECT type, count(DISTINCT value_mac) AS n FROM read_parquet(?) "
            "WHERE value_mac NOT IN (SELECT value_mac FROM ruled) GROUP BY type ORDER BY n DESC, type",
            [list(paths)],
        ).fetchall()
    return dict(rows)


@contextmanager
def _opened(project: Project, task: str, ruled: Mapping[str, str]) -> Iterator[duckdb.DuckDBPyConnection]:
    """The views a question needs, and the values ruled on as the table `ruled`."""
    with views.connect(project, task, only=("uncertain", "records")) as connection:
        connection.register("ruled", pa.table({"value_mac": pa.array(sorted(ruled), pa.string())}))
        yield connection


def _contexts(
    connection: duckdb.DuckDBPyConnection, value_macs: Sequence[str], names: Mapping[str, str]
) -> dict[str, tuple[Context, ...]]:
    """Up to three different places of each value, in the order in which they were imported."""
    connection.register("wanted", pa.table({"value_mac": pa.array(list(value_macs), pa.string())}))
    rows = views.answered(
        connection,
        "SELECT value_mac, context, min({'artifact': artifact, 'row': row_number, 'column': \"column\", "
        "'start': start, 'stop': \"end\"}) AS place FROM uncertain "
        "WHERE value_mac IN (SELECT value_mac FROM wanted) GROUP BY value_mac, context "
        "QUALIFY row_number() OVER (PARTITION BY value_mac ORDER BY place) <= ? ORDER BY place",
        (CONTEXTS,),
    )
    found: dict[str, tuple[Context, ...]] = {}
    for row in rows:
        file = names.get(row["place"]["artifact"], "")
        found[row["value_mac"]] = (
            *found.get(row["value_mac"], ()), _context(row["context"], row["place"], file)
        )  # fmt: skip
    return found


def _context(text: str, place: Mapping[str, Any], file: str) -> Context:
    start, length = place["start"], place["stop"] - place["start"]
    cut = start > CONTEXT_CHARACTERS
    first = CONTEXT_CHARACTERS + 1 if cut else start
    return Context(text, first, first + length, place["column"], place["row"], file)


def _files(project: Project, task: str) -> dict[str, Path]:
    """Where the imports of a task wrote what they doubted, by import; those whose text is deleted are not."""
    return {
        manifest.artifact_id: manifest.folder / entry.name
        for manifest in artifacts.listing(project, "imports", task)
        for entry in manifest.files
        if entry.schema == "uncertain"
    }


def _names(project: Project, task: str) -> dict[str, str]:
    """What the imports of a task read, by import."""
    found = artifacts.listing(project, "imports", task)
    return {manifest.artifact_id: str(manifest.facts.get("file", "")) for manifest in found}
