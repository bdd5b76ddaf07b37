from __future__ import annotations

import pytest

from curation import ordering, tasks, teachers
from curation.queues import Queue
from curation.tasks import ErrorTag
from storage import audit
from storage.project import Project
from tests.curation import sample_task
from tests.ui.views.conftest import Opened, said

pytestmark = pytest.mark.argilla


def test_the_first_task_is_made_here(house: Project, opened: Opened) -> None:
    page = opened("settings")
    page.text_input(key="settings.new_task.title").input("Product categories")
    page.text_input(key="settings.new_task.columns").input("title, description")
    page.text_area(key="settings.new_task.labels").input("Cookware\nBakeware\n\n")
    page.button(key="settings.new_task.save").click().run()
    made = tasks.get(house, "product-categories")
    assert made.input_columns == ("title", "description")
    assert made.labels == ("Cookware", "Bakeware")
    assert made.held_out_share == 0.1


def test_a_task_of_one_label_is_refused_with_the_next_step(house: Project, opened: Opened) -> None:
    page = opened("settings")
    page.text_input(key="settings.new_task.title").input("Shelf")
    page.text_input(key="settings.new_task.columns").input("title")
    page.text_area(key="settings.new_task.labels").input("Cookware")
    page.button(key="settings.new_task.save").click().run()
    assert "at least two labels" in page.error[0].value
    assert tasks.listing(house) == []


def test_an_edit_based_on_an_older_revision_is_refused(house: Project, opened: Opened) -> None:
    task = sample_task.made(house)
    page = opened("settings")
    changed = task.model_copy(update={"guidelines": "Meanwhile, somebody else."})
    tasks.update(house, changed, based_on=task.revision)
    page.text_area(key="settings.task.guidelines").input("Mine.")
    page.button(key="settings.task.save").click().run()
    assert tasks.get(house, "shelf").guidelines == "Meanwhile, somebody else."
    assert "guidelines" in page.error[0].value
    page.button(key="settings.task.reload").click().run()
    assert page.text_area(key="settings.task.guidelines").value == "Meanwhile, somebody else."


def test_a_preset_fills_the_form_and_brings_its_tags_and_rules(house: Project, opened: Opened) -> None:
    page = opened("settings")
    page.selectbox(key="settings.new_task.preset").select("patient-intake").run()
    page.text_input(key="settings.new_task.patient-intake.title").input("Our intake")
    page.text_area(key="settings.new_task.patient-intake.speakers").input("Nurse: assistant\nGuest: user")
    page.button(key="settings.new_task.patient-intake.save").click().run()
    made = tasks.get(house, "our-intake")
    assert (made.kind, made.speakers) == ("chat", {"Nurse": "assistant", "Guest": "user"})
    assert [rating.code for rating in made.ratings] == ["completeness", "formatting", "relevance"]
    assert [rule.name for rule in made.rules] == ["repeated_sentence"]


def test_a_json_task_is_made_with_its_schema_and_a_broken_schema_is_refused_with_the_place(
    house: Project, opened: Opened
) -> None:
    page = opened("settings")
    page.selectbox(key="settings.new_task.kind.None").select("extraction").run()
    page.text_input(key="settings.new_task.title").input("Claims")
    page.text_input(key="settings.new_task.columns").input("document")
    page.text_area(key="settings.new_task.schema").input('{"type": ')
    page.button(key="settings.new_task.save").click().run()
    assert "line 1, column 10" in page.error[0].value.replace("\\", "")
    page.text_area(key="settings.new_task.schema").input('{"type": "object", "required": ["amount"]}')
    page.text_area(key="settings.new_task.ratings").input("Clear: Easy to read\nTrue")
    page.button(key="settings.new_task.save").click().run()
    made = tasks.get(house, "claims")
    assert made.output_schema == {"type": "object", "required": ["amount"]}
    assert [(one.code, one.definition) for one in made.ratings] == [("clear", "Easy to read"), ("true", "")]


