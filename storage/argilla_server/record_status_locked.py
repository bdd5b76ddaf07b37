"""Count a record's answers under a lock of its row, instead of in a serializable transaction.

After each answer Argilla 2.8.0 sets the record's status in a SERIALIZABLE transaction and, when
PostgreSQL cancels it, waits and tries again (`update_record_status` in
argilla_server/contexts/distribution.py). PostgreSQL's check is by page, so answers to different
records cancel each other: with eight people one in seven was tried again. Holding the row and
counting then gives the same status with nothing to cancel: whoever counts last sees every answer.
"""

from __future__ import annotations

from uuid import UUID

import backoff
import sqlalchemy
from argilla_server.contexts import distribution
from argilla_server.database import _get_async_db
from argilla_server.models import Record
from argilla_server.search_engine.base import SearchEngine
from argilla_server.webhooks.v1.enums import RecordEvent
from sqlalchemy import select
from sqlalchemy.orm import selectinload

REPLACED = distribution.update_record_status
REPLACED_SHA256 = "3da3494caddeee0a352ce387546260b60a28823edcaa92317cc526ec44f9ad7b"
"""Of the function's source, in the release that this was written for."""


def install() -> None:
    """Put our function in the place of Argilla's, which its handlers and jobs look up there."""
    distribution.update_record_status = update_record_status


@backoff.on_exception(
    backoff.expo, sqlalchemy.exc.SQLAlchemyError, max_time=distribution.MAX_TIME_RETRY_SQLALCHEMY_ERROR
)
async def update_record_status(search_engine: SearchEngine, record_id: UUID) -> Record:
    """Set whether a record is completed by the answers committed so far. Returns the record."""
    async for db in _get_async_db():
        # the lock lets answers in (they only refer to the row), and the next statement sees them
        await db.execute(select(Record.id).where(Record.id == record_id).with_for_update(key_share=True))
        record = await Record.get_or_raise(
            db,
            record_id,
            options=[selectinload(Record.dataset), selectinload(Record.responses_submitted)],
        )
        await distribution._update_record_status(db, record)
        await db.commit()
        await search_engine.partial_record_update(record, status=record.status)
        await distribution.notify_record_event_v1(db, RecordEvent.updated, record)
        if record.is_completed():
            await distribution.notify_record_event_v1(db, RecordEvent.completed, record)
        return record
    raise RuntimeError("Argilla gave no session")
