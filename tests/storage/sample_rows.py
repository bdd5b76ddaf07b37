"""Small tables with the project's declared columns, for tests of what stores them."""

from __future__ import annotations

import pyarrow as pa

from storage import schemas


def records(*ids: str, held_out: bool = False) -> pa.Table:
    rows: list[dict[str, object]] = [
        {
            "record_id": record_id,
            "row_number": number,
            "inputs": f'{{"title": "Pan {number}"}}',
            "gold": "Kitchen",
            "extras": "{}",
            "source": "pans.csv",
            "held_out": held_out,
        }
        for number, record_id in enumerate(ids, start=1)
    ]
    return schemas.from_rows(rows, "records")


def duplicates(*ids: str, cluster: int) -> pa.Table:
    rows: list[dict[str, object]] = [
        {
            "record_id": record_id,
            "cluster": cluster,
            "keeper": place == 0,
            "similarity": 1.0,
            "match": "exact",
        }
        for place, record_id in enumerate(ids)
    ]
    return schemas.from_rows(rows, "duplicates")
