from __future__ import annotations

import pytest

from curation import cleaning, preparing
from curation.preparing import uncertain_rulings
from curation.redaction import Policy
from storage import audit
from storage.project import Project
from tests.curation import sample_task
from tests.curation.preparing.made_imports import doubt, publish
from tests.ui.views.conftest import Opened, said

pytestmark = pytest.mark.argilla

RAW = [{"title": f"A  pan,\tno. {n}", "brand": "Lodge", "seller": "ann"} for n in range(30)]


@pytest.fixture
def imported(house: Project) -> Project:
    """An import of thirty rows, with three doubtful values in it."""
    sample_task.made(house)
    doubts = [doubt(2, "5550123456"), doubt(3, "5550123456"), doubt(4, "shop.example", kind="url")]
    publish(
        house, "calls", [*doubts, doubt(5, "3015550199")], RAW, records=[2, 3, 4, 5],
        found={"email": 12_031, "order_number": 4},
    )  # fmt: skip
    return house


def standing(project: Project) -> preparing.Preparation:
    return preparing.of(project, sample_task.NAME)


def test_without_a_task_the_page_leads_to_the_settings(house: Project, opened: Opened) -> None:
    assert "No task yet" in said(opened("preparing"))


def test_an_annotator_sees_nothing_of_it(imported: Project, opened: Opened) -> None:
    page = opened("preparing", role="annotator", section="Doubtful values")
    assert "may not import, label, freeze" in said(page)
    assert not {key for button in page.button if (key := button.key) and key.startswith("preparing.")}


