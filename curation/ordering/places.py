"""The places of a queue's records: written down when they are added, with what orders them."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from curation import outputs, proposals
from curation.corpus import Record
from curation.labelling import TeacherLabel
from curation.ordering.orders import shuffle_place
from curation.tasks import Task
from storage import database
from storage.database.tables import queue_records as table
from storage.database.tables import queues
from storage.errors import InvalidInput
from storage.project import Project

LONGEST_FACET = 100
"""Characters of a value that a slice can be made of."""
CONFIDENCE = "confidence"
"""The extra column that is read as how sure the teacher was, 0-1."""
_BATCH = 2_000
_RULES_HEEDED = 2


@dataclass(frozen=True)
class Place:
    """What is known of a record of a queue beyond Argilla."""

    record_id: str
    label_id: str
    blind: bool
    probe: bool


def settle(
    project: Project,
    queue: str,
    task: Task,
    records: Sequence[Record],
    labels: Mapping[str, TeacherLabel],
    every_label: Iterable[TeacherLabel],
    *,
    there: Collection[str] = (),
    blind_share: float = 0.0,
    probes: Collection[str] = (),
) -> dict[str, Place]:
    """Write the records of a queue down, and give the places of all of them.

    Called before they go to Argilla, so that a record is blind there if it is here. Those already
    `there` are not blind; one that has a place keeps it, with its doubt counted anew.
    """
    said: defaultdict[str, list[str]] = defaultdict(list)
    for label in every_label:
        said[label.record_id].append(label.output)
    rows = [
        {
            "queue": queue,
            "record_id": record.record_id,
            "label_id": labels[record.record_id].label_id,
            "shuffle": shuffle_place(record.record_id),
            "doubt": doubt(task, record, labels[record.record_id].output, said[record.record_id]),
            "facets": facets(record),
            "blind": record.record_id not in there
            and falls_in(blind_share, "blind", queue, record.record_id),
            "probe": record.record_id in probes,
        }
        for record in records
    ]
    with database.engine(project).begin() as connection:
        for start in range(0, len(rows), _BATCH):
            statement = insert(table).values(rows[start : start + _BATCH])
            fresh = {"doubt": statement.excluded.doubt, "facets": statement.excluded.facets}
            connection.execute(
                statement.on_conflict_do_update(index_elements=["queue", "record_id"], set_=fresh)
            )
    return of_queue(project, queue)


def of_queue(project: Project, queue: str, record_ids: Collection[str] | None = None) -> dict[str, Place]:
    """The places of a queue's records, or of some, by record id."""
    chosen = select(table.c.record_id, table.c.label_id, table.c.blind, table.c.probe)
    chosen = chosen.where(table.c.queue == queue)
    if record_ids is not None:
        chosen = chosen.where(table.c.record_id.in_(list(record_ids)))
    with database.engine(project).connect() as connection:
        rows = connection.execute(chosen).all()
    return {row.record_id: Place(row.record_id, row.label_id, row.blind, row.probe) for row in rows}


def is_blind(project: Project, queue: str, record_id: str) -> bool:
    """Whether a record of a queue is decided on without the teacher's output."""
    place = of_queue(project, queue, [record_id]).get(record_id)
    return place is not None and place.blind


def probes(project: Project, task: str) -> frozenset[tuple[str, str]]:
    """Queue and record of all that is there only to measure people."""
    chosen = select(table.c.queue, table.c.record_id).join(queues, queues.c.name == table.c.queue)
    with database.engine(project).connect() as connection:
        rows = connection.execute(chosen.where(queues.c.task == task, table.c.probe)).all()
    return frozenset((row.queue, row.record_id) for row in rows)


def doubt(task: Task, record: Record, output: str, said: Sequence[str]) -> float:
    """How little the label can be trusted, 0-2: more is shown earlier under "least certain first".

    The share of outputs for the record that are not the most frequent one, plus a quarter for each of up
    to two rules that find something, plus half of what the recorded confidence lacks.
    """
    differing = _differing(task, said) if len(set(said)) > 1 else 0.0
    hits = min(len(proposals.of(task, record.inputs, output)), _RULES_HEEDED)
    return differing + hits / (2 * _RULES_HEEDED) + (1 - _confidence(record)) / 2


def facets(record: Record) -> dict[str, str]:
    """The values that slices are made of: those short enough, an extra behind an input of its name."""
    every = {**record.extras, **record.inputs}
    return {
        name: text.replace("\0", "") for name, text in every.items() if text and len(text) <= LONGEST_FACET
    }


def falls_in(share: float, *parts: str) -> bool:
    """Whether a hash of the parts falls into a share (0-1)."""
    digest = hashlib.sha256("/".join(parts).encode()).digest()
    return int.from_bytes(digest[:6]) < share * 2**48


def _differing(task: Task, said: Sequence[str]) -> float:
    keys: Counter[str] = Counter()
    for output in said:
        try:
            keys[outputs.key(task, output)] += 1
        except InvalidInput:
            keys[output.strip()] += 1
    return 1 - max(keys.values()) / keys.total()


def _confidence(record: Record) -> float:
    given: Any = next((text for name, text in record.extras.items() if name.lower() == CONFIDENCE), None)
    try:
        return min(1.0, max(0.0, float(given)))
    except (TypeError, ValueError):
        return 1.0
