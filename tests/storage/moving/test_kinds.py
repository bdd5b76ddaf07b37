"""Every kind of field, question, metadata and vector that Argilla has, made by other programs, moves too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest

from storage import argilla_client, moving
from storage.argilla_client.whole import WholeRecord
from storage.project import Project
from tests.argilla_stand import ArgillaStand
from tests.storage.moving.conftest import Elsewhere

pytestmark = pytest.mark.argilla
OPTIONS = [{"value": value, "text": value.title(), "description": None} for value in ("red", "green", "blue")]
FIELDS = [
    {"name": "text", "title": "Text", "required": True, "settings": {"type": "text", "use_markdown": True}},
    {"name": "talk", "title": "Talk", "required": False, "settings": {"type": "chat", "use_markdown": False}},
    {"name": "picture", "title": "Picture", "required": False, "settings": {"type": "image"}},
    {
        "name": "table", "title": "Table", "required": False,
        "settings": {"type": "custom", "template": "{{record.fields.table.a}}", "advanced_mode": False},
    },
]  # fmt: skip
QUESTIONS = [
    {"name": "words", "title": "Words", "required": True,
     "settings": {"type": "text", "use_markdown": False}},
    {"name": "one", "title": "One", "required": False, "description": "Which?",
     "settings": {"type": "label_selection", "options": OPTIONS, "visible_options": 3}},
    {"name": "many", "title": "Many", "required": False,
     "settings": {"type": "multi_label_selection", "options": OPTIONS, "options_order": "suggestion"}},
    {"name": "stars", "title": "Stars", "required": False,
     "settings": {"type": "rating", "options": [{"value": value} for value in range(5)]}},
    {"name": "order", "title": "Order", "required": False,
     "settings": {"type": "ranking", "options": OPTIONS[:2]}},
    {"name": "spans", "title": "Spans", "required": False,
     "settings": {"type": "span", "field": "text", "options": OPTIONS, "allow_overlapping": True}},
]  # fmt: skip
PROPERTIES = [
    {"name": "shop", "title": "Shop", "settings": {"type": "terms"}, "visible_for_annotators": True},
    {"name": "size", "title": "Size", "settings": {"type": "integer", "min": 0, "max": 9},
     "visible_for_annotators": False},
    {"name": "share", "title": "Share", "settings": {"type": "float"}, "visible_for_annotators": False},
]  # fmt: skip
ANSWERS = {
    "words": "it's «ok»\u2028 – 終わり",
    "one": "red",
    "many": ["red", "blue"],
    "stars": 4,
    "order": [{"value": "red", "rank": 1}, {"value": "green", "rank": 1}],
    "spans": [{"label": "red", "start": 0, "end": 3}, {"label": "blue", "start": 1, "end": 4}],
}


def call(stand: ArgillaStand, method: str, path: str, body: Any = None) -> Any:
    reply = httpx.request(
        method,
        f"{stand.url}/api/v1{path}",
        json=body,
        headers={"X-Argilla-Api-Key": stand.api_key},
        timeout=60,
    )
    assert reply.is_success, reply.text
    return reply.json()


@pytest.fixture
def made(reviewed: Project, argilla_stand: ArgillaStand) -> str:
    """A dataset of everything, with three records; its id."""
    workspace = argilla_client.connect(reviewed).ensure_workspace(reviewed.name)
    head = {
        "name": "Everything there is", "workspace_id": workspace, "guidelines": "# Look\n\nclosely",
        "allow_extra_metadata": False, "distribution": {"strategy": "overlap", "min_submitted": 2},
        "metadata": {"team": "north"},
    }  # fmt: skip
    dataset = call(argilla_stand, "POST", "/datasets", head)["id"]
    for path, parts in (("fields", FIELDS), ("questions", QUESTIONS), ("metadata-properties", PROPERTIES)):
        for part in parts:
            call(argilla_stand, "POST", f"/datasets/{dataset}/{path}", part)
    call(argilla_stand, "POST", f"/datasets/{dataset}/vectors-settings",
         {"name": "meaning", "title": "Meaning", "dimensions": 3})  # fmt: skip
    call(argilla_stand, "PUT", f"/datasets/{dataset}/publish")
    questions = {
        each["name"]: each["id"]
        for each in call(argilla_stand, "GET", f"/datasets/{dataset}/questions")["items"]
    }
    owner = argilla_stand.owner.me().id
    answered = {
        "user_id": owner,
        "status": "submitted",
        "values": {n: {"value": v} for n, v in ANSWERS.items()},
    }
    records = [
        {
            "external_id": "a/1",
            "fields": {
                "text": "<p>red</p>", "talk": [{"role": "user", "content": "hi"}],
                "picture": "https://example.org/a.png", "table": {"a": [1, {"b": None}]},
            },
            "metadata": {"shop": "x", "size": 3, "share": 0.1},
            "suggestions": [
                {"question_id": questions["one"], "value": "red", "score": 0.5, "agent": "m",
                 "type": "model"},
                {"question_id": questions["many"], "value": ["red", "blue"], "score": [0.1, 0.9]},
                {"question_id": questions["words"], "value": "by hand", "type": "human"},
            ],
            "responses": [answered],
            "vectors": {"meaning": [0.1, -2.5, 1e-9]},
        },
        {"fields": {"text": "without an id"}, "responses": [{"user_id": owner, "status": "discarded"}]},
        {"external_id": "a/2", "fields": {"text": "plain"}},
    ]  # fmt: skip
    call(argilla_stand, "POST", f"/datasets/{dataset}/records/bulk", {"items": records})
    return str(dataset)


def whole(project: Project, queue_id: str) -> list[WholeRecord]:
    client = argilla_client.connect(project)
    names = {user_id: each.username for user_id, each in client.accounts(project.name).items()}
    return list(client.whole_records(queue_id, names))


def test_nothing_of_it_is_lost(reviewed: Project, made: str, elsewhere: Elsewhere, tmp_path: Path) -> None:
    source = argilla_client.connect(reviewed)
    settings, records = source.queue_settings(made), whole(reviewed, made)
    assert records[0].vectors == {"meaning": [0.1, -2.5, 1e-9]}
    assert records[0].responses[0].values == ANSWERS
    moving.export(reviewed, tmp_path / "export")
    there = elsewhere(reviewed)
    (moved,) = moving.import_folder(there, tmp_path / "export").queues
    assert (moved.records, moved.responses, moved.linked) == (3, 2, False)
    target = argilla_client.connect(there)
    assert target.queue_settings(moved.queue_id) == settings
    copies = whole(there, moved.queue_id)
    free: Any = {"inserted_at": True, "responses": {"__all__": {"id", "inserted_at", "updated_at"}}}
    assert [each.model_dump(exclude=free) for each in copies] == [
        each.model_dump(exclude=free) for each in records
    ]
    again = moving.import_folder(there, tmp_path / "export")
    assert [(each.new_records, each.new_responses) for each in again.queues] == [(0, 0)]
    assert target.progress(moved.queue_id) == source.progress(made)


def test_imported_where_it_came_from_nothing_is_added(reviewed: Project, made: str, tmp_path: Path) -> None:
    moving.export(reviewed, tmp_path / "export")
    (same,) = moving.import_folder(reviewed, tmp_path / "export").queues
    assert (same.queue_id, same.new_records, same.new_responses) == (made, 0, 0)
    assert argilla_client.connect(reviewed).progress(made).total == 3
