"""Replace `word~1` and `word~2` in a search by the dataset's words that are meant.

A dataset's vocabulary is a table, brought up to date by the search that asks: from the records
indexed since it was last read, told by their transaction as the change feed is read.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from .connections import engine
from .query_language import All, Either, Node, Not, Words
from .text_search import NOWHERE

MOST_WORDS = 10
"""Words that one similar word may stand for, the nearest ones: Argilla's setting for Elasticsearch."""

_READ_SINCE = """
SELECT word FROM ts_stat(
    format('SELECT words FROM understudy_search.record_text WHERE dataset_id = %L AND indexed_by >= %L',
           cast(:dataset AS text), cast(:since AS text))
) WHERE strpos(word, '/') = 0
"""


async def resolved(node: Node, dataset_id: UUID) -> Node:
    """The tree with every similar word replaced by the words it stands for."""
    if not _has_similar(node):
        return node
    await _bring_up_to_date(dataset_id)
    async with engine().connect() as connection:
        return await _replaced(connection, node, dataset_id)


def _has_similar(node: Node) -> bool:
    if isinstance(node, Words):
        return node.distance > 0
    return any(map(_has_similar, (node.part,) if isinstance(node, Not) else node.parts))


async def _replaced(connection: AsyncConnection, node: Node, dataset_id: UUID) -> Node:
    if isinstance(node, Not):
        return Not(await _replaced(connection, node.part, dataset_id))
    if isinstance(node, All | Either):
        parts = [await _replaced(connection, part, dataset_id) for part in node.parts]
        return replace(node, parts=tuple(parts))
    if not node.distance:
        return node
    meant = await _similar(connection, node.words[0], node.distance, dataset_id)
    return Either(tuple(Words((word,)) for word in meant)) if meant else NOWHERE


async def _similar(connection: AsyncConnection, word: str, distance: int, dataset_id: UUID) -> list[str]:
    """The dataset's nearest words, at most `MOST_WORDS` of them."""
    asked = text("SELECT understudy_search.lowered(:word)")
    word = (await connection.execute(asked, {"word": word})).scalar_one()
    # of two words so near, one contains a piece of the other unchanged: the index of no word is needed
    size = len(word) // (distance + 1)
    pieces = [word[at * size : (at + 1) * size] for at in range(distance + 1)] if size else [""]
    found = await connection.execute(
        text(
            "SELECT word FROM understudy_search.vocabulary WHERE dataset_id = :dataset"
            " AND length(word) BETWEEN :least AND :most"
            " AND EXISTS (SELECT FROM unnest(cast(:pieces AS text[])) AS piece WHERE strpos(word, piece) > 0)"
        ),
        {
            "dataset": dataset_id,
            "least": len(word) - distance,
            "most": len(word) + distance,
            "pieces": pieces,
        },
    )
    apart = [(letters_apart(word, other, distance), other) for other in found.scalars()]
    return [other for letters, other in sorted(apart) if letters <= distance][:MOST_WORDS]


async def _bring_up_to_date(dataset_id: UUID) -> None:
    key = {"dataset": str(dataset_id)}
    async with engine().begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:dataset, 7))"), key)
        before = (
            await connection.execute(text("SELECT cast(pg_snapshot_xmin(pg_current_snapshot()) AS text)"))
        ).scalar_one()
        since = (
            await connection.execute(
                text(
                    "SELECT cast(before AS text) FROM understudy_search.vocabulary_read"
                    " WHERE dataset_id = cast(:dataset AS uuid)"
                ),
                key,
            )
        ).scalar_one_or_none()
        await connection.execute(
            text(
                "INSERT INTO understudy_search.vocabulary (dataset_id, word)"
                f" SELECT cast(:dataset AS uuid), word FROM ({_READ_SINCE}) AS news ON CONFLICT DO NOTHING"
            ),
            key | {"since": since or "0"},
        )
        await connection.execute(
            text(
                "INSERT INTO understudy_search.vocabulary_read (dataset_id, before)"
                " VALUES (cast(:dataset AS uuid), cast(cast(:before AS text) AS xid8))"
                " ON CONFLICT (dataset_id) DO UPDATE SET before = excluded.before"
            ),
            key | {"before": before},
        )


def letters_apart(one: str, other: str, most: int) -> int:
    """Letters to add, leave out or replace to turn one word into the other; `most + 1` for more."""
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, row[0] = row[0], at
        for to, wanted in enumerate(other, 1):
            cost = min(before + (letter != wanted), row[to] + 1, row[to - 1] + 1)
            before, row[to] = row[to], cost
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)
