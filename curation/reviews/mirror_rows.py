"""A response in Argilla as a row of the mirror; it follows from the response and its record alone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection

from curation import review_form as form
from curation.label_lookup import LabelLookup
from curation.labelling import TeacherLabel
from curation.queues import Queue
from curation.review_form import Filled
from curation.review_rows import APPROVED, DECISIONS, DISCARDED
from storage.argilla_client import StoredResponse
from storage.moving import origins
from storage.moving.origins import Origin

Row = dict[str, Any]
_BATCH = 500


def rows(
    connection: Connection,
    responses: Iterable[StoredResponse],
    queue: Queue,
    labels: LabelLookup,
) -> Iterator[tuple[str, Row | None]]:
    """Each response's review id and its row, None for one that is no decision (yet).

    An answer that was copied from another Argilla has the id, and unless it was changed since the
    time, that it had there.
    """
    batch: list[StoredResponse] = []
    for response in responses:
        batch.append(response)
        if len(batch) == _BATCH:
            yield from _rows(connection, batch, queue, labels)
            batch = []
    yield from _rows(connection, batch, queue, labels)


def _rows(
    connection: Connection, batch: list[StoredResponse], queue: Queue, labels: LabelLookup
) -> Iterator[tuple[str, Row | None]]:
    known = origins.known(connection, [response.id for response in batch])
    filled = [(response, form.read(response.values, response.status)) for response in batch]
    shown = labels({label_id for response, answer in filled for label_id in _shown(response, answer)})
    for response, answer in filled:
        origin = known.get(response.id)
        yield origin.origin_id if origin else response.id, _row(response, answer, origin, queue, shown)


def _shown(response: StoredResponse, filled: Filled) -> tuple[str, ...]:
    """The ids of the label that the person saw: as the answer says, else as the record does."""
    named = (filled.provenance.label_id, response.metadata.get(form.LABEL_ID))
    return tuple(str(label_id) for label_id in named if label_id)


def _row(
    response: StoredResponse,
    filled: Filled,
    origin: Origin | None,
    queue: Queue,
    labels: Mapping[str, TeacherLabel],
) -> Row | None:
    """A finished response as a row. Argilla's own "discard" button is a discard; drafts do not count.

    A person in Argilla's own UI may approve and leave the output empty: it is the teacher's.
    """
    if response.status == "draft":
        return None
    if filled.decision not in DECISIONS:
        return None
    label = next((labels[each] for each in _shown(response, filled) if each in labels), None)
    output = None if filled.decision == DISCARDED else filled.output
    if filled.decision == APPROVED and output is None and label is not None:
        output = label.output
    return {
        "review_id": origin.origin_id if origin else response.id,
        "record_id": response.external_id,
        "queue": queue.name,
        "prompt_version": queue.prompt_version,
        "label_id": label.label_id if label else "",
        "reviewer": response.username,
        "decision": filled.decision,
        "output": output,
        "error_tags": list(filled.error_tags),
        "ratings": json.dumps(filled.ratings, sort_keys=True),
        "note": filled.note,
        "tag_reasons": json.dumps(filled.provenance.tag_reasons, ensure_ascii=False, sort_keys=True),
        "picked_label_id": filled.provenance.picked_label_id,
        "blind": filled.provenance.blind,
        "batch": filled.provenance.batch,
        "seconds_spent": filled.provenance.seconds_spent,
        "client_id": filled.provenance.client_id,
        "base_version": filled.provenance.base_version,
        "submitted_at": origin.time_of(response.updated_at) if origin else response.updated_at,
        "deleted": False,
    }
