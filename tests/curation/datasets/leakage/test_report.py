"""The report over a version's files: nothing in what is built, and every plant in one made by hand."""

from __future__ import annotations

import random

import orjson
import pytest

from curation import datasets, duplicates, labelling
from curation.datasets.leakage import report
from storage import jobs
from storage.errors import NotFound
from storage.project import Project
from tests.curation import sample_task
from tests.curation.conftest import label
from tests.curation.datasets.made_versions import TASK, publish, row

COUNT = 60


def titled(text: str) -> dict[str, str]:
    return {"title": text, "Brand name": "Lodge"}


def sayings(count: int) -> list[str]:
    """Texts of which no two are alike."""
    dice = random.Random(5)
    words = "kettle teapot pan bowl iron clay copper beech camping four people dog bake sunday".split()
    return [" ".join([*dice.choices(words, k=7), str(dice.random())]) for _ in range(count)]


def test_a_corpus_with_copies_on_both_sides_is_built_without_a_leak(project: Project) -> None:
    """Every third record is held out; half of these have a copy, shouted or misspelt, that is not."""
    sample_task.made(project)
    records = [
        sample_task.record(
            number, inputs=titled(text), held_out=number % 3 == 0, gold="Tea" if number % 3 == 0 else None
        )
        for number, text in enumerate(sayings(COUNT))
    ]
    held_out = [each for each in records if each["held_out"]]
    copies = [each["inputs"]["title"] for each in held_out[::2]]
    records += [
        sample_task.record(
            100 + place, inputs=titled(text.upper() if place % 2 else text.replace("a", "e", 1))
        )
        for place, text in enumerate(copies)
    ]
    sample_task.publish_records(project, records)
    duplicates.search(project, TASK)
    _approve(project)
    made = datasets.freeze(project, TASK, created_by="owner", fresh=False, validation_share=0.3)
    found = report.report(project, TASK, made.version)
    assert (found.found, found.rows, found.near) == (0, made.total, 0.9)
    assert made.rows["test"] == len(held_out)
    assert made.rows["train"] + made.rows["validation"] == COUNT - len(held_out)


def said(title: str) -> str:
    return orjson.dumps({"title": title}).decode()


@pytest.fixture
def leaking(project: Project) -> Project:
    """A version whose test split has a copy of everything: one of each way to cross."""
    sample_task.made(project)
    texts = ["A kettle of red enamel with a whistle", "A teapot for two", "A spoon", "A sieve", "A ladle"]
    rows = [row(n, inputs=said(text)) for n, text in enumerate(texts)]
    rows += [
        row(10, "test", inputs=said("A kettle of red enamel with a whistel")),
        row(11, "test", inputs=said("a TEAPOT for two!")),
        row(12, "test", cluster=2),
        row(3, "test"),
    ]
    publish(project, "v0001", rows, inputs=["records/rec_a"])
    return project


def test_each_plant_in_a_version_made_by_hand_is_reported_with_its_reason(leaking: Project) -> None:
    found = report.report(leaking, TASK, "v0001")
    assert found.counts == {"record": 1, "cluster": 1, "text": 1, "near": 1}
    assert [(each.how, each.record_id, each.other_id) for each in found.shown] == [
        ("near", "rec_0000", "rec_0010"),
        ("text", "rec_0001", "rec_0011"),
        ("cluster", "rec_0002", "rec_0012"),
        ("record", "rec_0003", "rec_0003"),
    ]
    shown = report.texts(leaking, TASK, found.shown, "v0001")
    assert (shown[1].row, shown[1].other) == ("A teapot for two", "a TEAPOT for two!")


def test_what_the_job_found_stands_until_the_rows_change(leaking: Project) -> None:
    assert report.newest(leaking, TASK, "v0001") is None
    job = report.start(leaking, TASK, "v0001", "ann")
    assert jobs.run_inline(leaking, job.job_id).status == "succeeded"
    kept = report.newest(leaking, TASK, "v0001")
    assert kept is not None
    assert (kept.found, kept.at is not None, kept.shown[0].how) == (4, True, "near")
    leaking.artifacts_dir(TASK, "datasets").joinpath("v0001").rename(leaking.root / "erased")
    publish(leaking, "v0001", [row(1)])
    assert report.newest(leaking, TASK, "v0001") is None
    with pytest.raises(NotFound, match="v0009"):
        report.start(leaking, TASK, "v0009", "ann")


def test_a_report_that_an_older_release_queued_is_made(leaking: Project) -> None:
    job = jobs.submit(
        leaking, kind=report.JOB_KIND, function="curation.datasets.leakage_report:run", task=TASK,
        args={"task": TASK, "version": "v0001"}, title="Look for leakage",
    )  # fmt: skip
    assert jobs.run_inline(leaking, job.job_id).status == "succeeded"
    kept = report.newest(leaking, TASK, "v0001")
    assert kept is not None
    assert kept.found == 4


def test_a_group_of_the_definition_may_not_cross(project: Project) -> None:
    sample_task.made(project)
    seller = {1: "ann's shop", 2: "ann's shop", 3: "ben's"}
    records = [sample_task.record(n, extras={"the/seller": who}) for n, who in seller.items()]
    sample_task.publish_records(project, records)
    rows = [row(1), row(2, "test"), row(3, "test")]
    splits = {"splits": {"group_column": "the/seller"}}
    publish(project, "v0001", rows, inputs=["records/rec_a"], definition=splits)
    found = report.report(project, TASK, "v0001")
    assert (found.group_column, found.counts) == ("the/seller", {"group": 1})


def _approve(project: Project) -> None:
    label(project, 1, "{title}")
    labels = labelling.latest(project, TASK, 1).values()
    reviews = [
        sample_task.review(one.record_id, "ann", output=one.output, label_id=one.label_id) for one in labels
    ]
    sample_task.publish_reviews(project, reviews)
