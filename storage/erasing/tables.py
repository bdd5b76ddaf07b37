"""The rows of a PostgreSQL database: those of records go, a text in any other cell is masked.

Tables are asked for by what they hold, not by name, so a table of a later release is reached too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
import pyarrow as pa
from psycopg import sql

from storage.erasing.needles import ERASED, Needles
from storage.erasing.rows import Touched, suspects
from storage.errors import DiskFull

KEPT_AS_IT_IS = ("audit", "audit_head", "alembic_version", "sessions")
"""The audit log is a chain that nobody may change; it holds ids and no text under judgement."""
_ROWS_AT_ONCE = 4_096
_TEXTS = ("text", "character varying", "json", "jsonb", "text[]")


@dataclass(frozen=True)
class _Table:
    schema: str
    name: str
    columns: Mapping[str, str]

    @property
    def identifier(self) -> sql.Identifier:
        return sql.Identifier(self.schema, self.name)

    @property
    def full_name(self) -> str:
        return f"{self.schema}.{self.name}"


@contextmanager
def disk_faults() -> Iterator[None]:
    """Turn PostgreSQL's word that its disk is full into DiskFull."""
    try:
        yield
    except psycopg.errors.DiskFull as fault:
        raise DiskFull(
            "The disk under PostgreSQL is full: what was being written there is undone.",
            next_step="Free some space there, then resume the job.",
        ) from fault


def look(
    connection: psycopg.Connection,
    needles: Needles,
    owned: Mapping[str, Collection[str]],
    *,
    kept: Collection[str] = KEPT_AS_IT_IS,
) -> dict[str, Touched]:
    """The rows of each table (`schema.table`) that are of a record, and others that have a text.

    `owned` says for the name of a column which values of it make a row one of theirs.
    """
    seen = {table.full_name: _seen(connection, table, needles, owned) for table in _tables(connection, kept)}
    return {name: each.touched for name, each in seen.items() if each.touched}


def erase(
    connection: psycopg.Connection, needles: Needles, owned: Mapping[str, Collection[str]]
) -> dict[str, Touched]:
    """Delete the rows of records and mask the texts elsewhere, as part of the caller's transaction.

    Raises DiskFull.
    """
    found = {}
    with disk_faults():
        for table in list(_tables(connection, KEPT_AS_IT_IS)):
            seen = _seen(connection, table, needles, owned)
            if seen.touched:
                found[table.full_name] = seen.touched
            if seen.touched.dropped:
                delete = sql.SQL("DELETE FROM {table} AS t WHERE {own}")
                connection.execute(
                    delete.format(table=table.identifier, own=_own(table, owned)), _values(owned)
                )
            if seen.texts:
                _mask(connection, table, Needles.of(seen.texts))
    return found


@dataclass(frozen=True)
class _Seen:
    """What of a table has to go, and which texts stand in the rows that stay."""

    touched: Touched
    texts: frozenset[str]


def _seen(
    connection: psycopg.Connection, table: _Table, needles: Needles, owned: Mapping[str, Collection[str]]
) -> _Seen:
    """Read a table once: one pass for all texts here is many times as fast as LIKE with each of them."""
    own = _own(table, owned)
    asked = sql.SQL("SELECT {own}, CASE WHEN NOT {own} THEN to_jsonb(t)::text END FROM {table} AS t")
    dropped, masked, texts = 0, 0, set[str]()
    with connection.transaction(), connection.cursor(name="looked_through") as rows:
        rows.execute(asked.format(own=own, table=table.identifier), _values(owned))
        while batch := rows.fetchmany(_ROWS_AT_ONCE):
            said = [text for is_own, text in batch if not is_own]
            dropped += len(batch) - len(said)
            places = suspects(pa.array(said, pa.large_string()), needles) if needles.texts else []
            found = [here for place in places if (here := needles.which(said[place]))]
            masked += len(found)
            texts.update(*found)
    return _Seen(Touched(dropped, masked), frozenset(texts))


def _mask(connection: psycopg.Connection, table: _Table, needles: Needles) -> None:
    for column, kind in table.columns.items():
        if kind not in _TEXTS:
            continue
        place = sql.Identifier(column)
        for form in (form for form in needles.spelled if "\x00" not in form):  # PostgreSQL has none in texts
            change = sql.SQL(
                "UPDATE {table} AS t SET {column} = replace({column}::text, %(form)s, %(erased)s)::{kind}"
                " WHERE strpos({column}::text, %(form)s) > 0"
            ).format(table=table.identifier, column=place, kind=sql.SQL(kind))
            connection.execute(change, {"form": form, "erased": ERASED})


def _tables(connection: psycopg.Connection, kept: Collection[str]) -> Iterator[_Table]:
    asked = (
        "SELECT n.nspname, c.relname, jsonb_object_agg(a.attname, format_type(a.atttypid, NULL))"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
        " WHERE c.relkind IN ('r', 'p') AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema'"
        " GROUP BY 1, 2 ORDER BY 1, 2"
    )
    for schema, name, columns in connection.execute(asked).fetchall():
        if name not in kept:
            yield _Table(schema, name, columns)


def _own(table: _Table, owned: Mapping[str, Collection[str]]) -> sql.Composable:
    tests = [
        sql.SQL("coalesce({}::text = ANY({}), false)").format(sql.Identifier(column), sql.Placeholder(column))
        for column in owned
        if column in table.columns
    ]
    return sql.SQL("({})").format(sql.SQL(" OR ").join(tests)) if tests else sql.SQL("false")


def _values(owned: Mapping[str, Collection[str]]) -> dict[str, object]:
    return {column: sorted(values) for column, values in owned.items()}
