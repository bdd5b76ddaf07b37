"""The rows of a PostgreSQL database: those of records go, a text in any other cell is masked.

Tables are asked for by what they hold, not by name, so a table of a later release is reached too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import psycopg
from psycopg import sql

from storage.erasing.needles import ERASED, Needles
from storage.erasing.rows import Touched

KEPT_AS_IT_IS = ("audit", "audit_head", "alembic_version", "sessions")
"""The audit log is a chain that nobody may change; it holds ids and no text under judgement."""
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
    found = {}
    for table in _tables(connection, kept):
        own, mention = _own(table, owned), _mention(needles)
        asked = sql.SQL(
            "SELECT count(*) FILTER (WHERE {own}), count(*) FILTER (WHERE NOT {own} AND {mention})"
            " FROM {table} AS t"
        ).format(own=own, mention=mention, table=table.identifier)
        row = connection.execute(asked, _values(needles, owned)).fetchone()
        touched = Touched(*row) if row else Touched()
        if touched:
            found[table.full_name] = touched
    return found


def erase(
    connection: psycopg.Connection, needles: Needles, owned: Mapping[str, Collection[str]]
) -> dict[str, Touched]:
    """Delete the rows of records and mask the texts elsewhere, as part of the caller's transaction."""
    found = look(connection, needles, owned)
    tables = {table.full_name: table for table in _tables(connection, KEPT_AS_IT_IS)}
    for name, touched in found.items():
        table, values = tables[name], _values(needles, owned)
        if touched.dropped:
            delete = sql.SQL("DELETE FROM {table} AS t WHERE {own}")
            connection.execute(delete.format(table=table.identifier, own=_own(table, owned)), values)
        if touched.masked:
            _mask(connection, table, needles, values)
    return found


def _mask(
    connection: psycopg.Connection, table: _Table, needles: Needles, values: Mapping[str, object]
) -> None:
    for column, kind in table.columns.items():
        if kind not in _TEXTS:
            continue
        place = sql.Identifier(column)
        for form in needles.spelled:
            change = sql.SQL(
                "UPDATE {table} AS t SET {column} = replace({column}::text, %(form)s, %(erased)s)::{kind}"
                " WHERE strpos({column}::text, %(form)s) > 0"
            ).format(table=table.identifier, column=place, kind=sql.SQL(kind))
            connection.execute(change, {**values, "form": form, "erased": ERASED})


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


def _mention(needles: Needles) -> sql.Composable:
    if not needles.texts:
        return sql.SQL("false")
    return sql.SQL("to_jsonb(t)::text LIKE ANY(%(patterns)s)")


def _values(needles: Needles, owned: Mapping[str, Collection[str]]) -> dict[str, object]:
    patterns = [f"%{_escaped(form)}%" for form in needles.spelled if "\x00" not in form]
    return {"patterns": patterns, **{column: sorted(values) for column, values in owned.items()}}


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
