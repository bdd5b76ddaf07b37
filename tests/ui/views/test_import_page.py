from __future__ import annotations

from pathlib import Path

import pytest

from curation import imports
from storage import jobs
from storage.project import Project
from tests.curation import sample_task
from tests.ui.views.conftest import Opened, said

pytestmark = pytest.mark.argilla

CSV = "title,Brand name,label,teacher_v1\nWok,Lodge,Cookware,Cookware\nTin,Lodge,Bakeware,Tea\n"


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    path = tmp_path / "shelf.csv"
    path.write_text(CSV)
    return path


def test_without_a_task_the_page_leads_to_settings(opened: Opened) -> None:
    assert "No task yet" in said(opened("import"))


def test_a_file_is_looked_at_mapped_by_its_names_and_imported(
    house: Project, opened: Opened, listing: Path
) -> None:
    sample_task.made(house)
    page = opened("import")
    page.segmented_control(key="import.kind").select("A file on this machine").run()
    page.text_input(key="import.path").input(str(listing)).run()
    assert page.selectbox(key="import.input.title").value == "title"
    assert page.selectbox(key="import.gold").value == "label"
    assert page.multiselect(key="import.extras").value == ["teacher_v1"]
    page.button(key="import.start").click().run()
    (job,) = jobs.listing(house)
    assert job.kind == "import"
    assert jobs.run_inline(house, job.job_id).status == "succeeded"
    (past,) = imports.listing(house, "shelf")
    assert (past.read, past.new) == (2, 2)
    assert "shelf.csv" in said(opened("import"))


def test_a_file_that_is_not_there_is_a_sentence(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    page = opened("import")
    page.segmented_control(key="import.kind").select("A file on this machine").run()
    page.text_input(key="import.path").input("/nowhere/shelf.csv").run()
    assert "/nowhere/shelf.csv" in said(page)
    assert jobs.listing(house) == []


def test_an_input_without_a_column_is_refused_before_anything_runs(
    house: Project, opened: Opened, tmp_path: Path
) -> None:
    sample_task.made(house)
    path = tmp_path / "other.csv"
    path.write_text("name,price\nWok,3\n")
    page = opened("import")
    page.segmented_control(key="import.kind").select("A file on this machine").run()
    page.text_input(key="import.path").input(str(path)).run()
    page.button(key="import.start").click().run()
    assert "No column is mapped" in said(page)
    assert jobs.listing(house) == []


def test_an_annotator_cannot_import(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    page = opened("import", role="annotator")
    assert "may not import, label, freeze" in said(page)
    assert not page.text_input
    assert not page.button(key="shell.sign_out").disabled