def test_how_columns_are_shown_and_several_labels_are_kept(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    page = opened("settings")
    page.selectbox(key="settings.task.shown.Brand name").select("metadata")
    page.checkbox(key="settings.task.several").check()
    page.button(key="settings.task.save").click().run()
    stands = tasks.get(house, "shelf")
    assert (stands.shown("Brand name"), stands.multi_label) == ("metadata", True)
    assert stands.error_tags == sample_task.TASK.error_tags


def test_tags_are_added_reworded_merged_retired_and_restored_while_codes_stay(
    house: Project, opened: Opened
) -> None:
    sample_task.made(house)
    page = opened("settings", section="Error tags")
    page.text_input(key="settings.tags.new.name").input("Too general")
    page.text_input(key="settings.tags.new.group").input("Place")
    page.button(key="settings.tags.add").click().run()
    page.text_input(key="settings.tags.name.sibling").input("A neighbour")
    page.number_input(key="settings.tags.place.sibling").set_value(3)
    page.button(key="settings.tags.save").click().run()
    assert [(tag.code, tag.name, tag.group) for tag in tasks.get(house, "shelf").offered_tags] == [
        ("invented", "Invented", ""), ("too_general", "Too general", "Place"), ("sibling", "A neighbour", ""),
    ]  # fmt: skip
    page.selectbox(key="settings.tags.chosen").select("too_general").run()
    page.selectbox(key="settings.tags.into.too_general").select("sibling").run()
    page.button(key="settings.tags.merge").click().run()
    page.button(key="settings.tags.retire").click().run()
    stands = tasks.get(house, "shelf")
    assert [tag.code for tag in stands.offered_tags] == ["sibling"]
    assert {tag.code: tag.merged_into for tag in stands.error_tags}["too_general"] == "sibling"
    page.button(key="settings.tags.restore.invented").click().run()
    assert {tag.code for tag in tasks.get(house, "shelf").offered_tags} == {"sibling", "invented"}
    named = {line.action for line in audit.listing(house, audit.Filters()) if line.action.startswith("tag.")}
    assert named == {"tag.add", "tag.reword", "tag.merge", "tag.retire", "tag.restore"}


def test_rules_are_written_one_a_line_and_a_wrong_one_is_named(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    page = opened("settings", section="Error tags")
    page.text_area(key="settings.tags.rules.lines").input("invented: magic")
    page.button(key="settings.tags.rules.save").click().run()
    assert "names no rule" in page.error[0].value
    page.text_area(key="settings.tags.rules.lines").input("invented: unknown_label\nsibling: /a|b/")
    page.checkbox(key="settings.tags.required").check()
    page.button(key="settings.tags.rules.save").click().run()
    stands = tasks.get(house, "shelf")
    assert [(rule.tag, rule.name, rule.pattern) for rule in stands.rules] == [
        ("invented", "unknown_label", ""), ("sibling", None, "a|b"),
    ]  # fmt: skip
    assert stands.tags_required


def test_sixty_tags_are_found_by_word(house: Project, opened: Opened) -> None:
    tags = tuple(ErrorTag(code=f"t{n}", name=f"Tag no {n}", group=f"Group {n % 6}") for n in range(60))
    tasks.create(house, sample_task.TASK.model_copy(update={"error_tags": tags}))
    page = opened("settings", section="Error tags")
    assert "Tag no 59" in said(page)
    page.text_input(key="settings.tags.find").input("no 17").run()
    assert "Tag no 17" in said(page)
    assert "Tag no 18" not in said(page)


def test_a_recorded_teacher_is_added(house: Project, opened: Opened) -> None:
    page = opened("settings", section="Teachers")
    page.segmented_control(key="settings.teacher.kind").select("Column of the file").run()
    page.text_input(key="settings.teacher.name").input("recorded")
    page.text_input(key="settings.teacher.column").input("teacher_v1")
    page.button(key="settings.teacher.save").click().run()
    assert [teacher.name for teacher in teachers.listing(house)] == ["recorded"]


def test_an_annotator_sees_who_may_change_settings_and_no_form(opened: Opened) -> None:
    page = opened("settings", role="annotator")
    assert "may not change the project" in said(page)
    assert not page.text_input


def test_a_queue_is_ordered_by_a_column_and_keeps_an_order_set_elsewhere(
    house: Project, queue: Queue, opened: Opened
) -> None:
    page = opened("settings", task=queue.task, section="Queues")
    order = page.selectbox(key="settings.queues.order")
    assert order.options == ["Random", "Newest first", "Least certain first", "By title", "By Brand name"]
    order.select("slice:Brand name")
    page.button(key="settings.queues.save").click().run()
    stands = ordering.of(house, queue.name)
    assert stands.handing.order == "slice:Brand name"
    wanted = ordering.changed(stands.handing, order="slice:Brand name=Tower")
    ordering.change(house, queue.name, wanted, based_on=stands.revision)
    page = opened("settings", task=queue.task, section="Queues")
    page.button(key="settings.queues.save").click().run()
    assert page.selectbox(key="settings.queues.order").value == "slice:Brand name=Tower"
    assert "Brand name: Tower first" in page.selectbox(key="settings.queues.order").options
    assert ordering.of(house, queue.name).handing.order == "slice:Brand name=Tower"
