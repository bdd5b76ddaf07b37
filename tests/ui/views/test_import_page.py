from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from curation import imports, sources
from curation.imports import Terms
from storage import audit, jobs
from storage.jobs import Job
from storage.project import Project
from tests.curation import sample_task
from tests.curation.imports.reading.web import Answer, site
from tests.ui.views.conftest import Opened, said

pytestmark = pytest.mark.argilla

CSV = "title,Brand name,label,teacher_v1\nWok,Lodge,Cookware,Cookware\nTin,Lodge,Bakeware,Tea\n"
HERE, ADDRESS = "A file on this machine", "An address"


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    path = tmp_path / "shelf.csv"
    path.write_text(CSV)
    return path


def field(kind: str, page: AppTest, name: str) -> object:
    """The one widget of the import's form whose key ends in `name`."""
    (found,) = [each for each in getattr(page, kind) if str(each.key).endswith(f".{name}")]
    return found


def at(page: AppTest, path: Path | str) -> AppTest:
    """The page with a path typed in."""
    page.segmented_control(key="import.kind").select(HERE).run()
    page.text_input(key="import.path").input(str(path)).run()
    return page


def finished(project: Project) -> Job:
    """The newest job, run to its end."""
    return jobs.run_inline(project, jobs.listing(project)[0].job_id)


def test_without_a_task_the_page_leads_to_settings(opened: Opened) -> None:
    assert "No task yet" in said(opened("import"))


def test_a_file_is_looked_at_mapped_by_its_names_and_imported(
    house: Project, opened: Opened, listing: Path
) -> None:
    sample_task.made(house)
    page = at(opened("import"), listing)
    assert "shelf.csv: Text in columns, encoding UTF-8, delimiter comma" in said(page)
    assert field("selectbox", page, "input.title").value == "title"
    assert field("selectbox", page, "gold").value == "label"
    assert field("multiselect", page, "extras").value == ["teacher_v1"]
    field("selectbox", page, "licence").select("cc-by-4.0")
    field("text_input", page, "origin").input("the shop")
    page.button(key="import.start").click().run()
    job = finished(house)
    assert (job.kind, job.status) == ("import", "succeeded")
    (past,) = imports.listing(house, "shelf")
    assert (past.read, past.new, past.terms) == (2, 2, Terms(licence="cc-by-4.0", origin="the shop"))
    assert sources.listing(house, "shelf") == []
    told = said(opened("import"))
    assert "shelf.csv" in told
    assert "Licence cc-by-4.0 · from the shop" in told


def test_a_mapping_used_once_is_proposed_again(house: Project, opened: Opened, listing: Path) -> None:
    sample_task.made(house)
    page = at(opened("import"), listing)
    field("selectbox", page, "input.title").select("teacher_v1")
    page.button(key="import.start").click().run()
    finished(house)
    other = listing.with_name("other.csv")
    other.write_text("label,title,teacher_v1,Brand name\nTea,Tin,Tea,Lodge\n")
    page = at(opened("import"), other)
    assert field("selectbox", page, "input.title").value == "teacher_v1"


def test_a_source_that_is_kept_is_refreshed_renamed_changed_and_forgotten(
    house: Project, opened: Opened, listing: Path
) -> None:
    sample_task.made(house)
    page = at(opened("import"), listing)
    field("text_input", page, "name").input("Shop export")
    page.button(key="import.start").click().run()
    assert finished(house).summary["new"] == 2
    (source,) = sources.listing(house, "shelf")
    listing.write_text(CSV + "Pan,Lodge,Cookware,Cookware\n")
    page = opened("import")
    assert "2 new · 0 known · 0 rejected" in said(page)
    page.button(key=f"import.refresh.{source.source_id}").click().run()
    assert finished(house).summary["new"] == 1
    page = opened("import")
    assert "1 new · 2 known" in said(page)
    page.button(key=f"import.open.{source.source_id}").click().run()
    assert page.segmented_control(key="import.kind").value == "A saved source"
    field("selectbox", page, "licence").select("own")
    page.button(key="import.start").click().run()
    finished(house)
    (changed,) = sources.listing(house, "shelf")
    assert (changed.source_id, changed.revision, changed.terms.licence) == (source.source_id, 2, "own")
    page = opened("import")
    page.text_input(key=f"import.name.{source.source_id}.2").input("Store").run()
    page.button(key=f"import.rename.{source.source_id}").click().run()
    assert sources.get(house, source.source_id).name == "Store"
    page.button(key=f"import.forget.{source.source_id}").click().run()
    assert sources.listing(house, "shelf") == []
    done = [line.action for line in audit.listing(house, audit.Filters(kind="source"))]
    assert {"source.save", "source.refresh", "source.rename", "source.forget"} <= set(done)


