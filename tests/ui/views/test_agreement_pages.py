"""Agreement, Conflicts and Progress, run as somebody of each role over real reviews."""

from __future__ import annotations

import pytest

from curation import adjudication
from storage import audit
from storage.project import Project
from tests.curation import sample_task
from tests.ui.views.conftest import Opened, said
from tests.ui.views.overlap import Overlap, overlapping

pytestmark = pytest.mark.argilla
TASK = sample_task.NAME


@pytest.fixture
def overlap(labelled: Project) -> Overlap:
    return overlapping(labelled)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("agreement", "Nobody has reviewed the same record yet"),
        ("conflicts", "Nobody differs"),
        ("progress", "No queue is open yet"),
    ],
)
def test_an_empty_page_says_what_to_do_first(
    labelled: Project, opened: Opened, address: str, words: str
) -> None:
    assert words in said(opened(address, task=TASK))


def test_agreement_shows_everybody_and_each_pair(overlap: Overlap, opened: Opened) -> None:
    page = opened("agreement", task=TASK)
    everybody, pair = (each.value for each in page.table)
    assert list(everybody.index) == list(pair.index) == ["Decision", "Label", "Error tags"]
    assert everybody["Agree"].iloc[0].startswith("66.7% ±")
    assert "(n 6)" in everybody["Agree"].iloc[0]
    names = " and ".join(sorted((overlap.ann.me().username, overlap.ben.me().username)))
    assert f"**{names}**" in said(page)
    assert f"{names} differ on decision in 2 of 6 records" in said(page)


def test_an_annotator_sees_no_pair_of_others(overlap: Overlap, opened: Opened) -> None:
    page = opened("agreement", role="annotator", task=TASK)
    assert len(page.table) == 1
    assert overlap.ann.me().username not in said(page)


def test_a_conflict_is_decided_for_one_and_for_good(
    overlap: Overlap, labelled: Project, opened: Opened
) -> None:
    page = opened("conflicts", task=TASK)
    assert "1 of 2" in said(page)
    assert "ann" not in said(page)
    page.text_input(key=f"conflicts.why.{overlap.cards[0].record_id}").input("read twice").run()
    page.button(key="conflicts.choose_1").click().run()
    assert not page.exception
    assert "1 of 1" in said(page)
    [ruling] = adjudication.history(labelled, TASK)
    assert (ruling.record_id, ruling.why) == (overlap.cards[0].record_id, "read twice")
    [line] = audit.listing(labelled, audit.Filters(kind="adjudication"))
    assert line.facts["record"] == ruling.record_id


def test_a_third_output_is_written_and_a_record_discarded(
    overlap: Overlap, labelled: Project, opened: Opened
) -> None:
    page = opened("conflicts", task=TASK)
    page.selectbox(key=f"conflicts.output.{overlap.cards[0].record_id}").select(sample_task.LABELS[2])
    page.button(key="conflicts.merge").click().run()
    page.button(key="conflicts.discard").click().run()
    assert "Nobody differs" in said(page)
    assert [each.output for each in adjudication.history(labelled, TASK)] == [sample_task.LABELS[2], None]
    upheld = opened("agreement", task=TASK).table[-1].value
    assert set(upheld["Records"]) == {"2"}


def test_progress_counts_what_was_decided(overlap: Overlap, opened: Opened) -> None:
    page = opened("progress", task=TASK)
    shown = said(page)
    assert "of 12 records" in shown
    assert "83%" in shown  # 10 of 12 decisions left the teacher's output as it was
    assert list(page.table[0].value["Decided"]) == ["6", "6"]
    assert "1 (8%)" in set(page.table[1].value["Prompt v1"])
    page.segmented_control(key="progress.by").set_value("Queue").run()
    assert list(page.table[0].value["Decided"]) == ["12"]
