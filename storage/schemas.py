"""The declared columns of every kind of Parquet file, by schema name and version.

A file's manifest entry names its schema and version. Readers get the current columns
always: `upgraded` brings an older table forward, one function per version step.
"""

from __future__ import annotations

from collections.abc import Callable

import pyarrow as pa
import pyarrow.compute as pc

from storage.errors import InvalidInput

_TEXT = pa.string()
_TIME = pa.timestamp("us", tz="UTC")
_JSON = pa.string()  # JSON as text: DuckDB's json functions read it, and any schema fits


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema([pa.field(name, kind) for name, kind in columns.items()])


_DATASET_ROWS = _schema(
    record_id=_TEXT,
    cluster=pa.int64(),
    split=_TEXT,  # train | validation | test
    inputs=_JSON,
    system=_TEXT,
    prompt=_TEXT,  # the student prompt, rendered; without one the prompt version's template
    completion=_TEXT,  # what the student is to answer
    decision=_TEXT,  # approved | corrected | gold (held-out rows) | replay
    reviewers=pa.list_(_TEXT),
    review_ids=pa.list_(_TEXT),
    label_id=_TEXT,
    teacher_output=_TEXT,
    variation=_TEXT,  # of the student prompt; empty for the plain one
    source=_TEXT,  # reviewed | gold | replay
    split_group=_TEXT,  # its value in the column whose groups never cross splits, else null
)

SCHEMAS: dict[str, pa.Schema] = {
    "raw": _schema(row_number=pa.int64(), row=_JSON),
    "rejects": _schema(row_number=pa.int64(), reason=_TEXT, row=_TEXT),
    "steps": _schema(  # examples of what cleaning changed and rejected: raw text, as in `raw`
        step=_TEXT,
        row_number=pa.int64(),  # null for a line that was found in many records
        column=_TEXT,
        before=_TEXT,
        after=_TEXT,  # null where the row was rejected
        reason=_TEXT,
    ),
    "uncertain": _schema(  # values that may be identifiers, for a person to say: raw text too
        row_number=pa.int64(),
        column=_TEXT,
        start=pa.int64(),  # characters [start, end) of the cleaned text
        end=pa.int64(),
        type=_TEXT,
        score=pa.float64(),  # 0-1, higher is surer
        value_mac=_TEXT,  # the same for the same value throughout a project
        context=_TEXT,
        masked=pa.bool_(),  # what was done until somebody says
    ),
    "records": _schema(
        record_id=_TEXT,
        row_number=pa.int64(),
        inputs=_JSON,  # {"input column": "text"}: cleaned, redacted
        gold=_TEXT,  # the reference the file brought, or null
        extras=_JSON,  # {"other column": "text"}: recorded teachers, source, seller …
        source=_TEXT,
        held_out=pa.bool_(),
    ),
    "duplicates": _schema(
        record_id=_TEXT,
        cluster=pa.int64(),
        keeper=pa.bool_(),
        similarity=pa.float64(),  # to the keeper, 0-1; 1 for the keeper itself
        match=_TEXT,  # keeper | exact | near
        held_out=pa.bool_(),  # so is a record of its cluster, or one nearly the same
    ),
    "duplicate_links": _schema(  # near copies in different clusters, which may not cross splits either
        record_id=_TEXT,
        link=pa.int64(),  # the same for records that are nearly the same
        held_out=pa.bool_(),  # one of them is held out
    ),
    "found_duplicates": _schema(  # as the search found them, where people's rulings changed some
        record_id=_TEXT,
        cluster=pa.int64(),
        keeper=pa.bool_(),
        similarity=pa.float64(),
        match=_TEXT,
        held_out=pa.bool_(),
    ),
    "labels": _schema(
        label_id=_TEXT,
        record_id=_TEXT,
        prompt_version=pa.int32(),
        teacher=_TEXT,
        model=_TEXT,
        output=_TEXT,  # null where the teacher gave none
        error=_TEXT,  # why there is no output, else null
        parameters=_JSON,
        prompt_tokens=pa.int64(),
        completion_tokens=pa.int64(),
        price_usd=pa.float64(),
        latency_s=pa.float64(),
        finish_reason=_TEXT,
        created_at=_TIME,
    ),
    "reviews": _schema(
        review_id=_TEXT,  # the Argilla response
        record_id=_TEXT,
        queue=_TEXT,
        prompt_version=pa.int32(),
        label_id=_TEXT,  # what the person saw
        reviewer=_TEXT,
        decision=_TEXT,  # approved | corrected | discarded
        output=_TEXT,
        error_tags=pa.list_(_TEXT),
        ratings=_JSON,
        note=_TEXT,
        seconds_spent=pa.float64(),
        client_id=_TEXT,
        base_version=_TEXT,
        submitted_at=_TIME,
        tag_reasons=_JSON,  # {"error tag": "why"}
        picked_label_id=_TEXT,  # the label whose output was taken over instead of the one shown
        blind=pa.bool_(),  # the person did not see the teacher's output
        batch=_TEXT,  # the same for all records that were decided together
        deleted=pa.bool_(),
    ),
    "dataset_rows": _DATASET_ROWS,
    "robustness_rows": _DATASET_ROWS,  # test rows, asked in wordings that nothing was trained on
    "run_events": _schema(
        event=_TEXT,  # train | validation | sample | note
        step=pa.int64(),
        seconds=pa.float64(),  # since the run started
        loss=pa.float64(),
        exact_match=pa.float64(),  # share of the validation rows answered exactly, 0-1
        learning_rate=pa.float64(),
        tokens=pa.int64(),
        text=_TEXT,
    ),
    "outputs": _schema(
        candidate=_TEXT,
        record_id=_TEXT,
        output=_TEXT,  # as it was given
        label=_TEXT,  # parsed into the label set, null where it is not in it
        reference=_TEXT,
        correct=pa.bool_(),
        latency_s=pa.float64(),
        prompt_tokens=pa.int64(),
        completion_tokens=pa.int64(),
        error=_TEXT,
    ),
    "scores": _schema(
        candidate=_TEXT,
        metric=_TEXT,
        value=pa.float64(),
        low=pa.float64(),  # 95% interval
        high=pa.float64(),
        rows=pa.int64(),
        method=_TEXT,
    ),
    "contaminations": _schema(
        record_id=_TEXT,
        split=_TEXT,  # of the dataset version that was checked, else null
        match=_TEXT,  # exact | near | passage
        similarity=pa.float64(),  # 0-1
        row_number=pa.int64(),  # of the file it was held against
        text=_TEXT,  # what stands there: cleaned, redacted, cut
        passage=_TEXT,  # the first run of words in common, or null
    ),
    "votes": _schema(
        vote_id=_TEXT,
        comparison=_TEXT,
        record_id=_TEXT,
        left=_TEXT,  # candidate shown left
        right=_TEXT,
        winner=_TEXT,  # a candidate, or tie
        voter=_TEXT,
        voted_at=_TIME,
    ),
}

