"""The records by the value of a column, and what stands behind each value. Counted over all records."""

from __future__ import annotations

from dataclasses import dataclass

from curation.exploring import sampling
from storage import views
from storage.project import Project

MOST_VALUES = 100
_LOOKED_AT_FOR_NAMES = 1_000


@dataclass(frozen=True)
class Slice:
    """The records that have one value (None: none) in a column; `share` is of all records, 0-1.

    `held_out` and `reviewed` are how many of them were set apart at import, and decided on by people.
    """

    value: str | None
    rows: int
    share: float
    held_out: int
    reviewed: int


@dataclass(frozen=True)
class Slices:
    """The values of a column, the most frequent 100 first; `distinct` counts all, absence not."""

    column: str
    slices: tuple[Slice, ...]
    distinct: int
    rows: int


def slices(project: Project, task: str, column: str) -> Slices:
    """The records by the value of `column`: an extra column, or `source`."""
    value = "source" if column == "source" else "json_extract_string(extras, ?)"
    parameters = [] if column == "source" else [_pointer(column)]
    with views.connect(project, task, only=("records", "reviews")) as connection:
        rows = views.answered(connection, _SLICES.format(value=value), [*parameters, MOST_VALUES])
    every = rows[0]["every"] if rows else 0
    found = tuple(
        Slice(row["value"], row["rows"], row["rows"] / every, row["held_out"], row["reviewed"])
        for row in rows
    )
    return Slices(column, found, rows[0]["distinct_values"] if rows else 0, every)


def extra_columns(project: Project, task: str) -> list[str]:
    """The columns that records carry beside their inputs, as a sample of 1,000 has them."""
    sample = sampling.read(project, "records", "records", task, ["extras"], most=_LOOKED_AT_FOR_NAMES)
    rows = sampling.answered(sample.table, "SELECT DISTINCT unnest(json_keys(extras)) AS name FROM sample")
    return sorted(row["name"] for row in rows)


def _pointer(column: str) -> str:
    """A JSON pointer (RFC 6901) to a key, whatever characters it has."""
    return "/" + column.replace("~", "~0").replace("/", "~1")


_SLICES = """
WITH reviewed AS (SELECT DISTINCT record_id FROM reviews WHERE NOT deleted), valued AS (
    SELECT {value} AS value, held_out, record_id IN (SELECT record_id FROM reviewed) AS reviewed FROM records
), counted AS (
    SELECT value, count(*) AS rows, count(*) FILTER (held_out) AS held_out,
        count(*) FILTER (reviewed) AS reviewed
    FROM valued GROUP BY value
)
SELECT *, (SELECT sum(rows) FROM counted)::BIGINT AS every,
    (SELECT count(value) FROM counted) AS distinct_values
FROM counted ORDER BY rows DESC, value LIMIT ?
"""
