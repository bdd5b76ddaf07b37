"""Argilla's own Python SDK works on the embedded server."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from tests.argilla_stand import ArgillaStand

pytestmark = [pytest.mark.argilla, pytest.mark.filterwarnings("ignore")]  # the SDK's own warnings


@pytest.fixture
def sdk(argilla_stand: ArgillaStand) -> Iterator[Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import argilla

        client = argilla.Argilla(api_url=argilla_stand.url, api_key=argilla_stand.api_key)
        yield argilla
        client.http_client.close()


def test_a_dataset_made_by_the_sdk_is_logged_queried_filtered_and_deleted(
    sdk: Any, argilla_stand: ArgillaStand
) -> None:
    settings = sdk.Settings(
        fields=[sdk.TextField(name="text")],
        questions=[
            sdk.LabelQuestion(name="label", labels=["good", "bad"]),
            sdk.RatingQuestion("stars", [1, 2, 3]),
        ],
        metadata=[sdk.TermsMetadataProperty(name="source"), sdk.IntegerMetadataProperty(name="words")],
    )
    dataset = sdk.Dataset(name="by-sdk", workspace=argilla_stand.workspace, settings=settings)
    dataset.create()
    dataset.records.log(
        [
            sdk.Record(
                id=f"r{number}",
                fields={"text": f"a {'red' if number % 2 else 'blue'} thing {number}"},
                metadata={"source": "web" if number < 5 else "book", "words": number},
                suggestions=[sdk.Suggestion("label", "good" if number % 3 else "bad", agent="m", score=0.5)],
            )
            for number in range(10)
        ]
    )
    assert len(list(dataset.records)) == 10
    assert {record.id for record in dataset.records("red")} == {"r1", "r3", "r5", "r7", "r9"}
    from_the_web = sdk.Filter([("metadata.source", "==", "web"), ("metadata.words", ">=", 2)])
    both = sdk.Query(query="red", filter=from_the_web)
    assert {record.id for record in dataset.records(both)} == {"r3"}
    suggested = sdk.Query(filter=sdk.Filter(("label.suggestion", "==", "bad")))
    assert {record.id for record in dataset.records(suggested)} == {"r0", "r3", "r6", "r9"}
    waiting = sdk.Query(filter=sdk.Filter(("response.status", "==", "pending")))
    assert len(list(dataset.records(waiting))) == 10
    dataset.records.delete([record for record in dataset.records("red")])
    left = sorted(record.id for record in dataset.records(with_suggestions=True))
    assert left == ["r0", "r2", "r4", "r6", "r8"]
    assert dataset.progress()["total"] == 5
    dataset.delete()
    assert "by-sdk" not in {queue.name for queue in argilla_stand.owner.queues(argilla_stand.workspace)}


def test_the_sdk_sorts_updates_and_finds_what_is_similar(sdk: Any, argilla_stand: ArgillaStand) -> None:
    settings = sdk.Settings(
        fields=[sdk.TextField(name="text")],
        questions=[
            sdk.LabelQuestion(name="label", labels=["good", "bad"]),
            sdk.MultiLabelQuestion(name="tags", labels=["big", "red", "old"], required=False),
        ],
        metadata=[sdk.FloatMetadataProperty(name="price")],
        vectors=[sdk.VectorField(name="meaning", dimensions=3)],
    )
    dataset = sdk.Dataset(name="by-sdk-vectors", workspace=argilla_stand.workspace, settings=settings)
    dataset.create()
    try:
        records = [
            sdk.Record(
                id=f"v{number}",
                fields={"text": f"thing {number}"},
                metadata={"price": 10.0 - number},
                vectors={"meaning": [1.0, number / 4, 0.0]},
                suggestions=[sdk.Suggestion("label", "good", score=number / 10)],
            )
            for number in range(5)
        ]
        dataset.records.log(records)
        assert _ordered(dataset, {"entity": "metadata", "metadata_property": "price"}, "asc")[0] == "v4"
        score = {"entity": "suggestion", "question": "label", "property": "score"}
        assert _ordered(dataset, score, "desc") == ["v4", "v3", "v2", "v1", "v0"]
        near = sdk.Query(similar=sdk.Similar("meaning", [1.0, 1.0, 0.0]))
        assert _found(dataset, near)[:2] == ["v4", "v3"]
        far = sdk.Query(similar=sdk.Similar("meaning", [1.0, 1.0, 0.0], most_similar=False))
        assert _found(dataset, far)[0] == "v0"
        changed = records[2]
        changed.metadata["price"] = 99.0
        changed.suggestions.add(sdk.Suggestion("tags", ["red", "old"], score=[0.9, 0.4]))
        dataset.records.log([changed])
        assert _ordered(dataset, {"entity": "metadata", "metadata_property": "price"}, "desc")[0] == "v2"
        tagged = sdk.Query(filter=sdk.Filter(("tags.suggestion", "in", ["old", "big"])))
        assert _found(dataset, tagged) == ["v2"]
        answer = sdk.Response("label", "bad", user_id=dataset._client.me.id, status="submitted")
        dataset.records.log([sdk.Record(id="v1", fields={"text": "thing 1"}, responses=[answer])])
        said_bad = sdk.Query(filter=sdk.Filter(("label.response", "==", "bad")))
        assert _found(dataset, said_bad) == ["v1"]
        assert dataset.progress()["completed"] == 1
    finally:
        dataset.delete()


def _ordered(dataset: Any, scope: dict[str, str], order: str) -> list[str]:
    """Asked through its HTTP client: the SDK's own `Query` has no word for sorting."""
    body = {"sort": [{"scope": scope, "order": order}]}
    reply = dataset._client.http_client.post(f"/api/v1/datasets/{dataset.id}/records/search", json=body)
    return [item["record"]["external_id"] for item in reply.raise_for_status().json()["items"]]


def _found(dataset: Any, query: Any) -> list[str]:
    return [(record[0] if isinstance(record, tuple) else record).id for record in dataset.records(query)]
