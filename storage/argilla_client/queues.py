"""Review queues: Argilla's datasets, made, filled and counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from storage.argilla_client.accounts import Accounts
from storage.argilla_client.replies import (
    NamedListReply,
    ProgressReply,
    QueueReply,
    QueuesReply,
    read,
)
from storage.argilla_client.shapes import (
    LONGEST_LABEL,
    MOST_LABELS,
    AddedRecords,
    LabelQuestion,
    Question,
    QueueProgress,
    QueueRecord,
    QueueSpec,
    QueueSummary,
    RatingQuestion,
)
from storage.errors import Conflict, InvalidInput, NotFound

BATCH = 500
_DELETED_AT_ONCE = 100


class Queues(Accounts):
    """The part of the client that knows queues and the records on them."""

    def create_queue(self, spec: QueueSpec) -> str:
        """Make and publish a queue; its id. Called again with the same spec it gives the same queue.

        What an interrupted call left unpublished is replaced. Raises Conflict where a published
        queue of that name has other fields, questions or `min_submitted`.
        """
        workspace_id = self.ensure_workspace(spec.workspace)
        standing = next((reply for reply in self._datasets(workspace_id) if reply.name == spec.name), None)
        if standing is not None and standing.status == "ready":
            self._check_same(standing, spec)
            return standing.id
        if standing is not None:
            self.delete_queue(standing.id)
        body = {
            "name": spec.name,
            "workspace_id": workspace_id,
            "guidelines": spec.guidelines or None,
            "allow_extra_metadata": True,
            "distribution": {"strategy": "overlap", "min_submitted": spec.min_submitted},
        }
        queue_id = read(self._http.request("POST", "/datasets", json=body), QueueReply).id
        for path, part in _parts(spec):
            self._http.request("POST", f"/datasets/{queue_id}/{path}", json=part)
        self._http.request("PUT", f"/datasets/{queue_id}/publish")
        return queue_id

    def queues(self, workspace: str) -> list[QueueSummary]:
        """The published queues of a workspace, oldest first. Raises NotFound for an unknown one."""
        workspace_id = self._workspace(workspace)
        if workspace_id is None:
            raise NotFound(f"Argilla has no workspace {workspace!r} that this account may see.")
        found = [reply.summary() for reply in self._datasets(workspace_id) if reply.status == "ready"]
        return sorted(found, key=lambda queue: queue.created_at)

    def delete_queue(self, queue_id: str) -> None:
        """Delete a queue with its records and every response to them; one that is gone is no error."""
        try:
            self._http.request("DELETE", f"/datasets/{queue_id}")
        except NotFound:
            return

    def add_records(self, queue_id: str, records: Sequence[QueueRecord]) -> AddedRecords:
        """Put records on a queue, 500 at a time; those it has (by `external_id`) are brought up to date.

        Responses stay. Safe to call again after any failure.
        """
        ids = {name: question_id for question_id, name in self._question_names(queue_id).items()}
        before = self.progress(queue_id).total
        for start in range(0, len(records), BATCH):
            body = {"items": [_record(record, ids) for record in records[start : start + BATCH]]}
            self._http.request("PUT", f"/datasets/{queue_id}/records/bulk", json=body)
        new = self.progress(queue_id).total - before
        return AddedRecords(new, len(records) - new)

    def delete_records(self, queue_id: str, record_ids: Sequence[str]) -> None:
        """Delete records with their suggestions and every response; those that are gone are no error."""
        for start in range(0, len(record_ids), _DELETED_AT_ONCE):
            some = ",".join(record_ids[start : start + _DELETED_AT_ONCE])
            self._http.request("DELETE", f"/datasets/{queue_id}/records", parameters={"ids": some})

    def progress(self, queue_id: str) -> QueueProgress:
        """How far everybody together has come."""
        found = read(self._http.request("GET", f"/datasets/{queue_id}/progress"), ProgressReply)
        return QueueProgress(found.total, found.completed, found.pending)

    def _datasets(self, workspace_id: str) -> list[QueueReply]:
        reply = self._http.request("GET", "/me/datasets", parameters={"workspace_id": workspace_id})
        return read(reply, QueuesReply).items

    def _question_names(self, queue_id: str) -> dict[str, str]:
        """Question names by id; fixed when a queue is published, so asked once."""
        known = _known_questions(self._http.base_url, queue_id)
        if not known:
            known.update(self._names(queue_id, "questions"))
        return known

    def _names(self, queue_id: str, part: str) -> dict[str, str]:
        found = read(self._http.request("GET", f"/datasets/{queue_id}/{part}"), NamedListReply).items
        return {reply.id: reply.name for reply in found}

    def _check_same(self, standing: QueueReply, spec: QueueSpec) -> None:
        fields = set(self._names(standing.id, "fields").values())
        questions = set(self._names(standing.id, "questions").values())
        same = (
            fields == {field.name for field in spec.fields}
            and questions == {question.name for question in spec.questions}
            and standing.distribution.min_submitted == spec.min_submitted
        )
        if not same:
            raise Conflict(
                f"There is a queue {spec.name!r} already, with fields {sorted(fields)}, questions "
                f"{sorted(questions)} and {standing.distribution.min_submitted} answers a record.",
                next_step="Choose another name; what a published queue asks cannot be changed.",
            )


@lru_cache(maxsize=256)
def _known_questions(base_url: str, queue_id: str) -> dict[str, str]:
    return {}


def _parts(spec: QueueSpec) -> Iterator[tuple[str, dict[str, Any]]]:
    for field in spec.fields:
        yield (
            "fields",
            {
                "name": field.name,
                "title": field.title or field.name,
                "required": field.required,
                "settings": {"type": "text", "use_markdown": field.markdown},
            },
        )
    for question in spec.questions:
        yield (
            "questions",
            {
                "name": question.name,
                "title": question.title or question.name,
                "description": question.description or None,
                "required": question.required,
                "settings": _settings(question),
            },
        )
    for shown in spec.metadata:
        yield (
            "metadata-properties",
            {
                "name": shown.name,
                "title": shown.title or shown.name,
                "settings": {"type": shown.kind},
                "visible_for_annotators": shown.for_annotators,
            },
        )


def _settings(question: Question) -> dict[str, Any]:
    if isinstance(question, LabelQuestion):
        longest = max(map(len, question.labels), default=0)
        if not 2 <= len(question.labels) <= MOST_LABELS or longest > LONGEST_LABEL:
            raise InvalidInput(
                f"Question {question.name!r} has {len(question.labels)} labels of up to {longest} "
                f"characters; Argilla takes 2 to {MOST_LABELS} of up to {LONGEST_LABEL}.",
                next_step="Ask for text instead, and check the answers.",
            )
        options = [{"value": label, "text": label} for label in question.labels]
        return {"type": "label_selection", "options": options}
    if isinstance(question, RatingQuestion):
        values = range(question.least, question.most + 1)
        return {"type": "rating", "options": [{"value": value} for value in values]}
    return {"type": "text", "use_markdown": question.markdown}


def _record(record: QueueRecord, question_ids: dict[str, str]) -> dict[str, Any]:
    unknown = set(record.suggestions) - set(question_ids)
    if unknown:
        raise InvalidInput(f"The queue asks no question {sorted(unknown)}; it asks {sorted(question_ids)}.")
    return {
        "external_id": record.external_id,
        "fields": dict(record.fields),
        "metadata": dict(record.metadata),
        "suggestions": [
            {
                "question_id": question_ids[name],
                "value": suggestion.value,
                "score": suggestion.score,
                "agent": suggestion.agent,
            }
            for name, suggestion in record.suggestions.items()
        ],
    }
