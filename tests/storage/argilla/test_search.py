"""Search, filters, sorts and counts over HTTP, as Argilla's UI and SDK ask for them."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.argilla_stand import ArgillaStand

pytestmark = pytest.mark.argilla

TEXTS = (
    "The red car isn't fast",
    "a red, car-seat",
    "It's 3.14 or 3,000 snake_case",
    "Größe ÉTÉ 東京タワー",
    "nul \0 here red",
    "car red",
    "nothing",
)
RESPONSE_STATUS = {"entity": "response", "property": "status"}


def metadata(name: str) -> dict[str, Any]:
    return {"entity": "metadata", "metadata_property": name}


def suggestion(question: str, what: str = "value") -> dict[str, Any]:
    return {"entity": "suggestion", "question": question, "property": what}


def response(question: str) -> dict[str, Any]:
    return {"entity": "response", "question": question}


def record(name: str) -> dict[str, Any]:
    return {"entity": "record", "property": name}


def terms(scope: dict[str, Any], *values: str) -> dict[str, Any]:
    return {"type": "terms", "scope": scope, "values": list(values)}


def within(scope: dict[str, Any], **bounds: Any) -> dict[str, Any]:
    return {"type": "range", "scope": scope, **bounds}


class Shelf:
    """A dataset of seven records with every kind of thing to search by."""

    def __init__(self, stand: ArgillaStand) -> None:
        self.http = httpx.Client(
            base_url=f"{stand.url}/api/v1", headers={"X-Argilla-Api-Key": stand.api_key}, timeout=60
        )
        workspace = stand.owner.ensure_workspace(stand.workspace)
        self.id = self.made("/datasets", {"name": "shelf", "workspace_id": workspace})["id"]
        for name, kind in (("title", "text"), ("note", "text"), ("chat", "chat")):
            settings = {"type": kind, "use_markdown": False}
            self.made(f"/datasets/{self.id}/fields", {"name": name, "title": name, "settings": settings})
        questions = {
            "label": {"type": "label_selection", "options": [{"value": v, "text": v} for v in "abc"]},
            "stars": {"type": "rating", "options": [{"value": v} for v in range(1, 6)]},
            "many": {"type": "multi_label_selection", "options": [{"value": v, "text": v} for v in "xyz"]},
            "words": {"type": "text"},
        }
        self.questions = {
            name: self.made(
                f"/datasets/{self.id}/questions",
                {"name": name, "title": name, "required": name == "label", "settings": settings},
            )["id"]
            for name, settings in questions.items()
        }
        for name, kind in (("seller", "terms"), ("n", "integer"), ("price", "float")):
            body = {"name": name, "title": name, "settings": {"type": kind}, "visible_for_annotators": True}
            self.made(f"/datasets/{self.id}/metadata-properties", body)
        vectors = {"name": "place", "title": "place", "dimensions": 2}
        self.made(f"/datasets/{self.id}/vectors-settings", vectors)
        self.http.put(f"/datasets/{self.id}/publish").raise_for_status()
        items = [self._record(number, text) for number, text in enumerate(TEXTS)]
        self.http.put(f"/datasets/{self.id}/records/bulk", json={"items": items}).raise_for_status()
        found = self.http.post(f"/datasets/{self.id}/records/search", json={}).json()["items"]
        self.records = {hit["record"]["external_id"]: hit["record"]["id"] for hit in found}
        answers = (("0", "a", "submitted", 1), ("1", "b", "submitted", 3), ("2", "c", "draft", 5))
        for name, label, status, stars in answers:
            self._respond(name, status, {"label": {"value": label}, "stars": {"value": stars}})
        self._respond("3", "discarded", {"label": {"value": "a"}})

    def _record(self, number: int, text: str) -> dict[str, Any]:
        proposed = {
            "label": {"value": "abc"[number % 3], "score": number / 10, "agent": "teacher"},
            "stars": {"value": number % 5 + 1},
            "many": {"value": ["x", "y"] if number % 2 else ["z"]},
            "words": {"value": "red"},
        }
        seller: Any = ["s1", "s2"] if number == 1 else "s1"
        return {
            "external_id": str(number),
            "fields": {
                "title": text,
                "note": f"number {number}",
                "chat": [{"role": "user", "content": "hello"}, {"role": "assistant", "content": "world"}],
            },
            "metadata": {} if number == 3 else {"seller": seller, "n": number, "price": number / 2},
            "vectors": {"place": [1.0, number / 2]},
            "suggestions": []
            if number == 2
            else [{"question_id": self.questions[name], **body} for name, body in proposed.items()],
        }

    def _respond(self, name: str, status: str, values: dict[str, Any]) -> None:
        self.made(f"/records/{self.records[name]}/responses", {"status": status, "values": values})

    def made(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        reply = self.http.post(path, json=body)
        assert reply.is_success, reply.text
        made: dict[str, Any] = reply.json()
        return made

    def post(self, body: dict[str, Any], *, mine: bool = False, **parameters: Any) -> httpx.Response:
        path = f"{'/me' if mine else ''}/datasets/{self.id}/records/search"
        return self.http.post(path, json=body, params=parameters)

    def search(self, body: dict[str, Any], *, mine: bool = False, **parameters: Any) -> str:
        """The external ids of the hits, in order; the total is checked against them when all are shown."""
        reply = self.post(body, mine=mine, **parameters)
        assert reply.status_code == 200, reply.text
        hits = [hit["record"]["external_id"] for hit in reply.json()["items"]]
        if not parameters:
            assert reply.json()["total"] == len(hits)
        return "".join(hits)

    def text(self, words: str, field: str | None = None) -> str:
        return self.search({"query": {"text": {"q": words} | ({"field": field} if field else {})}})

    def filter(self, *filters: dict[str, Any], mine: bool = False) -> str:
        return self.search({"filters": {"and": list(filters)}}, mine=mine)

    def sort(self, scope: dict[str, Any], order: str, **more: Any) -> str:
        return self.search({"sort": [{"scope": scope, "order": order}]}, **more)


@pytest.fixture(scope="module")
def shelf(argilla_stand: ArgillaStand) -> Iterator[Shelf]:
    made = Shelf(argilla_stand)
    yield made
    argilla_stand.owner.delete_queue(made.id)
    made.http.close()


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("red", "0145"),
        ("RED Car", "015"),
        ("red number", "0145"),  # one word in the title, one in the note
        ('"red car"', "01"),
        ('"car red"', "5"),
        ('"red seat"', ""),
        ('"red seat"~1', "1"),
        ("car | nothing", "0156"),
        ("-red", "236"),
        ("(red | nothing) number -car", "46"),
        ("isn", ""),
        ("isn't", "0"),
        ("3", "3"),  # the note's "number 3", not 3.14 and not 3,000
        ("3.14", "2"),
        ("3,000", "2"),
        ("snake", ""),
        ("snake_case", "2"),
        ("sna*", "2"),
        ("rad~1", "0145"),
        ("rd~1", "0145"),
        ("dre~1", ""),
        ("dre~2", "01245"),  # also "or"
        ("cra~", "0125"),  # two letters apart, since Argilla counts a transposition as two
        ("-cra~", "346"),
        ("nothign~2", "6"),
        ("isn't fasd~1", "0"),
        ('"fast number"~9', ""),  # no phrase goes from one field into the next
        ("été größe", "3"),
        ("京", "3"),
        ("タワー", "3"),
        ("タ*", "3"),
        ("hello", "0123456"),
        ('"hello world"', ""),  # two turns
        ("!!!", ""),
        ("\0", ""),
    ],
)
def test_words_are_found(shelf: Shelf, words: str, found: str) -> None:
    assert "".join(sorted(shelf.text(words))) == found


def test_a_field_can_be_searched_alone(shelf: Shelf) -> None:
    assert shelf.text("number", "note") == "0123456"
    assert shelf.text("number", "title") == ""
    assert shelf.text("here red", "title") == "4"
    assert shelf.text('"isn\'t fast"', "title") == "0"
    assert shelf.text('"isn\'t fast"', "note") == ""
    assert shelf.text("hello", "chat") == "0123456"


def test_the_best_match_comes_first(shelf: Shelf) -> None:
    reply = shelf.post({"query": {"text": {"q": "car | red"}}}).json()["items"]
    scores = [hit["query_score"] for hit in reply]
    assert scores == sorted(scores, reverse=True)
    assert {hit["record"]["external_id"] for hit in reply[:3]} == set("015")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"text": {"q": "red " * 3000}}, "12,000 characters"),
        ({"text": {"q": "(" * 200 + "red" + ")" * 200}}, None),  # parentheses around one word change nothing
        ({"text": {"q": "a | b c " * 100}}, "nested more than 50 deep"),
        ({"text": {"q": "-(" * 3000 + "red" + ")" * 3000}}, "nested more than 50 deep"),
        ({"vector": {"name": "place", "value": [1.0, 1e300]}}, "not finite"),
        ({"vector": {"name": "place", "value": [1.0, 2.0, 3.0]}}, ""),
    ],
)
def test_a_search_that_asks_too_much_is_refused_with_the_reason(
    shelf: Shelf, asked: dict[str, Any], said: str | None
) -> None:
    reply = shelf.post({"query": asked})
    assert reply.status_code == (200 if said is None else 422), reply.text
    assert (said or "") in reply.text


def test_a_search_of_a_thousand_words_is_answered(shelf: Shelf) -> None:
    assert shelf.text("red car " * 600) == "015"
    assert shelf.text(" | ".join(f"w{number}" for number in range(900)) + " | zzz") == ""


def test_an_unknown_field_is_refused(shelf: Shelf) -> None:
    reply = shelf.post({"query": {"text": {"q": "red", "field": "no-such-field"}}})
    assert reply.status_code == 422
    assert "no-such-field" in reply.text


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (terms(metadata("seller"), "s2"), "1"),
        (terms(metadata("seller"), "s1", "none"), "012456"),
        (terms(metadata("n"), "1", "2"), "12"),
        (terms(metadata("price"), "0.5"), "1"),
        (within(metadata("n"), ge=2, le=4), "24"),
        (within(metadata("price"), ge=1.5), "456"),
        (terms(suggestion("label"), "a"), "036"),
        (terms(suggestion("many"), "x"), "135"),
        (terms(suggestion("many"), "x", "z"), "013456"),
        (terms(suggestion("stars"), "1"), "05"),
        (within(suggestion("stars"), ge=4), "34"),
        (within(suggestion("label", "score"), le=0.3), "013"),
        (terms(suggestion("label", "agent"), "teacher"), "013456"),
        (terms(suggestion("label", "type"), "model"), ""),
        (terms(suggestion("words"), "red"), ""),  # texts are not indexed
        (terms(response("label"), "a"), "03"),
        (within(response("stars"), ge=2), "12"),
        (terms(record("status"), "completed"), "01"),
        (terms(record("status"), "pending"), "23456"),
        (terms(record("external_id"), "3", "4", "\0"), "34"),
        (within(record("inserted_at"), ge="2020-01-01"), "0123456"),
        (within(record("inserted_at"), le="2020-01-01"), ""),
        (terms(RESPONSE_STATUS, "pending"), "456"),
        (terms(RESPONSE_STATUS, "submitted"), "01"),
        (terms(RESPONSE_STATUS, "pending", "draft"), "2456"),
        (terms(RESPONSE_STATUS, "discarded"), "3"),
    ],
)
def test_filters_keep_what_they_say(shelf: Shelf, given: dict[str, Any], found: str) -> None:
    assert shelf.filter(given) == found
    assert "".join(sorted(shelf.filter(given, mine=True))) == found


def test_filters_are_joined_by_and(shelf: Shelf) -> None:
    assert shelf.filter(terms(suggestion("label"), "a"), terms(RESPONSE_STATUS, "pending")) == "6"


def test_a_response_of_another_is_not_mine(shelf: Shelf, argilla_stand: ArgillaStand) -> None:
    person = argilla_stand.person("edsger")
    waiting = {item.external_id for item in person.pending(shelf.id, 10)}
    assert waiting == set("23456")  # 0 and 1 are completed, the owner's draft and discard are not theirs


@pytest.mark.parametrize(
    "given",
    [
        within(metadata("n"), ge="many"),
        terms(metadata("no-such"), "1"),
        within(record("inserted_at"), ge="soon"),
    ],
)
def test_a_filter_that_cannot_be_compared_is_refused(shelf: Shelf, given: dict[str, Any]) -> None:
    assert shelf.post({"filters": {"and": [given]}}).status_code == 422


@pytest.mark.parametrize(
    ("scope", "order", "found"),
    [
        (metadata("n"), "desc", "6542103"),
        (metadata("price"), "asc", "0124563"),
        (metadata("seller"), "asc", "0124563"),
        (metadata("seller"), "desc", "1024563"),
        (suggestion("label"), "asc", "0361452"),
        (suggestion("stars"), "desc", "4316052"),
        (suggestion("label", "score"), "desc", "6543102"),
        (suggestion("many"), "asc", "1350462"),
        (response("stars"), "desc", "2103456"),
        (response("stars"), "asc", "0123456"),
        (record("external_id"), "desc", "6543210"),
        (record("inserted_at"), "desc", "6543210"),
        (record("status"), "asc", "0123456"),  # completed before pending
    ],
)
def test_what_has_no_value_comes_last_in_both_directions(
    shelf: Shelf, scope: dict[str, Any], order: str, found: str
) -> None:
    assert shelf.sort(scope, order) == found
    assert shelf.sort(scope, order, mine=True) == found


def test_pages_follow_each_other_without_a_gap(shelf: Shelf) -> None:
    for mine in (False, True):
        whole = shelf.search({}, mine=mine)
        pages = [shelf.search({}, mine=mine, limit=3, offset=offset) for offset in (0, 3, 6, 9)]
        assert "".join(pages) == whole
        assert shelf.post({}, mine=mine, limit=3, offset=9).json()["total"] == 7


def test_nearest_records_come_first_and_the_record_itself_is_left_out(shelf: Shelf) -> None:
    def similar(**asked: Any) -> str:
        return shelf.search({"query": {"vector": {"name": "place", **asked}}}, limit=3)

    assert similar(record_id=shelf.records["0"]) == "123"
    assert similar(record_id=shelf.records["0"], order="least_similar") == "654"
    assert similar(value=[0.0, 1.0]) == "654"


def test_progress_and_metrics_are_counted(shelf: Shelf) -> None:
    progress = shelf.http.get(f"/datasets/{shelf.id}/progress").json()
    assert (progress["total"], progress["completed"], progress["pending"]) == (7, 2, 5)
    mine = shelf.http.get(f"/me/datasets/{shelf.id}/metrics").json()["responses"]
    assert mine == {"total": 7, "submitted": 2, "discarded": 1, "draft": 1, "pending": 3}


def test_metadata_is_counted(shelf: Shelf) -> None:
    listed = shelf.http.get(f"/me/datasets/{shelf.id}/metadata-properties").json()["items"]
    found = {
        each["name"]: shelf.http.get(f"/metadata-properties/{each['id']}/metrics").json() for each in listed
    }
    assert found["seller"]["values"] == [{"term": "s1", "count": 6}, {"term": "s2", "count": 1}]
    assert (found["n"]["min"], found["n"]["max"]) == (0, 6)
    assert (found["price"]["min"], found["price"]["max"]) == (0.0, 3.0)


def test_forty_searches_at_once_are_all_answered(shelf: Shelf) -> None:
    def one(number: int) -> int:
        return shelf.post({"query": {"text": {"q": "red"}}}, mine=bool(number % 2), limit=5).status_code

    with ThreadPoolExecutor(40) as pool:
        assert list(pool.map(one, range(120))) == [200] * 120


def test_what_is_stored_is_found_and_what_is_deleted_is_not(shelf: Shelf) -> None:
    item = {"external_id": "new", "fields": {"title": "zeppelin"}}
    shelf.http.put(f"/datasets/{shelf.id}/records/bulk", json={"items": [item]}).raise_for_status()
    (hit,) = shelf.post({"query": {"text": {"q": "zeppelin"}}}).json()["items"]
    shelf.http.delete(f"/records/{hit['record']['id']}").raise_for_status()
    assert shelf.text("zeppelin") == ""