VERSIONS: dict[str, int] = {**dict.fromkeys(SCHEMAS, 1), "reviews": 3, "dataset_rows": 2}


def _with_their_source(table: pa.Table) -> pa.Table:
    """Dataset rows from before student prompts: each is asked plainly, reviewed or held out."""
    is_gold = pc.equal(table["decision"], "gold")
    plain = pa.repeat(pa.scalar("", _TEXT), table.num_rows)
    return table.append_column("variation", plain).append_column(
        "source", pc.if_else(is_gold, "gold", "reviewed")
    )


UPGRADES: dict[tuple[str, int], Callable[[pa.Table], pa.Table]] = {
    ("dataset_rows", 1): _with_their_source,
    ("reviews", 1): lambda table: table,  # the new columns are null
    ("reviews", 2): lambda table: table,  # and `batch`
}
"""(schema, from version) -> the function that makes the next version's table of it."""


def conformed(table: pa.Table, schema: str) -> pa.Table:
    """`table` with exactly the declared columns, in order; absent ones are null.

    Raises InvalidInput for an unknown column or a value that does not fit its type.
    """
    declared = SCHEMAS[schema]
    unknown = [name for name in table.column_names if name not in declared.names]
    if unknown:
        raise InvalidInput(
            f"Columns {unknown} are not part of {schema!r}.", next_step=f"It has {declared.names}."
        )
    columns = []
    for field in declared:
        if field.name not in table.column_names:
            columns.append(pa.nulls(table.num_rows, field.type))
            continue
        try:
            columns.append(table.column(field.name).cast(field.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as fault:
            raise InvalidInput(
                f"Column {field.name!r} of {schema!r}: {fault}.", next_step=f"It takes {field.type}."
            ) from fault
    return pa.table(columns, schema=declared)


def upgraded(table: pa.Table, schema: str, version: int) -> pa.Table:
    """`table`, written under `version`, brought to the current version of `schema`."""
    if version > VERSIONS[schema]:
        raise InvalidInput(
            f"A {schema!r} file has version {version}; this release knows {VERSIONS[schema]}.",
            next_step="Open the project with the newer release that wrote it.",
        )
    for step in range(version, VERSIONS[schema]):
        table = UPGRADES[schema, step](table)
    return conformed(table, schema)


def from_rows(rows: list[dict[str, object]], schema: str) -> pa.Table:
    """A table of `rows` with the declared columns; keys that are absent become null."""
    declared = SCHEMAS[schema]
    unknown = {key for row in rows for key in row} - set(declared.names)
    if unknown:
        raise InvalidInput(
            f"Columns {sorted(unknown)} are not part of {schema!r}.", next_step=f"It has {declared.names}."
        )
    return pa.Table.from_pylist(rows, schema=declared)
