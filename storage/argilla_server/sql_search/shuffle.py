"""An order of their own for each person, without sorting all records to find the first.

Record ids are random (UUID 4), so their order is a shuffle already. It is cut into 256 blocks by the
first byte, and each person walks the blocks in another order: two people on one queue rarely meet,
an index on the ids serves both, and the order stays the same as records come and go.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from argilla_server.enums import RecordStatus
from argilla_server.models import Record, Response
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    LargeBinary,
    Select,
    cast,
    column,
    func,
    literal,
    literal_column,
    not_,
    select,
)
from sqlalchemy import UUID as UUID_TYPE
from sqlalchemy.ext.asyncio import AsyncConnection

FAR = 500
"""Pages that end behind so many records are sorted as a whole."""

_BLOCKS = 256
_FIRST_BLOCKS = 4


@dataclass(frozen=True)
class Wanted:
    """Records of a dataset of that status; and, where a user is named, with no response of theirs."""

    dataset_id: UUID
    status: str
    unanswered_by: UUID | None = None

    def between(self, low: ColumnElement[UUID], high: ColumnElement[UUID]) -> list[ColumnElement[bool]]:
        """The conditions on a record with an id from `low` to `high`.

        The bounds stand at the responses too: PostgreSQL may merge the two by id, and would read all
        responses that come before the block.
        """
        kept = [
            Record.dataset_id == self.dataset_id,
            Record.status == RecordStatus(self.status),
            Record.id.between(low, high),
        ]
        if self.unanswered_by is not None:
            theirs = select(Response.id).where(
                Response.record_id == Record.id,
                Response.user_id == self.unanswered_by,
                Response.record_id.between(low, high),
            )
            kept.append(not_(theirs.correlate_except(Response).exists()))
        return kept


@lru_cache(maxsize=1024)
def blocks_for(user_id: UUID) -> tuple[int, ...]:
    """The first bytes of record ids in the user's order."""
    return tuple(
        sorted(range(_BLOCKS), key=lambda block: hashlib.sha256(user_id.bytes + bytes([block])).digest())
    )


def order(user_id: UUID) -> list[ColumnElement[Any]]:
    """What to order by, to sort all."""
    ranks = bytearray(_BLOCKS)
    for at, block in enumerate(blocks_for(user_id)):
        ranks[block] = at
    first_byte = func.get_byte(func.uuid_send(Record.id), 0)
    return [func.get_byte(literal(bytes(ranks), LargeBinary), first_byte), Record.id]


async def page(
    connection: AsyncConnection,
    wanted: Wanted,
    user_id: UUID,
    *,
    offset: int,
    limit: int,
) -> list[UUID]:
    """The same order, read block by block; the first blocks are nearly always enough."""
    blocks = blocks_for(user_id)
    for some in (blocks[:_FIRST_BLOCKS], blocks):
        asked = _of_blocks(wanted, some, offset + limit)
        found = list((await connection.execute(asked)).scalars())
        if len(found) == offset + limit:
            break
    return found[offset:]


def _of_blocks(wanted: Wanted, blocks: Sequence[int], most: int) -> Select[tuple[UUID]]:
    lows = [UUID(bytes=bytes([block]) + b"\x00" * 15) for block in blocks]
    highs = [UUID(bytes=bytes([block]) + b"\xff" * 15) for block in blocks]
    ids = ARRAY(UUID_TYPE(as_uuid=True))
    given = (
        func.unnest(cast(literal(lows, ids), ids), cast(literal(highs, ids), ids))
        .table_valued(column("low", UUID_TYPE), column("high", UUID_TYPE), with_ordinality="turn")
        .render_derived(name="block")
    )
    inside = (
        select(Record.id)
        .where(*wanted.between(given.c.low, given.c.high))
        .order_by(Record.id)
        .limit(most)
        .lateral("found")
    )
    return select(inside.c.id).select_from(given.join(inside, literal_column("true"))).order_by(
        given.c.turn, inside.c.id
    ).limit(most)  # fmt: skip