def test_an_uploaded_source_is_opened_without_uploading_it_again(
    house: Project, opened: Opened, listing: Path
) -> None:
    sample_task.made(house)
    mapping = imports.ColumnMapping(inputs={"title": "title", "Brand name": "Brand name"})
    where = sources.Location("upload", str(listing))
    saved = sources.save(house, "shelf", "Upload", where, mapping, by="ann")
    listing.unlink()
    page = opened("import")
    page.button(key=f"import.open.{saved.source_id}").click().run()
    field("text_input", page, "consent").input("no people in it")
    page.button(key="import.start").click().run()
    assert finished(house).summary["new"] == 2
    assert sources.get(house, saved.source_id).terms.consent == "no people in it"


def test_a_source_that_vanished_says_so_on_the_page(house: Project, opened: Opened, listing: Path) -> None:
    sample_task.made(house)
    page = at(opened("import"), listing)
    field("text_input", page, "name").input("Shop export")
    page.button(key="import.start").click().run()
    listing.unlink()
    assert finished(house).status == "failed"
    assert "The source 'Shop export' has vanished" in said(opened("import"))


def test_an_address_is_fetched_by_a_job_looked_at_and_imported(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    with site(lambda path: Answer(CSV.encode())) as web:
        page = opened("import")
        page.segmented_control(key="import.kind").select(ADDRESS).run()
        page.text_input(key="import.address").input(f"{web.url}/shelf.csv?token=s3cr3t").run()
        assert not [each for each in page.button if each.key == "import.start"]
        page.button(key="import.fetch").click().run()
        assert finished(house).status == "succeeded"
        page.run()
        assert field("text_input", page, "origin").value == f"{web.url}/shelf.csv"
        field("text_input", page, "name").input("Web")
        page.button(key="import.start").click().run()
        assert finished(house).summary["new"] == 2
        assert web.asked == ["/shelf.csv?token=s3cr3t"]
    told = said(opened("import")) + str(audit.listing(house)) + str(imports.listing(house, "shelf"))
    assert "s3cr3t" not in told
    assert f"{web.url}/shelf.csv" in told


def test_a_fetch_that_failed_is_told_and_a_password_is_not_taken(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    with site(lambda path: Answer(status=403)) as web:
        page = opened("import")
        page.segmented_control(key="import.kind").select(ADDRESS).run()
        page.text_input(key="import.address").input(f"{web.url}/shelf.csv").run()
        page.button(key="import.fetch").click().run()
        assert finished(house).status == "failed"
    assert "is refused by its server: 403 Forbidden" in said(opened("import"))
    page.text_input(key="import.address").input("https://ann:hunter2@host/a.csv").run()
    assert "was given with a password" in said(page)
    assert "hunter2" not in said(page)


def test_one_file_of_an_archive_is_chosen_and_the_others_are_told(
    house: Project, opened: Opened, tmp_path: Path
) -> None:
    sample_task.made(house)
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv", "other\n1\n")
        archive.writestr("b.csv", CSV)
        archive.writestr("../c.csv", CSV)
    page = at(opened("import"), path)
    assert "its path leads out of the archive" in said(page)
    page.selectbox(key=f"import.member.{path}").select("b.csv").run()
    assert field("selectbox", page, "input.title").value == "title"
    page.button(key="import.start").click().run()
    assert finished(house).summary["new"] == 2


def test_conversations_are_recognised_and_may_be_read_as_a_table(
    house: Project, opened: Opened, tmp_path: Path
) -> None:
    sample_task.made(house)
    path = tmp_path / "talks.jsonl"
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    path.write_text(json.dumps({"messages": turns}) + "\n")
    page = at(opened("import"), path)
    assert "OpenAI’s chat messages" in said(page)
    assert "conversation" in field("selectbox", page, "input.title").options
    page.toggle[0].set_value(True).run()
    assert field("selectbox", page, "input.title").options == ["messages"]


def test_rejected_rows_are_read_once_they_are_asked_for(
    house: Project, opened: Opened, listing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample_task.made(house)
    listing.write_text(CSV + "too,few\n")
    page = at(opened("import"), listing)
    page.button(key="import.start").click().run()
    finished(house)
    asked: list[str] = []
    kept = imports.rejects

    def rejects(project: Project, task: str, import_id: str, limit: int = 200) -> list[imports.Reject]:
        asked.append(import_id)
        return kept(project, task, import_id, limit)

    monkeypatch.setattr(imports, "rejects", rejects)
    page = opened("import")
    (past,) = imports.listing(house, "shelf")
    assert "1 rejected" in said(page)
    assert asked == []
    page.session_state[f"import.rejects.{past.import_id}"] = True
    page.run()
    assert asked == [past.import_id]
    page.button(key=f"import.delete_raw.{past.import_id}").click().run()
    assert imports.rejects(house, "shelf", past.import_id) == []
    assert "1 rejected row, deleted on" in said(opened("import"))


def test_a_file_that_is_not_there_is_a_sentence(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    assert "/nowhere/shelf.csv" in said(at(opened("import"), "/nowhere/shelf.csv"))
    assert jobs.listing(house) == []


def test_what_is_no_address_is_not_looked_for_on_this_machine(
    house: Project, opened: Opened, listing: Path
) -> None:
    sample_task.made(house)
    page = opened("import")
    page.segmented_control(key="import.kind").select(ADDRESS).run()
    page.text_input(key="import.address").input(str(listing)).run()
    assert "shelf.csv' is no address." in said(page)
    assert "Write one like https://host/listings.csv" in said(page)
    assert "import.start" not in {button.key for button in page.button}


def test_a_file_without_rows_names_its_columns_and_offers_no_import(
    house: Project, opened: Opened, tmp_path: Path
) -> None:
    sample_task.made(house)
    (tmp_path / "head.csv").write_text("title,label\n")
    page = at(opened("import"), tmp_path / "head.csv")
    assert "It names columns (title, label) and holds no row that can be used" in said(page)
    assert "import.start" not in {button.key for button in page.button}


def test_one_record_is_counted_as_one(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    sample_task.publish_records(house, [sample_task.record(0)])
    for address in ("import", "explore"):
        page = opened(address)
        assert [each.value for each in page.caption if each.value in ("record", "records")] == ["record"]
    assert "nothing that it could be a copy of" in said(opened("duplicates"))


def test_an_input_without_a_column_is_refused_before_anything_runs_or_is_kept(
    house: Project, opened: Opened, tmp_path: Path
) -> None:
    sample_task.made(house)
    path = tmp_path / "other.csv"
    path.write_text("name,price\nWok,3\n")
    page = at(opened("import"), path)
    field("text_input", page, "name").input("Shop")
    page.button(key="import.start").click().run()
    assert "No column is mapped" in said(page)
    assert (jobs.listing(house), sources.listing(house)) == ([], [])


def test_an_annotator_cannot_import(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    page = opened("import", role="annotator")
    assert "may not import, label, freeze" in said(page)
    assert not page.text_input
    assert not page.button(key="shell.sign_out").disabled
