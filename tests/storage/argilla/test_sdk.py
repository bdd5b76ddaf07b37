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
