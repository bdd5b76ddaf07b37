"""Reviewing: what is left for a person, and their answers, stored once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

from storage.argilla_client.queues import BATCH, Queues
from storage.argilla_client.replies import (
    MetricsReply,
    QueueReply,
    RecordReply,
    ResponseReply,
    SearchReply,
    UsersReply,
    read,
)
from storage.argilla_client.shapes import (
    MyProgress,
    OwnResponse,
    QueueItem,
    RecordGone,
    ResponseState,
    Status,
    StoredResponse,
)
from storage.errors import Conflict, NotAllowed, NotFound, ServiceUnavailable

PAGE = 1000
MOST_VALUES = 250
"""The most values that Argilla takes in one filter."""
_PENDING_FOR_ME = [
    {"type": "terms", "scope": {"entity": "response", "property": "status"}, "values": ["pending"]},
    {"type": "terms", "scope": {"entity": "record", "property": "status"}, "values": ["pending"]},
]
_ANSWERED = {
    "type": "terms",
    "scope": {"entity": "response", "property": "status"},
    "values": ["submitted", "discarded", "draft"],
}
_BY_ARRIVAL = {"scope": {"entity": "record", "property": "inserted_at"}, "order": "asc"}


class Responses(Queues):
    """The part of the client that knows answers."""

    def pending(self, queue_id: str, limit: int, exclude: Collection[str] = frozenset()) -> list[QueueItem]:
        """Up to `limit` records that wait for this person, in their own order.

        Those are pending records to which they have given no answer, not even a draft. `exclude`
        holds record ids decided but not yet stored.
        """
        found: list[QueueItem] = []
        offset = 0
        while len(found) < limit:
            asked = min(limit + len(exclude), PAGE)
            page = self._search(
                queue_id, {"filters": {"and": _PENDING_FOR_ME}}, mine=True, limit=asked, offset=offset,
                include=("suggestions", "responses"),
            )  # fmt: skip
            kept = [hit.record for hit in page.items if hit.record.id not in exclude]
            found += [self._item(record, record.responses) for record in kept]
            offset += asked
            if offset >= page.total:
                break
        return found[:limit]

    def pending_of(self, queue_id: str, external_ids: Collection[str]) -> list[QueueItem]:
        """Those of these records (by `external_id`, 250 at most) that wait for this person, in any order."""
        these = {
            "type": "terms",
            "scope": {"entity": "record", "property": "external_id"},
            "values": sorted(external_ids),
        }
        body = {"filters": {"and": [these, *_PENDING_FOR_ME]}}
        limit = max(1, len(external_ids))
        page = self._search(queue_id, body, mine=True, limit=limit, include=("suggestions", "responses"))
        return [self._item(hit.record, hit.record.responses) for hit in page.items]

    def item(self, record_id: str, *, queue_id: str | None = None) -> QueueItem:
        """One record with this person's own answer, as `pending` gives it.

        Told the queue it asks once instead of twice. Raises RecordGone, also for another queue's record.
        """
        if queue_id is None:
            queue_id = self._record(record_id).dataset_id  # its reply would show annotators hidden metadata
        this = {
            "type": "terms",
            "scope": {"entity": "record", "property": "id"},
            "values": [record_id],
        }
        page = self._search(
            queue_id, {"filters": {"and": [this]}}, mine=True, limit=1, include=("suggestions", "responses")
        )
        if not page.items:
            raise RecordGone.named(record_id)
        record = page.items[0].record
        return self._item(record, record.responses)

    def waiting(
        self, queue_id: str, limit: int, *, words: str = "", among: Collection[str] | None = None
    ) -> tuple[list[QueueItem], int]:
        """Up to `limit` (at most 1,000) records that wait for this person, and how many there are.

        `words` are searched for in every field; `among` names, by `external_id`, the records that count.
        """
        query = {"query": {"text": {"q": words.strip()}}} if words.strip() else {}
        if among is None:
            body = query | {"filters": {"and": _PENDING_FOR_ME}}
            page = self._search(queue_id, body, mine=True, limit=min(limit, PAGE))
            return [self._item(hit.record, []) for hit in page.items], page.total
        found: list[QueueItem] = []
        total = 0
        wanted = sorted(among)
        for start in range(0, len(wanted), MOST_VALUES):
            some = wanted[start : start + MOST_VALUES]
            scope = {"entity": "record", "property": "external_id"}
            these = {"type": "terms", "scope": scope, "values": some}
            body = query | {"filters": {"and": [*_PENDING_FOR_ME, these]}}
            page = self._search(queue_id, body, mine=True, limit=MOST_VALUES)
            total += page.total
            found += [self._item(hit.record, []) for hit in page.items]
        return found[:limit], total

    def items(self, queue_id: str, record_ids: Collection[str]) -> dict[str, QueueItem]:
        """Those of these records that the queue has, by id, with this person's own answers."""
        found: dict[str, QueueItem] = {}
        wanted = sorted(record_ids)
        for start in range(0, len(wanted), MOST_VALUES):
            some = wanted[start : start + MOST_VALUES]
            these = {"type": "terms", "scope": {"entity": "record", "property": "id"}, "values": some}
            page = self._search(
                queue_id, {"filters": {"and": [these]}}, mine=True, limit=MOST_VALUES,
                include=("suggestions", "responses"),
            )  # fmt: skip
            records = [hit.record for hit in page.items]
            found |= {record.id: self._item(record, record.responses) for record in records}
        return found

    def submit(
        self,
        record_id: str,
        values: Mapping[str, Any],
        status: Status = "submitted",
        *,
        based_on: str | None = None,
    ) -> ResponseState:
        """Store this person's answer to a record, or replace the one they gave.

        Sending the same answer again changes nothing, so it may be repeated until it is
        acknowledged. `based_on` is the version of the answer the person saw ("" for none): where
        another stands by now that is not this one already, Conflict is raised and it stays. Values
        that are None are left out.
        """
        body = {"values": _answers(values), "status": status}
        try:
            reply = self._http.request("POST", f"/records/{record_id}/responses", json=body)
        except (Conflict, ServiceUnavailable):
            standing = self._own_response(record_id)  # it exists, or the first attempt got through
            if standing is None:
                raise
            _check_unchanged(standing, values, based_on)
            # replacing an equal answer changes nothing but makes sure that the record's status is counted
            reply = self._http.request("PUT", f"/responses/{standing.id}", json=body)
        return _state(read(reply, ResponseReply))

    def delete_response(self, response_id: str) -> None:
        """Take an answer back; one that is gone is no error."""
        try:
            self._http.request("DELETE", f"/responses/{response_id}")
        except NotFound:
            return

    def submit_as(
        self,
        user_id: str,
        queue_id: str,
        answers: Mapping[str, Mapping[str, Any]],
        status: Status = "submitted",
    ) -> int:
        """Store answers (by record id) in the name of another account (owners only); how many.

        Those the account gave before are replaced.
        """
        whose = {"user_id": user_id, "status": status}
        listed = [
            {"id": record_id, "responses": [whose | {"values": _answers(values)}]}
            for record_id, values in answers.items()
        ]
        for start in range(0, len(listed), BATCH):
            body = {"items": listed[start : start + BATCH]}
            self._http.request("PUT", f"/datasets/{queue_id}/records/bulk", json=body)
        return len(listed)

    def record_ids_of(self, queue_id: str, external_ids: Collection[str]) -> dict[str, str]:
        """The ids, by `external_id`, of those of these records that the queue has and this person may see."""
        found: dict[str, str] = {}
        wanted = sorted(external_ids)
        for start in range(0, len(wanted), MOST_VALUES):
            some = wanted[start : start + MOST_VALUES]
            these = {
                "type": "terms",
                "scope": {"entity": "record", "property": "external_id"},
                "values": some,
            }
            page = self._search(queue_id, {"filters": {"and": [these]}}, mine=True, limit=MOST_VALUES)
            found |= {hit.record.external_id or "": hit.record.id for hit in page.items}
        return found

    def responses(self, queue_id: str) -> Iterator[StoredResponse]:
        """Every answer on a queue, records in the order they came (owners and admins only).

        Pages by the time a record came, so answers given or taken back meanwhile shift nothing.
        """
        names = self.usernames(queue_id)
        seen: set[str] = set()
        since: datetime | None = None
        while True:
            page = self._search(
                queue_id, _answered_since(since), mine=False, limit=PAGE, include=("responses",)
            )
            records = [hit.record for hit in page.items if hit.record.id not in seen]
            for record in records:
                yield from (_stored(response, record, names) for response in record.responses)
            if len(page.items) < PAGE or not records:
                return
            seen = {hit.record.id for hit in page.items}
            since = page.items[-1].record.inserted_at

    def responses_to(
        self, queue_id: str, record_ids: Collection[str], names: Mapping[str, str]
    ) -> Iterator[StoredResponse]:
        """The answers that stand to these records of a queue, asked for 250 records at a time."""
        wanted = sorted(record_ids)
        for start in range(0, len(wanted), MOST_VALUES):
            some = wanted[start : start + MOST_VALUES]
            these = {"type": "terms", "scope": {"entity": "record", "property": "id"}, "values": some}
            page = self._search(
                queue_id, {"filters": {"and": [these]}}, mine=False, limit=MOST_VALUES, include=("responses",)
            )
            for hit in page.items:
                yield from (_stored(response, hit.record, names) for response in hit.record.responses)

    def usernames(self, queue_id: str) -> dict[str, str]:
        """Names of accounts by their id: an owner is told all, an admin those of the queue's workspace."""
        try:
            return {user.id: user.username for user in self.users()}
        except NotAllowed:
            home = read(self._http.request("GET", f"/datasets/{queue_id}"), QueueReply).workspace_id
            members = read(self._http.request("GET", f"/workspaces/{home}/users"), UsersReply).items
            return {user.id: user.username for user in (*(each.user() for each in members), self.me())}

    def record_ids(self, queue_id: str) -> dict[str, str]:
        """The id of every record on a queue by its `external_id` (owners and admins only)."""
        found: dict[str, str] = {}
        since: datetime | None = None
        while True:
            body = {"sort": [_BY_ARRIVAL]} | ({"filters": {"and": [_arrived(since)]}} if since else {})
            page = self._search(queue_id, body, mine=False, limit=PAGE)
            before = len(found)
            found |= {hit.record.external_id or hit.record.id: hit.record.id for hit in page.items}
            if len(page.items) < PAGE or len(found) == before:
                return found
            since = page.items[-1].record.inserted_at

    def my_progress(self, queue_id: str) -> MyProgress:
        """How far this person has come, and how many records still wait for them."""
        reply = self._http.request("GET", f"/me/datasets/{queue_id}/metrics")
        mine = read(reply, MetricsReply).responses
        left = self._search(queue_id, {"filters": {"and": _PENDING_FOR_ME}}, mine=True, limit=1).total
        return MyProgress(mine.total, mine.submitted, mine.discarded, mine.draft, left)

    def _search(
        self, queue_id: str, body: dict[str, Any], *, mine: bool, limit: int, offset: int = 0,
        include: tuple[str, ...] = (),
    ) -> SearchReply:  # fmt: skip
        path = f"{'/me' if mine else ''}/datasets/{queue_id}/records/search"
        parameters = {"limit": limit, "offset": offset, "include": list(include)}
        reply = self._http.request("POST", path, json=body, parameters=parameters, repeatable=True)
        return read(reply, SearchReply)

    def _record(self, record_id: str) -> RecordReply:
        return read(self._http.request("GET", f"/records/{record_id}"), RecordReply)

    def _own_response(self, record_id: str) -> ResponseReply | None:
        me = self._my_id()
        return next((reply for reply in self._record(record_id).responses if reply.user_id == me), None)

    def _item(self, record: RecordReply, own: list[ResponseReply]) -> QueueItem:
        names = self._question_names(record.dataset_id)
        return QueueItem(
            record_id=record.id,
            external_id=record.external_id or "",
            fields=record.fields,
            metadata=record.metadata or {},
            suggestions={names[reply.question_id]: reply.suggestion() for reply in record.suggestions},
            completed=record.status == "completed",
            own=OwnResponse(_state(own[0]), own[0].plain_values()) if own else None,
        )