def test_before_any_import_the_default_stands_and_can_be_changed(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    page = opened("preparing")
    assert "the default" in said(page)
    assert "Once a file is imported" in said(page)
    page.button(key="preparing.add.html").click().run()
    page.button(key="preparing.save").click().run()
    assert [each.step for each in standing(house).recipe.steps] == ["html", "controls", "nfc", "white_space"]
    assert standing(house).revision == 1
    [line] = audit.listing(house, audit.Filters(kind="preparing"))
    assert (line.action, line.facts) == ("preparing.save", {"changed": ["the step html"], "revision": 1})


def test_each_step_says_what_it_would_do_to_the_first_rows(imported: Project, opened: Opened) -> None:
    page = opened("preparing")
    assert "Of the first 30 rows, as they came, 30 rows would be kept." in said(page)
    assert "Changes 30 of 30 rows" in [each.label for each in page.expander]
    page.button(key="preparing.add.length").click().run()
    page.number_input(key="preparing.option.length.least_characters").set_value(19).run()
    assert "Rejects 10 of 30 rows" in [each.label for each in page.expander]


def test_steps_are_switched_off_moved_and_begun_again(imported: Project, opened: Opened) -> None:
    page = opened("preparing")
    page.button(key="preparing.up.white_space").click().run()
    page.toggle(key="preparing.on.nfc").set_value(False).run()
    page.button(key="preparing.save").click().run()
    assert [each.step for each in standing(imported).recipe.steps] == ["controls", "white_space"]
    assert "Records that stand stay as they are" in page.toast[0].value
    page.button(key="preparing.start.1").click().run()
    page.button(key="preparing.save").click().run()
    assert standing(imported).recipe == cleaning.WEB
    assert standing(imported).revision == 2


def test_options_that_cannot_be_are_said_where_they_would_be_saved(imported: Project, opened: Opened) -> None:
    page = opened("preparing")
    page.button(key="preparing.add.length").click().run()
    page.number_input(key="preparing.option.length.least_words").set_value(9).run()
    page.number_input(key="preparing.option.length.most_words").set_value(3).run()
    assert "at least 9 and at most 3 words leave nothing" in said(page)
    assert page.button(key="preparing.save").disabled
    page.button(key="preparing.remove.length").click().run()
    assert not page.error


def test_a_threshold_is_set_taken_away_and_set_again(imported: Project, opened: Opened) -> None:
    page = opened("preparing")
    page.button(key="preparing.add.quality").click().run()
    assert page.number_input(key="preparing.option.quality.most_mean_word").value == 10.0
    page.number_input(key="preparing.option.quality.most_capitals").set_value(None)
    page.number_input(key="preparing.option.quality.least_letters").set_value(0.5).run()
    page.button(key="preparing.save").click().run()
    made = standing(imported).recipe.steps[-1].model_dump()
    assert (made["most_capitals"], made["least_letters"], made["most_mean_word"]) == (None, 0.5, 10)
    assert page.number_input(key="preparing.option.quality.most_capitals").value is None


def test_an_edit_based_on_an_older_revision_is_refused(imported: Project, opened: Opened) -> None:
    page = opened("preparing")
    preparing.save(imported, sample_task.NAME, cleaning.WEB, Policy(), based_on=0, by="bob")
    page.button(key="preparing.remove.nfc").click().run()
    assert "Somebody changed this meanwhile." in [each.value for each in page.warning]
    page.button(key="preparing.save").click().run()
    assert "is at revision 1" in said(page)
    assert standing(imported).recipe == cleaning.WEB
    page.button(key="preparing.reload").click().run()
    assert "revision 1" in said(page)


def test_a_policy_says_what_happens_to_each_kind(imported: Project, opened: Opened) -> None:
    page = opened("preparing", section="Redaction")
    assert "12,031 found by the imports so far" in said(page)
    page.segmented_control(key="preparing.action.email").set_value("pseudonym").run()
    page.segmented_control(key="preparing.action.iban").set_value("drop_row").run()
    page.number_input(key="preparing.threshold").set_value(0.8).run()
    page.radio(key="preparing.uncertain").set_value("mask").run()
    page.button(key="preparing.save").click().run()
    assert standing(imported).policy == Policy(
        actions={"email": "pseudonym", "iban": "drop_row"}, threshold=0.8, uncertain="mask"
    )


def test_a_kind_of_their_own_is_tried_added_and_removed(imported: Project, opened: Opened) -> None:
    page = opened("preparing", section="Redaction")
    page.text_input(key="preparing.custom.name").set_value("order_number")
    page.text_input(key="preparing.custom.pattern").set_value("(?<=AB)[0-9]+").run()
    assert "cannot be used" in said(page)
    page.text_input(key="preparing.custom.pattern").set_value("[A-Z]{2}-[0-9]{5}").run()
    assert not page.error
    page.button(key="preparing.custom.add").click().run()
    assert "4 found by the imports so far" in said(page)
    page.button(key="preparing.save").click().run()
    [made] = standing(imported).policy.custom
    assert (made.name, made.action) == ("order_number", "mask")
    page.button(key="preparing.custom.remove.order_number").click().run()
    page.button(key="preparing.save").click().run()
    assert standing(imported).policy == Policy()


def test_a_text_is_tried_by_what_stands_on_the_page(imported: Project, opened: Opened) -> None:
    page = opened("preparing", section="Redaction")
    page.segmented_control(key="preparing.action.email").set_value("drop_row").run()
    page.text_area(key="preparing.try").set_value("ann@example.org has box number 5550123456").run()
    assert "The row would be left out, for it holds: email." in said(page)
    assert "1 value with a dashed line would wait" in said(page)
    page.segmented_control(key="preparing.action.email").set_value("keep").run()
    assert "would be left out" not in said(page)


def test_the_eighteen_are_listed_with_what_is_missed(imported: Project, opened: Opened) -> None:
    page = opened("preparing", section="Safe Harbor")
    told = said(page)
    assert "**A** Names" in told
    assert "**R** Any other unique number" in told
    assert "does not meet the rule by that alone" in told
    assert told.count("badge[:material/close: Not found]") >= 2


def test_the_most_frequent_doubtful_value_is_asked_first_and_ruled_on(
    imported: Project, opened: Opened
) -> None:
    page = opened("preparing", section="Doubtful values")
    assert "Is this a **phone**?" in said(page)
    assert "score 0.45 · found 2 times" in said(page)
    assert page.button(key="preparing.undo").disabled
    page.button(key="preparing.mask").click().run()
    assert uncertain_rulings.rulings(imported, sample_task.NAME) == {"mac-phone-5550123456": "mask"}
    assert "2 records stand with a value that was ruled to be masked" in page.warning[0].value
    assert "calls\\.csv" in page.warning[0].value
    page.button(key="preparing.undo").click().run()
    assert uncertain_rulings.rulings(imported, sample_task.NAME) == {}
    assert not page.warning


def test_values_are_skipped_and_those_below_ruled_on_as_well(imported: Project, opened: Opened) -> None:
    page = opened("preparing", section="Doubtful values")
    page.button(key="preparing.keep.mac-url-shop.example").click().run()
    page.button(key="preparing.skip").click().run()
    assert "1 value skipped before this one." in said(page)
    page.button(key="preparing.keep").click().run()
    assert uncertain_rulings.rulings(imported, sample_task.NAME) == {
        "mac-url-shop.example": "keep", "mac-phone-3015550199": "keep",
    }  # fmt: skip
    page.button(key="preparing.mask").click().run()
    assert "Nothing waits: every doubtful value has been ruled on." in said(page)
    lines = audit.listing(imported, audit.Filters(kind="redaction"))
    assert [line.facts["ruling"] for line in lines] == ["mask", "keep", "keep"]
    assert "5550123456" not in str(lines)


def test_one_kind_is_looked_at_by_itself(imported: Project, opened: Opened) -> None:
    page = opened("preparing", section="Doubtful values")
    page.selectbox(key="preparing.kind").select("url").run()
    assert "Is this a **url**?" in said(page)
    page.selectbox(key="preparing.kind").select("phone").run()
    page.button(key="preparing.mask").click().run()
    assert page.selectbox(key="preparing.kind").value == "phone"
    assert "Is this a **phone**?" in said(page)
    page.button(key="preparing.keep").click().run()
    assert page.selectbox(key="preparing.kind").value == "Every kind"
    assert "Is this a **url**?" in said(page)


def test_a_ruling_that_somebody_gave_otherwise_meanwhile_is_refused(
    imported: Project, opened: Opened
) -> None:
    page = opened("preparing", section="Doubtful values")
    uncertain_rulings.rule(imported, sample_task.NAME, "mac-phone-5550123456", "phone", "keep", "bob")
    page.button(key="preparing.mask").click().run()
    assert "bob ruled on this value meanwhile: keep" in said(page)
    assert "bob said: is none (phone)" in said(page)
