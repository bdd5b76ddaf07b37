from __future__ import annotations

import pytest

from curation import tasks, teachers
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


def test_a_tag_is_added_reworded_and_retired_while_its_code_stays(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    page = opened("settings", section="Error tags")
    page.text_input(key="settings.tags.name.sibling").input("A neighbour")
    page.text_input(key="settings.tags.name.invented").input("")
    page.text_input(key="settings.tags.name.new").input("Too general")
    page.button(key="settings.tags.save").click().run()
    tags = tasks.get(house, "shelf").error_tags
    assert [(tag.code, tag.name) for tag in tags] == [
        ("sibling", "A neighbour"),
        ("too_general", "Too general"),
    ]


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
