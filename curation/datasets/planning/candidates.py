"""The records that a version could hold, in narrow columns: reviewed ones, and those held out.

Read from pinned artifacts by DuckDB. A million records cost what their ids and flags cost; texts are
read only of the rows that could train or test, and kept as digests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb
import orjson
import pyarrow as pa

from curation.datasets.crossing import coarse_digest, digest, text_of
from curation.datasets.definition import Definition
from curation.datasets.planning import near_copies
from curation.duplicates.linking import Link
from curation.tasks import Task
from storage import views
from storage.artifacts import Manifest

SOURCE = "source"
_BATCH_ROWS = 20_000


@dataclass(frozen=True)
class Candidates:
    """Parallel columns, one entry a record, ordered by record id.

    `artifacts` and `row_numbers` say where each lies. `clusters` is the id of the record that its duplicate
    cluster keeps. `trainable` are neither held out, nor copies, nor beside a held-out record. `values` has
    the columns that the definition asks for. `texts` (digests, by record id) and `links` (between near
    copies, by place) are of those that could train or test; so many of these are `unsearched`, whose near
    copies nobody knows.
    """

    record_ids: list[str]
    artifacts: list[str]
    row_numbers: list[int]
    held_out: list[bool]
    gold: list[bool]
    clusters: list[str]
    trainable: list[bool]
    values: Mapping[str, list[str | None]]
    texts: Mapping[str, bytes] = field(default_factory=dict)
    links: Sequence[Link] = ()
    unsearched: int = 0

    def __len__(self) -> int:
        return len(self.record_ids)


def read(
    manifests: Sequence[Manifest], task: Task, definition: Definition, decided: Sequence[str]
) -> Candidates:
    """The candidates among the records and duplicates of `manifests`. `decided` are reviewed record ids."""
    with views.pinned(manifests, ("records", "duplicates", "duplicate_links")) as connection:
        connection.register("decided", pa.table({"record_id": pa.array(decided, pa.string())}))
        connection.register("chosen", _chosen(manifests))
        found = _narrow(connection, task, definition)
        if not any(found.trainable):
            return found
        places = [place for place in range(len(found)) if found.trainable[place] or found.gold[place]]
        compared = [found.record_ids[place] for place in places]
        texts = _texts(connection, compared)
        came_with = {found.artifacts[place] for place in places}
        near = near_copies.read(connection, manifests, task, compared, came_with)
        links = [(places[at], number) for at, number in near.links]
        known = {"texts": texts, "links": links, "unsearched": near.unsearched}
        return Candidates(**{**vars(found), **known})


def _narrow(connection: duckdb.DuckDBPyConnection, task: Task, definition: Definition) -> Candidates:
    columns = definition.columns
    values = [f"{_value(column, task)} AS value_{number}" for number, column in enumerate(columns)]
    pointers = [_pointer(column) for column in columns if column != SOURCE]
    imports = "TRUE"
    if definition.imports is not None:
        listed = pa.table({"name": pa.array(definition.imports, pa.string())})
        connection.register("imports_taken", listed)
        imports = "(r.source IN (FROM imports_taken) OR c.import_id IN (FROM imports_taken))"
    sql = _NARROW.format(values="".join(f", {value}" for value in values), imports=imports)
    table = connection.sql(sql, params=pointers).to_arrow_table()
    lists = {name: table.column(name).to_pylist() for name in table.column_names}
    return Candidates(
        record_ids=lists["record_id"],
        artifacts=lists["artifact"],
        row_numbers=lists["row_number"],
        held_out=lists["held_out"],
        gold=lists["gold"],
        clusters=lists["cluster"],
        trainable=lists["trainable"],
        values={column: lists[f"value_{number}"] for number, column in enumerate(columns)},
    )


def _texts(connection: duckdb.DuckDBPyConnection, record_ids: Sequence[str]) -> dict[str, bytes]:
    """A digest of each record's text: the same for those, and only those, of the same normal form."""
    found = dict(_digests(connection, record_ids, coarse_digest))
    times = Counter(found.values())
    shared = [name for name, text in found.items() if times[text] > 1]
    return {**found, **dict(_digests(connection, shared, digest))}


def _digests(
    connection: duckdb.DuckDBPyConnection, record_ids: Sequence[str], digested: Callable[[str], bytes]
) -> Iterator[tuple[str, bytes]]:
    connection.register("compared", pa.table({"record_id": pa.array(record_ids, pa.string())}))
    for batch in connection.sql(_TEXTS).to_arrow_reader(_BATCH_ROWS):
        names, inputs = (batch.column(name).to_pylist() for name in ("record_id", "inputs"))
        for name, written in zip(names, inputs, strict=True):
            yield name, digested(text_of(orjson.loads(written or "{}")))


def _chosen(manifests: Sequence[Manifest]) -> pa.Table:
    """The records' artifacts, oldest first, with the import that each came of."""
    records = [manifest for manifest in manifests if manifest.kind == "records"]
    imported = [
        next((name.removeprefix("imports/") for name in manifest.inputs if name.startswith("imports/")), "")
        for manifest in records
    ]
    return pa.table(
        {
            "artifact": pa.array([manifest.artifact_id for manifest in records], pa.string()),
            "position": pa.array(range(len(records)), pa.int64()),
            "import_id": pa.array(imported, pa.string()),
        }
    )


def _value(column: str, task: Task) -> str:
    """SQL for a record's value in a column; empty texts are no value."""
    if column == SOURCE and column not in task.input_columns:
        return "nullif(r.source, '')"
    held_in = "inputs" if column in task.input_columns else "extras"
    return f"nullif(json_extract_string(r.{held_in}, ?), '')"


def _pointer(column: str) -> str:
    """A JSON pointer (RFC 6901) to a key, whatever characters it has."""
    return "/" + column.replace("~", "~0").replace("/", "~1")


_NARROW = """
WITH wanted AS (
    SELECT r.record_id, r.artifact, r.row_number, c.position, r.held_out,
        r.held_out AND coalesce(r.gold, '') <> '' AS gold{values}
    FROM records r JOIN chosen c USING (artifact)
    WHERE (r.held_out OR r.record_id IN (FROM decided)) AND {imports}
), once AS (
    SELECT * FROM wanted
    QUALIFY row_number() OVER (PARTITION BY record_id ORDER BY position, row_number) = 1
), near AS (
    SELECT record_id, cluster, keeper, held_out FROM duplicates
    WHERE record_id IN (SELECT record_id FROM once)
), keepers AS (
    SELECT cluster, min(record_id) AS keeper_id FROM duplicates
    WHERE keeper AND cluster IN (SELECT cluster FROM near) GROUP BY cluster
), placed AS (
    SELECT record_id, min(keeper_id) AS keeper_id, bool_or(keeper) AS keeper, bool_or(held_out) AS touches
    FROM near LEFT JOIN keepers USING (cluster) GROUP BY record_id
)
SELECT once.* EXCLUDE (position), coalesce(placed.keeper_id, record_id) AS cluster,
    NOT once.held_out AND coalesce(placed.keeper, TRUE) AND NOT coalesce(placed.touches, FALSE) AS trainable
FROM once LEFT JOIN placed USING (record_id) ORDER BY record_id
"""
_TEXTS = """
SELECT r.record_id, any_value(r.inputs) AS inputs FROM records r
WHERE r.record_id IN (FROM compared) GROUP BY r.record_id
"""
