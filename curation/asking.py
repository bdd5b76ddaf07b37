"""Asking a teacher about many records: carefully first, then many at once.

The first records are asked one by one until one succeeds, so that a wrong key or a spent
quota costs a single call. After that as many are in flight as the teacher allows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from curation.corpus import Record
from curation.endpoint import Answer, Reach, TeacherFailure
from storage.errors import ServiceUnavailable

FIRST_TRIES = 3
"""So many records are asked one by one before giving up on all."""
TROUBLES_IN_A_ROW = 8
"""So many failures of the endpoint in a row, each after its retries, end the asking."""

Ask = Callable[[Record], Answer]
Keep = Callable[[Record, Answer | TeacherFailure], None]
Tick = Callable[[], None]


def ask_many(records: Iterable[Record], ask: Ask, keep: Keep, tick: Tick, *, concurrency: int) -> None:
    """Ask about every record. `keep` runs in the asking thread as soon as an answer is there.

    `tick` runs in the calling thread between answers; it may raise to stop. Calls in flight are
    then waited for and kept: they are paid for. Raises ServiceUnavailable when going on cannot
    succeed.
    """

    def one(record: Record) -> TeacherFailure | None:
        try:
            answer = ask(record)
        except TeacherFailure as failure:
            keep(record, failure)
            return failure
        keep(record, answer)
        return None

    waiting = iter(records)
    _carefully(waiting, one, tick)
    _together(waiting, one, tick, concurrency)


def _carefully(waiting: Iterator[Record], one: Callable[[Record], TeacherFailure | None], tick: Tick) -> None:
    for tried, record in enumerate(waiting, start=1):
        tick()
        failure = one(record)
        if failure is None:
            return
        if failure.reach is not Reach.ROW:
            raise _stopped(failure)
        if tried == FIRST_TRIES:
            raise _stopped(failure, f"None of the first {tried} records got an answer. ")


def _together(
    waiting: Iterator[Record],
    one: Callable[[Record], TeacherFailure | None],
    tick: Tick,
    concurrency: int,
) -> None:
    troubles = 0
    with ThreadPoolExecutor(concurrency, thread_name_prefix="teacher") as pool:
        flying: set[Future[TeacherFailure | None]] = set()
        while True:
            while len(flying) < concurrency and (record := next(waiting, None)) is not None:
                flying.add(pool.submit(one, record))
            if not flying:
                return
            landed, flying = wait(flying, timeout=1.0, return_when=FIRST_COMPLETED)
            tick()
            for future in landed:
                failure = future.result()
                if failure is not None and failure.reach is Reach.STOP:
                    raise _stopped(failure)
                troubles = troubles + 1 if failure and failure.reach is Reach.TROUBLE else 0
                if failure is not None and troubles >= TROUBLES_IN_A_ROW:
                    raise _stopped(failure, f"{troubles} records in a row got no answer. ")


def _stopped(failure: TeacherFailure, before: str = "") -> ServiceUnavailable:
    return ServiceUnavailable(
        before + failure.reason,
        next_step="What was answered is kept. Put that right, then start labelling again: "
        "it asks only for the rest.",
    )
