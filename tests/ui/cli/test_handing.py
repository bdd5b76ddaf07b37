"""`understudy queue set` and `understudy gold` on a real database."""

from __future__ import annotations

import pytest

from curation import ordering, queues
from curation.queues import Queue
from storage import audit
from storage.project import Project
from tests.curation import sample_task
from tests.ui.cli.commands import answer, understudy

pytestmark = pytest.mark.argilla


def test_a_queue_is_set_and_shown_and_a_wrong_value_is_named(labelled: Project, queue: Queue) -> None:
    home = ("--project", labelled.root)
    told = answer(
        "queue", "set", queue.name, "--order", "uncertain", "--target", "300/day", "--target", "ann=5/all",
        "--gold-share", "0.1", *home,
    )  # fmt: skip
    assert told["targets"] == {"": {"count": 300, "per": "day"}, "ann": {"count": 5, "per": "all"}}
    answer("queue", "set", queue.name, "--target", "ann=none", *home)
    handing = ordering.of(labelled, queue.name).handing
    assert (handing.order, handing.gold_share, list(handing.targets)) == ("uncertain", 0.1, [""])
    assert "300/day" in understudy("queue", "set", queue.name, *home).stdout
    refused = answer("queue", "set", queue.name, "--target", "many", *home, status=2)
    assert "'many' is no target" in refused["error"]
    refused = answer("queue", "set", queue.name, "--gold-share", "0.9", *home, status=2)
    assert "gold_share is 0.9" in refused["error"]
    lines = audit.listing(labelled, audit.Filters(kind="queue.set"))
    assert [line.facts["fields"] for line in lines] == [["targets"], ["order", "targets", "gold_share"]]


def test_gold_is_marked_listed_and_taken_back(labelled: Project) -> None:
    home = ("--project", labelled.root)
    gold = ("gold", "mark", sample_task.NAME)
    assert answer(*gold, "rec_0001", "--output", "Tea", *home) == {"record": "rec_0001", "output": "Tea"}
    answer(*gold, "rec_0002", "--discard", *home)
    assert "discard" in understudy("gold", "list", sample_task.NAME, *home).stdout
    assert answer("gold", "unmark", sample_task.NAME, "rec_0002", *home)["was_marked"] is True
    [left] = answer("gold", "list", sample_task.NAME, *home)["gold"]
    assert (left["record"], left["output"]) == ("rec_0001", "Tea")
    assert queues.listing(labelled) == []
