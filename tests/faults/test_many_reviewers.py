"""Twenty people at one queue, two at browsers, sending twice, late, from two tabs: each answer stands."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from curation.queues import Queue
from storage import argilla_client, people
from tests.benchmarks import _review_house
from tests.faults.crowd import AtABrowser, ByProtocol, Reviewer
from tests.faults.house import House, started

pytestmark = [pytest.mark.slow, pytest.mark.argilla, pytest.mark.browser]

PEOPLE = 20
AT_BROWSERS = 2


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with started() as running:
        yield running


@pytest.mark.soak
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("each", [300])
def test_twenty_people_decide_at_once_and_every_answer_stands_once(
    house: House, each: int, record_property: Callable[[str, object], None]
) -> None:
    queue, _ = _review_house.opened(house, f"many-{each}", _review_house.texts(2 * PEOPLE * each))
    reviewers = [reviewer(house, queue, number, each) for number in range(PEOPLE)]
    with ThreadPoolExecutor(PEOPLE) as pool:
        for done in [pool.submit(each_one.work, each) for each_one in reviewers]:
            done.result()
    stored = list(argilla_client.connect(house.project).responses(queue.argilla_id))
    once = Counter((response.username, response.external_id) for response in stored)
    assert set(once.values()) == {1}
    found = {
        (response.username, response.external_id): (
            response.values["decision"], response.values.get("output") or "",
        )
        for response in stored
    }  # fmt: skip
    expected = {(one.name, record): said for one in reviewers for record, said in one.standing.items()}
    assert found == expected
    assert len(found) == PEOPLE * each
    assert sum(one.conflicts for one in reviewers) > 0
    waited = [seconds for one in reviewers for seconds in one.waited_s]
    record_property("acknowledged_p95_s", round(float(np.percentile(waited, 95)), 2))


def reviewer(house: House, queue: Queue, number: int, each: int) -> Reviewer:
    name = f"reviewer-{each}-{number}"
    password = people.invite(house.project, name, "annotator", [house.project.name])
    kind = AtABrowser if number < AT_BROWSERS else ByProtocol
    return kind(house, queue, name, password, random.Random(number))
