"""Rows of a kind of artifact to look at: all of them, or of very many an even sample.

A sample takes rows of some row groups spread evenly over the files, so that the others are not read
from the disk. It is the same each time. Where a file is sorted by what is asked, twenty places in it
may miss a rare value: what can be counted over all rows is.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from storage import artifacts, schemas, views
from storage.artifacts import Manifest
from storage.project import Project

MOST_ROWS = 100_000
"""So many are looked at one by one."""
_LEAST_PLACES = 20
"""So many row groups of a file are read at least, if it has them."""


@dataclass(frozen=True)
class Sample:
    """Rows of the current schema's columns, out of `of` that there are."""

    table: pa.Table
    of: int

    @property
    def sampled(self) -> bool:
        """Whether there are more than these."""
        return bool(self.table.num_rows < self.of)


def read(
    project: Project, kind: str, schema: str, task: str, columns: Sequence[str], *, most: int = MOST_ROWS
) -> Sample:
    """About `most` rows of the task's artifacts of this kind, or all if there are no more."""
    files = list(_files(artifacts.listing(project, kind, task), schema))
    every = sum(rows for _, rows, _ in files)
    fields = pa.schema([schemas.SCHEMAS[schema].field(name) for name in columns])
    tables = [fields.empty_table()]
    due = 0.0
    for path, rows, version in files:
        due += min(most / every, 1.0) * rows
        if due < 1:
            continue
        with pq.ParquetFile(path) as file:
            table = _spread(file, due) if every > most else file.read()
        due -= table.num_rows
        tables.append(schemas.upgraded(table, schema, version).select(list(columns)).cast(fields))
    return Sample(pa.concat_tables(tables), every)


def answered(sample: pa.Table, sql: str, parameters: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """The answer of a SELECT over rows read before, as the table `sample`."""
    with duckdb.connect(":memory:") as connection:
        connection.register("sample", sample)
        return views.answered(connection, sql, parameters)


def _files(manifests: Iterable[Manifest], schema: str) -> Iterator[tuple[Path, int, int]]:
    """Every file of the schema, with its rows and its schema's version."""
    for manifest in manifests:
        for entry in manifest.files:
            if entry.schema == schema and entry.rows:
                yield manifest.folder / entry.name, entry.rows, entry.schema_version or 1


def _spread(file: pq.ParquetFile, wanted: float) -> pa.Table:
    """About `wanted` of the file's rows, from `_LEAST_PLACES` of its row groups or as many as it takes."""
    groups, rows = file.num_row_groups, file.metadata.num_rows
    places = min(groups, max(_LEAST_PLACES, math.ceil(wanted * groups / rows)))
    table = file.read_row_groups([(2 * place + 1) * groups // (2 * places) for place in range(places)])
    step = max(1.0, table.num_rows / wanted)
    return table.take(pa.array([int(place * step) for place in range(math.ceil(table.num_rows / step))]))
