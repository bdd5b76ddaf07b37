"""What the next version is built from, on the Datasets page: what is typed is counted, saved and frozen."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from curation import datasets
from curation.datasets.definition import Definition, Splits, storing
from curation.queues import Queue
from storage import audit
from storage.project import Project
from tests.curation import sample_task
from tests.ui.conftest import ORIGIN, SignedIn
from tests.ui.routes.test_reviews import decision
from tests.ui.views.conftest import Opened, said
from ui.views import dataset_definition_form

pytestmark = pytest.mark.argilla
FORM = "datasets.definition"


@pytest.fixture
def decided(queue: Queue, house: Project, signed_in: SignedIn) -> Project:
    """All twelve records approved."""
    client = signed_in("admin")
    cards = client.get("/api/cards", params={"queue": queue.name, "limit": 20}).json()["cards"]
    while cards:
        for card in cards:
            answer = client.post("/api/reviews", json=decision(card), headers={"Origin": ORIGIN})
            assert answer.status_code < 300, answer.text
        cards = client.get("/api/cards", params={"queue": queue.name, "limit": 20}).json()["cards"]
    return house


def changing(opened: Opened, **query: str) -> AppTest:
    return opened("datasets", **query).toggle(key="datasets.define").set_value(True).run()


def saved(project: Project, name: str = "default") -> Definition:
    return storing.get(project, sample_task.NAME, name).definition


def test_what_is_typed_is_counted_then_saved_and_frozen(decided: Project, opened: Opened) -> None:
    page = changing(opened)
    assert "10% validate · the teacher’s prompt" in said(page)
    page.number_input(key=f"{FORM}.share").set_value(50.0)
    page.checkbox(key=f"{FORM}.own").check().run()
    page.text_area(key=f"{FORM}.template").input("{title}?").run()
    assert saved(decided) == Definition()
    coming = datasets.preview(
        decided, sample_task.NAME, definition=Definition(splits=Splits(validation_share=0.5)), fresh=False
    )
    shown = [one.value for one in page.text]
    assert str(coming.splits["validation"]) in shown
    page.button(key=f"{FORM}.save").click().run()
    assert not page.exception
    stands = saved(decided)
    assert (stands.splits.validation_share, stands.student_prompt is not None) == (0.5, True)
    page = opened("datasets")
    assert "50% validate · the student’s own prompt" in said(page)
    page.button(key="datasets.freeze").click().run()
    (made,) = datasets.listing(decided, sample_task.NAME)
    assert made.rows["validation"] == coming.splits["validation"]
    assert {row.prompt[-1] for row in datasets.rows(decided, sample_task.NAME, "v0001")} == {"?"}
    assert "dataset.define" in {line.action for line in audit.listing(decided, audit.Filters())}


def test_what_does_not_fit_is_told_and_nothing_is_saved(decided: Project, opened: Opened) -> None:
    page = changing(opened)
    page.text_area(key=f"{FORM}.caps").input("colour: 5").run()
    assert "No record has a column 'colour'" in page.error[0].value.replace("\\", "")
    page.text_area(key=f"{FORM}.caps").input("seller 5").run()
    assert "'seller 5' cannot be read" in page.error[0].value.replace("\\", "")
    assert page.button(key=f"{FORM}.save").disabled
    assert storing.get(decided, sample_task.NAME).revision == 0


def test_a_line_that_cannot_be_read_loses_nothing_that_stands_in_the_other_fields(
    decided: Project, opened: Opened
) -> None:
    page = changing(opened)
    page.number_input(key=f"{FORM}.share").set_value(40.0).run()
    page.checkbox(key=f"{FORM}.own").check().run()
    page.text_area(key=f"{FORM}.template").input("{title}?").run()
    page.text_input(key=f"{FORM}.name").input("Shops & more").run()
    page.text_area(key=f"{FORM}.where").input("seller").run()
    assert "'seller' cannot be read" in page.error[0].value.replace("\\", "")
    page.text_area(key=f"{FORM}.where").input("").run()
    page.button(key=f"{FORM}.save").click().run()
    assert "cannot be called 'Shops & more'" in page.error[0].value.replace("\\", "")
    page.text_input(key=f"{FORM}.name").input("shops").run()
    page.button(key=f"{FORM}.save").click().run()
    stands = saved(decided, "shops")
    assert (stands.splits.validation_share, stands.student_prompt is not None) == (0.4, True)


def test_a_definition_under_another_name_stands_beside_and_is_chosen_by_the_address(
    decided: Project, opened: Opened
) -> None:
    page = changing(opened)
    page.number_input(key=f"{FORM}.balance").set_value(1.0)
    page.text_input(key=f"{FORM}.name").input("even").run()
    page.button(key=f"{FORM}.save").click().run()
    assert saved(decided, "even").balance == 1
    assert saved(decided) == Definition()
    page = opened("datasets", definition="even")
    assert "classes at most 1 times the rarest" in said(page)
    assert page.selectbox(key="datasets.built_from").value == "even"


def test_an_edit_based_on_an_older_revision_is_refused(decided: Project, opened: Opened) -> None:
    page = changing(opened)
    theirs = Definition(splits=Splits(seed=9))
    storing.save(decided, sample_task.NAME, theirs, based_on=0, by="ben")
    page.number_input(key=f"{FORM}.share").set_value(20.0).run()
    page.button(key=f"{FORM}.save").click().run()
    assert "this edit was based on 0" in page.error[0].value
    assert saved(decided) == theirs


def test_an_annotator_reads_what_a_version_is_built_from_and_changes_nothing(
    queue: Queue, opened: Opened
) -> None:
    page = opened("datasets", role="annotator")
    assert "datasets.define" not in {toggle.key for toggle in page.toggle}


def test_lines_are_read_as_pairs() -> None:
    assert dataset_definition_form.pairs(" a: 1 \n\nb: x | y: z") == [("a", "1"), ("b", "x | y: z")]
