"""What a record is known by, and the rows that mention it in Parquet files, text files and PostgreSQL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from psycopg import sql

SHORTEST_TEXT = 12
"""Characters of a text that is searched for: a shorter one, such as a brand, stands in other records too."""
_BATCH_ROWS = 4096


@dataclass(frozen=True)
class Needles:
    """What is looked for: ids, and texts in every spelling that JSON has for them."""

    ids: frozenset[str]
    texts: frozenset[str]

    @classmethod
    def of(cls, ids: Iterable[str], texts: Iterable[str]) -> Needles:
        """The needles for records of these ids, whose inputs hold these texts."""
        spelled: set[str] = set()
        for text in texts:
            if len(text) >= SHORTEST_TEXT:
                spelled |= {
                    text,
                    *(json.dumps(text, ensure_ascii=ascii_only)[1:-1] for ascii_only in (False, True)),
                }
        return cls(frozenset(ids), frozenset(spelled))

    def with_ids(self, more: Iterable[str]) -> Needles:
        """The same, known by more ids."""
        return Needles(self.ids | frozenset(more), self.texts)

    @property
    def all(self) -> list[str]:
        """Ids and texts, longest first."""
        return sorted({*self.ids, *self.texts}, key=lambda each: (-len(each), each))

    @property
    def pattern(self) -> str:
        """A regular expression for any of them, without repetition: linear in RE2 and in Python."""
        return "|".join(re.escape(each) for each in self.all)


@dataclass(frozen=True)
class Counted:
    """Rows that are of a record by its id, and others that merely have its text or its id in some cell."""

    of_the_record: int = 0
    mentioning: int = 0

    def __bool__(self) -> bool:
        return bool(self.of_the_record or self.mentioning)


def in_parquet(path: Path, needles: Needles, row_numbers: frozenset[int] = frozenset()) -> Counted:
    """The rows of a Parquet file. `row_numbers` are rows of an import that the records were made from."""
    own = mentioning = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
            theirs = _own(batch, needles, row_numbers)
            found = theirs
            for name, column in zip(batch.schema.names, batch.columns, strict=True):
                if pa.types.is_nested(column.type):
                    column = pa.array([str(value) for value in column.to_pylist()], pa.string())
                if pa.types.is_string(column.type) and name != "record_id":
                    hits = pc.match_substring_regex(column, needles.pattern)
                    found = pc.or_(found, pc.fill_null(hits, False))
            own += pc.sum(theirs).as_py() or 0
            mentioning += pc.sum(found).as_py() or 0
    return Counted(own, mentioning - own)


def _own(batch: pa.RecordBatch, needles: Needles, row_numbers: frozenset[int]) -> pa.Array:
    """Which rows are of the records themselves."""
    by: dict[str, list[str] | list[int]] = {
        "record_id": sorted(needles.ids), "row_number": sorted(row_numbers),
    }  # fmt: skip
    for name, wanted in by.items():
        if name in batch.schema.names and wanted:
            column = batch.column(name)
            return pc.is_in(column, value_set=pa.array(wanted, type=column.type))
    return pa.array([False] * batch.num_rows)


def in_file(path: Path, needles: Needles) -> int:
    """How many lines of a text file have one of the needles; read line by line."""
    pattern = re.compile(needles.pattern.encode())
    with path.open("rb") as stream:
        return sum(1 for line in stream if pattern.search(line))


def in_database(
    connection: psycopg.Connection, needles: Needles, id_columns: Mapping[str, str]
) -> dict[str, Counted]:
    """The rows of every table that has any, by `schema.table`, whatever tables there are.

    `id_columns` says for a table which column holds a record's own id, where that is not `record_id`.
    Every cell is looked at as text, so a table of a later release is found too.
    """
    asked = (
        "SELECT n.nspname, c.relname, array_agg(a.attname) FROM pg_class c"
        " JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    )
    found = {}
    patterns = [f"%{_escaped(each)}%" for each in needles.all]
    for schema, table, columns in connection.execute(asked).fetchall():
        name = id_columns.get(table, "record_id")
        is_one = sql.SQL("coalesce({}::text = ANY(%(ids)s), false)").format(sql.Identifier(name))
        query = sql.SQL(
            "SELECT count(*) FILTER (WHERE {own}), count(*) FILTER (WHERE NOT {own}) FROM {table} AS t"
            " WHERE {own} OR to_jsonb(t)::text LIKE ANY(%(patterns)s)"
        ).format(own=is_one if name in columns else sql.SQL("false"), table=sql.Identifier(schema, table))
        row = connection.execute(query, {"ids": sorted(needles.ids), "patterns": patterns}).fetchone()
        counted = Counted(*row) if row else Counted()
        if counted:
            found[f"{schema}.{table}"] = counted
    return found


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