def _answers(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: {"value": value} for name, value in values.items() if value is not None}


def _check_unchanged(standing: ResponseReply, values: Mapping[str, Any], based_on: str | None) -> None:
    same = standing.plain_values() == {name: value for name, value in values.items() if value is not None}
    if based_on is None or same or based_on == _state(standing).version:
        return
    raise Conflict(
        "This record was answered elsewhere meanwhile, by the same account.",
        next_step="Open it again to see that answer, then decide.",
    )


def _answered_since(since: datetime | None) -> dict[str, Any]:
    filters = [_ANSWERED] if since is None else [_ANSWERED, _arrived(since)]
    return {"filters": {"and": filters}, "sort": [_BY_ARRIVAL]}


def _arrived(since: datetime) -> dict[str, Any]:
    scope = {"entity": "record", "property": "inserted_at"}
    return {"type": "range", "scope": scope, "ge": since.replace(tzinfo=None).isoformat()}


def _state(reply: ResponseReply) -> ResponseState:
    return ResponseState(reply.id, reply.updated_at, reply.status)


def _stored(reply: ResponseReply, record: RecordReply, names: Mapping[str, str]) -> StoredResponse:
    return StoredResponse(
        id=reply.id,
        record_id=record.id,
        external_id=record.external_id or "",
        user_id=reply.user_id,
        username=names.get(reply.user_id, reply.user_id),
        values=reply.plain_values(),
        status=reply.status,
        inserted_at=reply.inserted_at,
        updated_at=reply.updated_at,
        metadata=record.metadata or {},
    )
