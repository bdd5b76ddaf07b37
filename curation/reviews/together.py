"""One decision on many records: each becomes an ordinary answer of its own, and one undo takes all back.

The records that a batch names are written down before the first of them is sent, and every answer
carries the batch in its provenance. So a batch that was cut short may be sent again, and its undo
finds exactly what came of it: answers that were changed since stay.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from curation import ordering, outputs, queues
from curation import review_form as form
from curation.ordering import leases
from curation.queues import Queue
from curation.review_rows import APPROVED, CORRECTED, DECISIONS
from curation.reviews import conflicts, deciding
from curation.reviews.cards import Card, holder_of
from curation.reviews.decisions import Decision
from curation.reviews.shown import shown
from curation.tasks import Task
from storage import database, locks
from storage.argilla_client import ArgillaClient
from storage.database.tables import batch_records as table
from storage.errors import Conflict, InvalidInput, NotAllowed, ServiceUnavailable, UserError
from storage.identifiers import now
from storage.project import Project

MOST_AT_ONCE = 250
"""Records in one sending; a larger batch is sent in parts under one id."""
_AT_A_TIME = 4

Each = TypeVar("Each")


@dataclass(frozen=True)
class Together:
    """What a person decided on several records at once. `client_id` names the batch.

    An approval without `output` keeps what the teacher said of each. With one, every record gets that
    output: approved where the teacher said so, corrected elsewhere.
    """

    queue: str
    argilla_ids: Sequence[str]
    decision: str
    client_id: str
    output: str | None = None
    error_tags: Sequence[str] = ()


@dataclass(frozen=True)
class Refused:
    """A record that did not take the decision, by its id in Argilla, and why."""

    record: str
    what: str


@dataclass(frozen=True)
class Outcome:
    """What stands after a batch, by ids in Argilla."""

    saved: tuple[str, ...]
    refused: tuple[Refused, ...] = field(default=())


@dataclass(frozen=True)
class TakenBack:
    """What an undo took back, and what it kept because it was decided anew since."""

    undone: tuple[str, ...]
    kept: tuple[str, ...] = field(default=())


def submit_all(client: ArgillaClient, project: Project, person: str, wanted: Together) -> Outcome:
    """Store the decision on every record as `person`, who is `client`'s user. Sent twice it counts once.

    An earlier decision of theirs is never replaced: that record is refused. Raises InvalidInput for a
    decision that no record could take, Conflict for a batch that was undone, ServiceUnavailable where
    Argilla does not answer: sent again, the batch goes on where it stopped.
    """
    queue = queues.get(project, wanted.queue)
    task = queues.task_of(project, queue)
    records = list(dict.fromkeys(wanted.argilla_ids))
    _check(wanted, records)

    def decide(argilla_id: str) -> UserError | None:
        try:
            _decide(client, project, person, queue, task, wanted, argilla_id)
        except (ServiceUnavailable, NotAllowed):
            raise
        except UserError as fault:
            return fault
        return None

    with database.engine(project).begin() as connection:
        locks.hold(connection, f"batch/{person}/{wanted.client_id}")
        _write_down(project, person, wanted, records)
        faults = dict(zip(records, _each(decide, records), strict=True))
    return Outcome(
        saved=tuple(record for record, fault in faults.items() if fault is None),
        refused=tuple(Refused(record, fault.what) for record, fault in faults.items() if fault is not None),
    )


def undo_all(client: ArgillaClient, project: Project, person: str, queue: str, client_id: str) -> TakenBack:
    """Take back what `person`'s batch decided; a batch that is not there takes nothing back.

    After it the batch is closed: a part of it that comes late is refused.
    """
    opened = queues.get(project, queue)
    mine = (table.c.person == person) & (table.c.batch == client_id) & (table.c.queue == queue)

    def take_back(argilla_id: str) -> bool:
        with conflicts.in_turn(project, argilla_id, replaces=True):
            own = client.items(opened.argilla_id, [argilla_id])[argilla_id].own
            if own is None or form.read(own.values, own.state.status).provenance.batch != client_id:
                return False
            client.delete_response(own.state.id)
        return True

    with database.engine(project).begin() as connection:
        locks.hold(connection, f"batch/{person}/{client_id}")
        with database.engine(project).begin() as writing:
            writing.execute(update(table).where(mine).values(undone_at=now()))
            named = list(writing.execute(select(table.c.argilla_id).where(mine)).scalars())
        standing = client.items(opened.argilla_id, named)
        decided = [each for each in named if each in standing and standing[each].own is not None]
        taken = dict(zip(decided, _each(take_back, decided), strict=True))
    holder = holder_of(opened, person, ordering.of(project, queue).handing)
    for each, done in taken.items():
        if done:
            leases.reopen(project, holder, standing[each].external_id)
    return TakenBack(
        undone=tuple(each for each, done in taken.items() if done),
        kept=tuple(each for each, done in taken.items() if not done),
    )


def _check(wanted: Together, records: Sequence[str]) -> None:
    if not 1 <= len(records) <= MOST_AT_ONCE:
        raise InvalidInput(
            f"{len(records)} records are named.", next_step=f"Send 1 to {MOST_AT_ONCE} of them at once."
        )
    if wanted.decision not in DECISIONS:
        raise InvalidInput(
            f"{wanted.decision!r} is not a decision.", next_step=f"Choose one of {', '.join(DECISIONS)}."
        )


def _write_down(project: Project, person: str, wanted: Together, records: Sequence[str]) -> None:
    """Name the records of the batch before anything is sent. Raises Conflict for one that was undone."""
    whole = (table.c.person == person) & (table.c.batch == wanted.client_id)
    named = [
        {"person": person, "batch": wanted.client_id, "argilla_id": each, "queue": wanted.queue, "at": now()}
        for each in records
    ]
    with database.engine(project).begin() as connection:
        if connection.execute(select(table).where(whole, table.c.undone_at.is_not(None)).limit(1)).first():
            raise Conflict("These decisions were taken back already.", next_step="Decide them anew.")
        connection.execute(insert(table).values(named).on_conflict_do_nothing())


def _decide(
    client: ArgillaClient,
    project: Project,
    person: str,
    queue: Queue,
    task: Task,
    wanted: Together,
    argilla_id: str,
) -> None:
    found = client.item(argilla_id, queue_id=queue.argilla_id)
    card = shown(project, queue, task, [found])[0].card
    if card.blind:
        raise InvalidInput("This record is decided on its own card.", next_step="Open it on the Review page.")
    decision = _for(task, card, wanted)
    named = replace(decision, argilla_id=argilla_id)
    deciding.store(client, project, queue, task, found, card, named, person=person)


def _for(task: Task, card: Card, wanted: Together) -> Decision:
    """The batch's decision as this record takes it."""
    decision, output = wanted.decision, wanted.output
    if decision == APPROVED and output is not None and not outputs.same(task, output, card.output):
        decision = CORRECTED
    elif decision == CORRECTED and outputs.same(task, output or "", card.output):
        decision = APPROVED
    return Decision(
        queue=wanted.queue,
        argilla_id=card.argilla_id,
        decision=decision,
        client_id=f"{wanted.client_id}/{card.record_id}",
        output=output if decision == CORRECTED else None,
        error_tags=wanted.error_tags,
        batch=wanted.client_id,
    )


def _each(work: Callable[[str], Each], records: Iterable[str]) -> list[Each]:
    """`work` on every record, a few at a time. After the first error no other is begun, and it is raised."""
    with ThreadPoolExecutor(_AT_A_TIME, thread_name_prefix="batch") as pool:
        running = [pool.submit(work, record) for record in records]
        wait(running, return_when=FIRST_EXCEPTION)
        pool.shutdown(cancel_futures=True)
    for each in running:
        if not each.cancelled() and (fault := each.exception()) is not None:
            raise fault
    return [each.result() for each in running]
