"""What is asked of a filled queue, each through the API and as SQL that a person would write for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.benchmarks._argilla_rows import Filled


@dataclass(frozen=True)
class Question:
    """One question: the request, the statements that answer it from the tables, and its limit."""

    name: str
    limit_ms: float
    method: str
    path: str
    body: dict[str, Any] | None
    statements: tuple[str, ...]


_WAITING = """FROM records AS r WHERE r.dataset_id = %(queue)s AND r.status = 'pending'
AND NOT EXISTS (SELECT FROM responses AS a WHERE a.record_id = r.id AND a.user_id = %(user)s)"""
_SUGGESTED = """ AND EXISTS (SELECT FROM suggestions AS s WHERE s.record_id = r.id
AND s.question_id = %(question)s AND s.value #>> '{}' = 'label-03')"""
_SHOWN = "SELECT r.id, r.fields, (SELECT json_agg(s) FROM suggestions AS s WHERE s.record_id = r.id) "
_TEXT = "FROM records AS r WHERE r.dataset_id = %(queue)s AND r.fields ->> 'text' ILIKE '%%{}%%'"
_PRICED = """FROM records AS r WHERE r.dataset_id = %(queue)s
AND (r.metadata ->> 'price')::int BETWEEN 100 AND 200"""
_PENDING = [
    {"type": "terms", "scope": {"entity": "response", "property": "status"}, "values": ["pending"]},
    {"type": "terms", "scope": {"entity": "record", "property": "status"}, "values": ["pending"]},
]
_LABEL = {
    "type": "terms",
    "scope": {"entity": "suggestion", "question": "category", "property": "value"},
    "values": ["label-03"],
}
_PRICE = {"entity": "metadata", "metadata_property": "price"}
_INCLUDE = "include=suggestions&include=responses"


def questions(filled: Filled) -> list[Question]:
    """The issue's questions, with its limits at 100,000 records."""
    mine = f"/me/datasets/{filled.queue_id}/records/search?{_INCLUDE}"
    return [
        Question(
            "first pending record of a user", 20, "POST", f"{mine}&limit=1", {"filters": {"and": _PENDING}},
            (f"{_SHOWN}{_WAITING} ORDER BY r.inserted_at LIMIT 1", f"SELECT count(*) {_WAITING}"),
        ),
        Question(
            "pending, filtered by suggestion value", 50, "POST", f"{mine}&limit=1",
            {"filters": {"and": [*_PENDING, _LABEL]}},
            (
                f"{_SHOWN}{_WAITING}{_SUGGESTED} ORDER BY r.inserted_at LIMIT 1",
                f"SELECT count(*) {_WAITING}{_SUGGESTED}",
            ),
        ),
        Question(
            "a page of 50 by a rare word", 30, "POST", f"{mine}&limit=50",
            {"query": {"text": {"q": "zirconium"}}},
            (f"{_SHOWN}{_TEXT.format('zirconium')} LIMIT 50", f"SELECT count(*) {_TEXT.format('zirconium')}"),
        ),
        Question(
            "a page of 50 by a word in half the records", 300, "POST", f"{mine}&limit=50",
            {"query": {"text": {"q": "steel"}}},
            (f"{_SHOWN}{_TEXT.format('steel')} LIMIT 50", f"SELECT count(*) {_TEXT.format('steel')}"),
        ),
        Question(
            "progress of the queue", 10, "GET", f"/datasets/{filled.queue_id}/progress", None,
            ("SELECT status, count(*) FROM records WHERE dataset_id = %(queue)s GROUP BY 1",),
        ),
        Question(
            "progress of a user", 50, "GET", f"/me/datasets/{filled.queue_id}/metrics", None,
            (
                "SELECT a.status, count(*) FROM responses AS a JOIN records AS r ON r.id = a.record_id "
                "WHERE r.dataset_id = %(queue)s AND a.user_id = %(user)s GROUP BY 1",
                f"SELECT count(*) {_WAITING}",
            ),
        ),
        Question(
            "metadata filter and sort, a page of 50", 100, "POST", f"{mine}&limit=50",
            {
                "filters": {"and": [{"type": "range", "scope": _PRICE, "ge": 100, "le": 200}]},
                "sort": [{"scope": _PRICE, "order": "desc"}],
            },
            (
                f"{_SHOWN}{_PRICED} ORDER BY (r.metadata ->> 'price')::int DESC LIMIT 50",
                f"SELECT count(*) {_PRICED}",
            ),
        ),
        Question(
            "50 nearest of 20,000 vectors of 384", 50, "POST", f"{mine}&limit=50",
            {"query": {"vector": {"name": "meaning", "value": filled.value, "max_results": 50}}},
            (
                "SELECT record_id FROM vectors WHERE vector_settings_id = %(vectors)s "
                "ORDER BY value::text::vector <=> %(value)s::text::vector LIMIT 50",
            ),
        ),
    ]  # fmt: skip
