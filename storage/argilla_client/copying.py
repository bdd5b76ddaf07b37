"""Whole queues and accounts, read from one Argilla and written to another (owners only)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from storage.argilla_client.accounts import _check_password
from storage.argilla_client.replies import Moment, QueueReply, ResponseReply, SuggestionReply, UserReply, read
from storage.argilla_client.responses import MOST_VALUES, Responses
from storage.argilla_client.shapes import QueueSummary
from storage.argilla_client.whole import (
    Account,
    FieldSettings,
    MetadataSettings,
    QuestionSettings,
    QueueSettings,
    VectorSettings,
    WholeRecord,
    WholeResponse,
    WholeSuggestion,
)

PAGE = 500


class _Reply(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _AccountReply(_Reply):
    id: str
    username: str
    role: Any
    first_name: str = ""
    last_name: str | None = None


class _AccountsReply(_Reply):
    items: list[_AccountReply]


class _SettingsReply(QueueReply):
    guidelines: str | None = None
    allow_extra_metadata: bool = True
    metadata: dict[str, Any] | None = None


class _FieldsReply(_Reply):
    items: tuple[FieldSettings, ...]


class _QuestionsReply(_Reply):
    items: tuple[QuestionSettings, ...]


class _PropertiesReply(_Reply):
    items: tuple[MetadataSettings, ...]


class _VectorsReply(_Reply):
    items: tuple[VectorSettings, ...]


class _SuggestionReply(SuggestionReply):
    type: Any = None


class _RecordReply(_Reply):
    id: str
    external_id: str | None = None
    fields: dict[str, Any]
    metadata: dict[str, Any] | None = None
    responses: list[ResponseReply] = Field(default_factory=list)
    suggestions: list[_SuggestionReply] = Field(default_factory=list)
    vectors: dict[str, list[float]] = Field(default_factory=dict)
    inserted_at: Moment


class _RecordsReply(_Reply):
    items: list[_RecordReply]


class _FoundReply(_Reply):
    record: _RecordReply


class _SearchReply(_Reply):
    items: list[_FoundReply]


class WholeQueues(Responses):
    """The part of the client that copies."""

    def accounts(self, workspace: str) -> dict[str, Account]:
        """Every account by its id, deactivated ones too, as Argilla names them."""
        members = self._members(workspace)
        return {
            reply.id: Account.model_validate(reply.model_dump() | {"member": reply.id in members})
            for reply in read(self._http.request("GET", "/users"), _AccountsReply).items
        }

    def add_account(self, account: Account, password: str) -> str:
        """Make an account; its id. Raises Conflict where the name is taken."""
        _check_password(password)
        body = account.model_dump(include={"username", "role", "last_name"}) | {
            "first_name": account.first_name or account.username,
            "password": password,
        }
        return read(self._http.request("POST", "/users", json=body), UserReply).id

    def queue_settings(self, queue_id: str) -> QueueSettings:
        """All that a queue is besides its records."""
        head = read(self._http.request("GET", f"/datasets/{queue_id}"), _SettingsReply)
        part = f"/datasets/{queue_id}"
        return QueueSettings(
            name=head.name,
            guidelines=head.guidelines,
            allow_extra_metadata=head.allow_extra_metadata,
            min_submitted=head.distribution.min_submitted,
            metadata=head.metadata,
            fields=read(self._http.request("GET", f"{part}/fields"), _FieldsReply).items,
            questions=read(self._http.request("GET", f"{part}/questions"), _QuestionsReply).items,
            metadata_properties=read(
                self._http.request("GET", f"/me{part}/metadata-properties"), _PropertiesReply
            ).items,
            vectors=read(self._http.request("GET", f"{part}/vectors-settings"), _VectorsReply).items,
        )

    def queue_named(self, workspace: str, name: str) -> QueueSummary | None:
        """The published queue of that name; an unpublished one of that name is no queue yet."""
        return next((queue for queue in self.queues(workspace) if queue.name == name), None)

    def make_queue(self, workspace: str, settings: QueueSettings) -> str:
        """Make and publish a queue with these settings; what an interrupted call left is replaced."""
        workspace_id = self.ensure_workspace(workspace)
        for standing in self._datasets(workspace_id):
            if standing.name == settings.name and standing.status == "draft":
                self.delete_queue(standing.id)
        body = {
            "name": settings.name,
            "workspace_id": workspace_id,
            "guidelines": settings.guidelines or None,
            "allow_extra_metadata": settings.allow_extra_metadata,
            "distribution": {"strategy": "overlap", "min_submitted": settings.min_submitted},
            "metadata": settings.metadata,
        }
        queue_id = read(self._http.request("POST", "/datasets", json=body), QueueReply).id
        parts = {
            "fields": settings.fields,
            "questions": settings.questions,
            "metadata-properties": settings.metadata_properties,
            "vectors-settings": settings.vectors,
        }
        for path, listed in parts.items():
            for part in listed:
                content = part.model_dump(mode="json", exclude_none=True)
                self._http.request("POST", f"/datasets/{queue_id}/{path}", json=content)
        self._http.request("PUT", f"/datasets/{queue_id}/publish")
        return queue_id

    def whole_records(self, queue_id: str, names: Mapping[str, str]) -> Iterator[WholeRecord]:
        """Every record with all that hangs on it, from Argilla's tables rather than its search index.

        `names` are the accounts' names by id. Records come in the order in which they arrived, each
        once; what arrives or is deleted meanwhile may be left out.
        """
        before: set[str] = set()
        offset = 0
        while True:
            parameters = {"offset": offset, "limit": PAGE, "include": ["responses", "suggestions", "vectors"]}
            reply = self._http.request("GET", f"/datasets/{queue_id}/records", parameters=parameters)
            page = read(reply, _RecordsReply).items
            yield from (self._whole(queue_id, record, names) for record in page if record.id not in before)
            before = {record.id for record in page}  # records of one moment may change places at the border
            offset += PAGE
            if len(page) < PAGE:
                return

    def records_by_key(
        self, queue_id: str, keys: Sequence[str], names: Mapping[str, str]
    ) -> dict[str, WholeRecord]:
        """Those of up to 250 records that the queue has."""
        found = self._found(queue_id, "external_id", keys)
        ids = [key for key in keys if key not in found and _is_id(key)]
        if ids:  # records that had no external id were named by their id when they were read
            found |= self._found(queue_id, "id", ids)
        return {key: self._whole(queue_id, record, names) for key, record in found.items()}

    def put_whole(self, queue_id: str, records: Iterable[WholeRecord], user_ids: Mapping[str, str]) -> None:
        """Add records with all that hangs on them, in one transaction; those of the same key are replaced.

        Answers of people that stand and are not given here stay.
        """
        questions = {name: question_id for question_id, name in self._question_names(queue_id).items()}
        listed = [_upsert(record, questions, user_ids) for record in records]
        if listed:
            self._http.request("PUT", f"/datasets/{queue_id}/records/bulk", json={"items": listed})

    def _found(self, queue_id: str, by: str, keys: Sequence[str]) -> dict[str, _RecordReply]:
        this = {"type": "terms", "scope": {"entity": "record", "property": by}, "values": list(keys)}
        reply = self._http.request(
            "POST",
            f"/datasets/{queue_id}/records/search",
            json={"filters": {"and": [this]}},
            parameters={"limit": MOST_VALUES, "include": ["responses", "suggestions", "vectors"]},
            repeatable=True,
        )
        records = [hit.record for hit in read(reply, _SearchReply).items]
        return {str(getattr(record, by)): record for record in records}

    def _whole(self, queue_id: str, record: _RecordReply, names: Mapping[str, str]) -> WholeRecord:
        questions = self._question_names(queue_id)
        return WholeRecord(
            key=record.external_id or record.id,
            fields=record.fields,
            metadata=record.metadata or {},
            suggestions=tuple(
                WholeSuggestion(
                    question=questions[each.question_id], value=each.value, score=each.score,
                    agent=each.agent, type=each.type,
                )
                for each in sorted(record.suggestions, key=lambda each: questions[each.question_id])
            ),
            responses=tuple(
                WholeResponse(
                    author=names.get(each.user_id, each.user_id), status=each.status,
                    values=each.plain_values(), id=each.id, inserted_at=each.inserted_at,
                    updated_at=each.updated_at,
                )
                for each in sorted(record.responses, key=lambda each: names.get(each.user_id, each.user_id))
            ),
            vectors=record.vectors,
            inserted_at=record.inserted_at,
        )  # fmt: skip

    def _members(self, workspace: str) -> set[str]:
        workspace_id = self._workspace(workspace)
        if workspace_id is None:
            return set()
        reply = self._http.request("GET", f"/workspaces/{workspace_id}/users")
        return {account.id for account in read(reply, _AccountsReply).items}


def _upsert(record: WholeRecord, questions: Mapping[str, str], user_ids: Mapping[str, str]) -> dict[str, Any]:
    return {
        **({"id": record.key} if _is_id(record.key) else {}),
        "external_id": record.key,
        "fields": record.fields,
        "metadata": record.metadata,
        "suggestions": [
            {"question_id": questions[each.question]}
            | each.model_dump(exclude={"question"}, exclude_none=True)
            for each in record.suggestions
        ],
        "responses": [
            {
                "user_id": user_ids[each.author],
                "status": each.status,
                "values": {name: {"value": value} for name, value in each.values.items()},
            }
            for each in record.responses
        ],
        **({"vectors": record.vectors} if record.vectors else {}),
    }


def _is_id(key: str) -> bool:
    try:
        return str(UUID(key)) == key
    except ValueError:
        return False
