"""How a task's records are spread: over lengths, labels, sources and languages.

What a narrow column answers is counted over all records. What needs the texts themselves is taken
from an even sample of about 100,000 where there are more, and every answer says of how many rows
it speaks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from curation.cleaning.language import detected
from curation.exploring import sampling
from storage import views
from storage.project import Project

MOST_VALUES = 100
MOST_FOR_LANGUAGE = 1_000
BARS = 40
Whose = Literal["teacher", "people", "gold"]


@dataclass(frozen=True)
class Value:
    """One value of a column. `share` is of the rows that were looked at, 0-1; None stands for no value."""

    value: str | None
    rows: int
    share: float


@dataclass(frozen=True)
class Counts:
    """The values of a column, the most frequent 100 first; `distinct` counts all, absence not.

    `rows` were looked at, out of `of`; if these differ it is a sample.
    """

    values: tuple[Value, ...]
    distinct: int
    rows: int
    of: int

    @property
    def sampled(self) -> bool:
        """Whether not all rows were looked at."""
        return self.rows < self.of


@dataclass(frozen=True)
class Bar:
    """Rows whose text has from `least` to `most` characters, both included."""

    least: int
    most: int
    rows: int


@dataclass(frozen=True)
class Lengths:
    """Characters of a record's inputs together. `percentiles` are the 1st, 5th, 25th, 50th, 75th, 95th, 99th.

    The last bar holds all that are longer than the 99th percentile. Nothing where there are no records.
    """

    percentiles: tuple[int, ...]
    longest: int
    bars: tuple[Bar, ...]
    rows: int
    of: int


def lengths(project: Project, task: str) -> Lengths:
    """How long the records are."""
    sample = sampling.read(project, "records", "records", task, ["inputs"])
    found = sampling.answered(sample.table, _LENGTHS)[0]
    if not sample.table.num_rows:
        return Lengths((), 0, (), 0, 0)
    percentiles = tuple(int(value) for value in found["percentiles"])
    bars = _bars(found["sizes"], percentiles[-1], found["longest"])
    return Lengths(percentiles, found["longest"], bars, sample.table.num_rows, sample.of)


def sources(project: Project, task: str) -> Counts:
    """Where the records came from."""
    return _counted(project, task, "records", "SELECT source AS value FROM records")


def labels(project: Project, task: str, whose: Whose = "teacher") -> Counts:
    """The outputs by the teachers under the newest prompt, by people, or of the file's references."""
    view, sql = _OUTPUTS[whose]
    return _counted(project, task, view, sql)


def languages(project: Project, task: str) -> Counts:
    """The languages of the records (ISO 639), of a sample of 1,000; None where too little tells."""
    sample = sampling.read(project, "records", "records", task, ["inputs"], most=MOST_FOR_LANGUAGE)
    texts = sampling.answered(sample.table, _TEXTS)
    found = [each.language for each in detected([row["text"] for row in texts])]
    return _of_counter(Counter(found), len(found), sample.of)


def _counted(project: Project, task: str, view: str, values: str) -> Counts:
    with views.connect(project, task, only=(view,)) as connection:
        rows = views.answered(connection, _VALUES.format(values=values), [MOST_VALUES])
    every = rows[0]["every"] if rows else 0
    found = tuple(Value(row["value"], row["rows"], row["rows"] / every) for row in rows)
    return Counts(found, rows[0]["distinct_values"] if rows else 0, every, every)


def _of_counter(counter: Counter[str | None], rows: int, of: int) -> Counts:
    ordered = sorted(counter.items(), key=lambda pair: (-pair[1], pair[0] or ""))[:MOST_VALUES]
    values = tuple(Value(value, times, times / rows) for value, times in ordered)
    return Counts(values, len(counter) - (None in counter), rows, of)


def _bars(sizes: Iterable[dict[str, int]], usual: int, longest: int) -> tuple[Bar, ...]:
    """Bars of equal width up to the 99th percentile, and one for all that is longer."""
    width = max(1, -(-(usual + 1) // BARS))
    counts: Counter[int] = Counter()
    for size in sizes:
        counts[min(size["size"] // width, usual // width + 1)] += size["rows"]
    last = usual // width + 1
    bars = [Bar(place * width, (place + 1) * width - 1, counts[place]) for place in range(last)]
    if counts[last]:
        bars.append(Bar(last * width, longest, counts[last]))
    return tuple(bars)


_TEXTS = """
SELECT array_to_string(list_filter(json_extract_string(inputs, '$.*'), lambda text: text <> ''), chr(10))
    AS text FROM sample
"""
_LENGTHS = """
WITH sized AS (
    SELECT list_sum(list_transform(json_extract_string(inputs, '$.*'), lambda text: length(text)))::BIGINT
        AS size FROM sample
), counted AS (SELECT size, count(*) AS rows FROM sized GROUP BY size)
SELECT (SELECT quantile_disc(size, [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]) FROM sized) AS percentiles,
    max(size) AS longest, list({'size': size, 'rows': rows}) AS sizes
FROM counted
"""
_VALUES = """
WITH valued AS ({values}), counted AS (SELECT value, count(*) AS rows FROM valued GROUP BY value)
SELECT value, rows, (SELECT sum(rows) FROM counted)::BIGINT AS every,
    (SELECT count(value) FROM counted) AS distinct_values
FROM counted ORDER BY rows DESC, value LIMIT ?
"""
_OUTPUTS: dict[Whose, tuple[str, str]] = {
    "teacher": (
        "teacher_labels",
        "SELECT output AS value FROM teacher_labels "
        "WHERE prompt_version = (SELECT max(prompt_version) FROM teacher_labels WHERE output IS NOT NULL)",
    ),
    "people": (
        "reviews",
        "SELECT output AS value FROM reviews WHERE NOT deleted AND decision <> 'discarded'",
    ),
    "gold": ("records", "SELECT gold AS value FROM records WHERE gold IS NOT NULL"),
}
