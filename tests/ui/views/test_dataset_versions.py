"""The Datasets page: versions with their names, one compared, looked through for leaks, its rows followed."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from curation import exploring
from curation.datasets import names
from curation.datasets.differences.diff_rows import Change, Side
from curation.datasets.leakage import Crossing
from curation.datasets.leakage.report import Texts
from curation.exploring.learning_curve import LearningCurve, Point
from storage import artifacts, audit, jobs
from storage.project import Project
from tests.curation.datasets.made_versions import TASK, publish, row
from tests.ui.views.conftest import Opened, said
from ui.components import curve_chart
from ui.views import dataset_diff, dataset_leakage

pytestmark = pytest.mark.argilla


@pytest.fixture
def versions(labelled: Project) -> Project:
    """v0001, and v0002 with one row more, one other output and a row that leaks; a run that used it."""
    with artifacts.draft(labelled, "imports", TASK, "imp_a") as draft:
        draft.publish(facts={"file": "shelf.csv", "imported_by": "ann", "terms": {"licence": "own"}})
    rows = [row(number, label_id=None) for number in range(4)]
    publish(labelled, "v0001", rows[:3], inputs=["records/rec_a"])
    later = [rows[0] | {"completion": "Tea", "decision": "corrected"}, *rows[1:3]]
    later.append(rows[3] | {"split": "test", "cluster": 2, "decision": "gold"})
    publish(labelled, "v0002", later, inputs=["records/rec_a"], seed=3)
    with artifacts.draft(labelled, "runs", TASK, "run_a") as draft:
        draft.publish(inputs=["datasets/v0002"], facts={"created_by": "ben"})
    return labelled


def work(project: Project) -> None:
    """Runs the jobs that wait."""
    for job in jobs.listing(project, active_only=True):
        assert jobs.run_inline(project, job.job_id).status == "succeeded"


def pressed(page: AppTest, key: str) -> AppTest:
    page.button(key=key).click().run()
    assert not page.exception, [fault.value for fault in page.exception]
    return page


def test_the_versions_stand_with_their_names_newest_first(versions: Project, opened: Opened) -> None:
    names.move(versions, TASK, "production", "v0001", by="ann", why="it won")
    told = said(opened("datasets", task=TASK))
    assert told.index("**v0002**") < told.index("**v0001**")
    assert ":green-badge[:material/bookmark: production]" in told
    assert "3 train · 0 validation · 1 test" in told
    assert "let **production** stand for v0001: it won" in told


def test_a_name_is_moved_on_the_page_and_taken_away_again(versions: Project, opened: Opened) -> None:
    page = opened("datasets", task=TASK)
    page.selectbox(key="datasets.name.v0002.chosen").select("candidate").run()
    page.text_input(key="datasets.name.v0002.why").input("looks good").run()
    pressed(page, "datasets.name.v0002.move")
    assert names.resolve(versions, TASK, "candidate") == "v0002"
    assert page.selectbox(key="datasets.name.v0002.chosen").value == "candidate"
    pressed(page, "datasets.name.v0002.remove")
    assert names.listing(versions, TASK) == []
    assert [move.why for move in names.history(versions, TASK)][-1] == "looks good"
    acts = [
        line.action for line in audit.listing(versions, audit.Filters()) if line.action.startswith("dataset")
    ]
    assert sorted(acts) == ["dataset.name", "dataset.unname"]


def test_a_name_moved_meanwhile_by_somebody_else_is_not_moved_over(versions: Project, opened: Opened) -> None:
    names.move(versions, TASK, "production", "v0001", by="ann")
    page = opened("datasets", task=TASK)
    page.selectbox(key="datasets.name.v0002.chosen").select("production").run()
    with pytest.MonkeyPatch.context() as patch:
        shown = names.listing(versions, TASK)
        names.remove(versions, TASK, "production", by="ben")
        patch.setattr(names, "listing", lambda *_: shown)  # as the page stood before ben's move
        pressed(page, "datasets.name.v0002.move")
    assert "was taken away since ben moved it" in said(page)
    assert names.listing(versions, TASK) == []


def test_a_version_opens_by_its_name_with_its_card(versions: Project, opened: Opened) -> None:
    names.move(versions, TASK, "production", "v0002", by="ann")
    page = opened("datasets", task=TASK, version="production")
    told = said(page)
    assert page.title[0].value == "v0002"
    assert "Rows: 4" in told
    assert "# Shelf labels" not in told
    missing = opened("datasets", task=TASK, version="nothing")
    assert "no dataset version or name 'nothing'" in said(missing)
    assert missing.title[0].value == "Datasets"


def test_what_differs_from_the_version_before_is_counted_and_listed(
    versions: Project, opened: Opened
) -> None:
    page = opened("datasets", task=TASK, version="v0002", show="compare")
    assert page.selectbox(key="datasets.against.v0002").value == "v0001"
    told = said(page)
    assert "Total variation distance" in told
    assert [page.main.get("segmented_control") is not None, "Rows" in told] == [True, True]
    rows = page.segmented_control(key="datasets.rows") if hasattr(page, "segmented_control") else None
    assert rows is None or rows.options == ["Added 1", "Other output 1"]
    assert "This is the only version" not in told


def test_leaks_are_looked_for_on_request_and_shown_with_their_rows(versions: Project, opened: Opened) -> None:
    page = opened("datasets", task=TASK, version="v0002", show="leakage")
    assert "Not looked for yet" in said(page)
    pressed(page, "datasets.leaks")
    work(versions)
    page = opened("datasets", task=TASK, version="v0002", show="leakage")
    assert "1 row of 4 may not stand where they do" in said(page)
    assert "Same cluster" in said(page)
    assert page.button(key="datasets.leaks").label == "Look again"
    page = opened("datasets", task=TASK, version="v0001", show="leakage")
    pressed(page, "datasets.leaks")
    work(versions)
    page = opened("datasets", task=TASK, version="v0001", show="leakage")
    assert "Nothing leaks" in page.success[0].value


def test_a_row_is_found_by_its_words_and_followed_from_its_line_to_its_run(
    versions: Project, opened: Opened
) -> None:
    page = opened("datasets", task=TASK, version="v0002", show="lineage")
    assert "run_a by ben" in said(page)
    page.text_input(key="datasets.find.v0002").input("title number").run()
    pressed(page, "datasets.follow.rec_0003")
    told = said(page)
    steps = [
        "Imported",
        "Line 4 of shelf.csv, by ann",
        "licence our own text",
        "rec_0003",
        "Row of v0002, test",
        "run_a by ben",
    ]
    assert [step for step in steps if step in told] == steps
    assert sorted(steps, key=told.index) != []
    page = opened("datasets", task=TASK, version="v0002", show="lineage", find="zebra")
    assert "No row says this" in said(page)


def test_an_import_leads_forward_to_the_versions_that_hold_it(versions: Project, opened: Opened) -> None:
    told = said(opened("datasets", **{"task": TASK, "import": "imp_a"}))
    assert "12 records came with it" in told
    assert "3 rows of v0001" in told
    assert "4 rows of v0002" in told
    assert "run_a by ben, on v0002" in told


def test_the_curve_is_measured_on_request_and_says_when_there_is_too_little(
    versions: Project, opened: Opened
) -> None:
    page = opened("datasets", task=TASK)
    assert "How many more labels?" in said(page)
    pressed(page, "datasets.measure")
    [job] = jobs.listing(versions, active_only=True)
    assert jobs.run_inline(versions, job.job_id).status == "failed"
    assert "too few for a learning curve" in said(opened("datasets", task=TASK))


def test_a_large_task_is_counted_on_request_only(
    versions: Project, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ui.views import dataset_coming

    monkeypatch.setattr(dataset_coming, "COUNTED_AT_ONCE", 5)
    page = opened("datasets", task=TASK)
    assert "of 12 records is counted on request" in said(page)
    assert "Held out, with gold" not in said(page)
    assert "Held out, with gold" in said(pressed(page, "datasets.count"))


def test_an_annotator_sees_no_versions(versions: Project, opened: Opened) -> None:
    page = opened("datasets", role="annotator", task=TASK)
    assert "v0001" not in said(page)


# What is drawn of rows, apart from the page


def side(split: str, completion: str, prompt: str = "Label: tin") -> Side:
    return Side(split, "", prompt, completion, "approved")


def test_a_row_is_drawn_by_its_outputs_or_by_what_is_asked() -> None:
    change = Change("rec_1", "short", side("train", "Tea"), side("test", "Tin", "Say: tin"))
    drawn = dataset_diff.pair(change, "changed")
    assert (drawn.heading, drawn.before, drawn.after) == ("from train to test", "Tea", "Tin")
    assert drawn.notes == ("rec_1", "variation short")
    assert drawn.context == "Say: tin"
    asked = dataset_diff.pair(change, "asked")
    assert (asked.before, asked.after) == ("Label: tin", "Say: tin")
    added = dataset_diff.pair(Change("rec_1", "", None, side("train", "Tea")), "added")
    assert (added.heading, added.before, added.after) == ("train", None, "Tea")


def test_a_crossing_is_drawn_with_how_close_it_is() -> None:
    crossing = Crossing("near", "rec_1", "train", "rec_2", "test", 0.934)
    drawn = dataset_leakage.pair(Texts(crossing, "a tin", "a tim"))
    assert drawn.notes == ("nearly the same, 93% alike", "rec_1 · rec_2")
    assert (drawn.before_name, drawn.after_name) == ("only in train", "only in test")


@pytest.mark.parametrize(
    ("low", "value", "high", "says"),
    [
        (0.004, 0.01, 0.02, "still help"),
        (-0.01, 0.01, 0.03, "open whether"),
        (0.0, 0.001, 0.002, "next to nothing"),
    ],
)
def test_the_gain_is_said_with_its_interval(low: float, value: float, high: float, says: str) -> None:
    curve = LearningCurve((Point(80, 0.9, 0.85, 0.95),), 100, 100, value, low, high, 0.95, 0.5, (), 100)
    sentence = curve_chart.gain(curve).replace("\\", "")
    assert says in sentence
    assert f"{100 * value:+.1f} points (95% interval {100 * low:+.1f} to {100 * high:+.1f})" in sentence
    assert exploring.LearningCurve is LearningCurve
