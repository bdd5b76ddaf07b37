"""The clusters that count: those a search found, with people's rulings laid over them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz

from curation.duplicates.normal import normal_form
from curation.duplicates.regrouping import Ruling, regrouped
from storage import schemas, views
from storage.project import Project

Row = dict[str, Any]

COMPARED_CHARACTERS = 20_000
"""Of two records that only a ruling brought together the beginnings are compared: a page waits for it."""


@dataclass(frozen=True)
class Known:
    """What is needed of a record here."""

    text: str
    held_out: bool


def text_of(inputs: str, columns: Sequence[str]) -> str:
    """A record's inputs (JSON) as the text that is compared with others."""
    values = orjson.loads(inputs)
    return "\n".join(values.get(column, "") for column in columns)


def laid_over(found: pa.Table, rulings: Sequence[Ruling], known: Mapping[str, Known]) -> pa.Table:
    """`found`, rows of the `duplicates` schema, with the clusters that the rulings name regrouped.

    `known` holds every record of those clusters (see `touched`). Other clusters stay as they are.
    """
    numbers = _touched_numbers(found, rulings)
    concerned = pc.is_in(found["cluster"], pa.array(numbers, pa.int64()))
    before = _by_cluster(found.filter(concerned).to_pylist())
    clusters = regrouped([[row["record_id"] for row in rows] for rows in before.values()], rulings)
    rows = {row["record_id"]: row for each in before.values() for row in each}
    first_free = (pc.max(found["cluster"]).as_py() or 0) + 1
    free = iter([*numbers, *range(first_free, first_free + len(clusters))])
    after = [row for members in clusters for row in _cluster(next(free), members, rows, before, known)]
    kept = found.filter(pc.invert(concerned))
    return pa.concat_tables([kept, schemas.from_rows(after, "duplicates").cast(kept.schema)])


def parted(links: pa.Table, rulings: Sequence[Ruling], known: Mapping[str, Known]) -> pa.Table:
    """`links`, rows of `duplicate_links`, with one for each ruling that took records apart.

    They are still nearly the same, and must not cross splits. The links of rulings have numbers below 0.
    """
    rows = []
    for number, ruling in enumerate((ruling for ruling in rulings if ruling.kind == "apart"), 1):
        there = [record for record in ruling.named if record in known]
        held_out = any(known[record].held_out for record in there)
        rows += [{"record_id": record, "link": -number, "held_out": held_out} for record in there]
    return pa.concat_tables([links, schemas.from_rows(rows, "duplicate_links").cast(links.schema)])


def drawn_out(clusters: pa.Table, links: pa.Table) -> pa.Table:
    """`clusters`, where what is nearly the same as a held-out record of another cluster is drawn out too."""
    beside = pc.is_in(clusters["record_id"], links.filter(links["held_out"])["record_id"])
    place = clusters.schema.get_field_index("held_out")
    return clusters.set_column(place, "held_out", pc.or_(clusters["held_out"], beside))


def touched(found: pa.Table, rulings: Sequence[Ruling]) -> list[str]:
    """The records of every cluster that a ruling names."""
    numbers = pa.array(_touched_numbers(found, rulings), pa.int64())
    ids: list[str] = found.filter(pc.is_in(found["cluster"], numbers))["record_id"].to_pylist()
    return ids


def known(project: Project, task: str, columns: Sequence[str], record_ids: Sequence[str]) -> dict[str, Known]:
    """These records, as they were imported."""
    rows = views.rows(project, _KNOWN, (list(record_ids),), task=task) if record_ids else []
    return {row["record_id"]: Known(text_of(row["inputs"], columns), row["held_out"]) for row in rows}


_KNOWN = "SELECT record_id, inputs, held_out FROM records WHERE record_id IN (SELECT unnest(?::VARCHAR[]))"


def _touched_numbers(found: pa.Table, rulings: Sequence[Ruling]) -> list[int]:
    named = pa.array(sorted({record for ruling in rulings for record in ruling.named}), pa.string())
    numbers = found.filter(pc.is_in(found["record_id"], named))["cluster"]
    return sorted(set(numbers.to_pylist()))


def _by_cluster(rows: Sequence[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = {}
    for row in sorted(rows, key=lambda row: (row["cluster"], not row["keeper"])):
        grouped.setdefault(row["cluster"], []).append(row)
    return grouped


def _cluster(
    number: int,
    members: Sequence[str],
    rows: Mapping[str, Row],
    before: Mapping[int, Sequence[Row]],
    known: Mapping[str, Known],
) -> Iterator[Row]:
    keeper = members[0]
    held_out = any(known[member].held_out for member in members)
    measured = before[rows[keeper]["cluster"]][0]["record_id"] == keeper
    for member in members:
        row = rows[member]
        if member == keeper:
            similarity, match = 1.0, "keeper"
        elif measured and row["cluster"] == rows[keeper]["cluster"]:
            similarity, match = row["similarity"], row["match"]
        else:
            similarity, match = _compared(known[keeper].text, known[member].text)
        yield {
            "record_id": member, "cluster": number, "keeper": member == keeper, "similarity": similarity,
            "match": match, "held_out": held_out,
        }  # fmt: skip


def _compared(one: str, other: str) -> tuple[float, str]:
    left, right = normal_form(one), normal_form(other)
    if left == right:
        return 1.0, "exact"
    ratio = fuzz.ratio(left[:COMPARED_CHARACTERS], right[:COMPARED_CHARACTERS]) / 100
    return round(min(ratio, 0.9999), 4), "near"
