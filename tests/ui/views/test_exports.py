"""The Exports page: what stands against a version, what a person says to that, and what left."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from curation import datasets, labelling, teachers
from curation.datasets import sharing
from storage import jobs
from storage.project import Project
from tests.curation import sample_task
from tests.curation.datasets.sharing.test_sharing import say_of_teacher
from tests.ui.views.conftest import Opened, said

pytestmark = pytest.mark.argilla

TASK, V1 = sample_task.NAME, "v0001"


@pytest.fixture
def frozen(labelled: Project) -> Project:
    """Twelve approved rows as v0001, of an import and a teacher that nothing is known of."""
    reviews = [
        sample_task.review(label.record_id, "ann", output=label.output, label_id=label.label_id)
        for label in labelling.latest(labelled, TASK, 1).values()
    ]
    sample_task.publish_reviews(labelled, reviews)
    datasets.freeze(labelled, TASK, created_by="owner", fresh=False)
    return labelled


@pytest.fixture
def allowed(frozen: Project) -> Project:
    """The same, of a stated licence and a teacher whose terms allow it."""
    sharing.state_licence(frozen, TASK, "imp_a", "own", "owner")
    say_of_teacher(frozen, "allowed")
    return frozen


def ways(page: AppTest) -> dict[str, bool]:
    """The links to downloads, and whether each leads anywhere."""
    return {one.proto.url.rsplit("/", 1)[1]: not one.proto.disabled for one in page.get("link_button")}


def test_without_a_version_the_page_leads_to_datasets(labelled: Project, opened: Opened) -> None:
    assert "Nothing to export yet" in said(opened("exports"))


def test_nothing_leads_out_until_licence_and_terms_are_stated(frozen: Project, opened: Opened) -> None:
    page = opened("exports")
    assert "12 of 12 rows stay until more is known of them." in said(page)
    assert "Neither an export nor a training run takes this version" in said(page)
    assert not any(ways(page).values())
    assert "These open once the rows may leave" in said(page)
    page.selectbox(key="exports.licence.imp_a.chosen").select("apache-2.0")
    page.button(key="exports.licence.imp_a.save").click().run()
    assert "licence apache-2.0, by owner" in said(page)
    assert "whose terms are not stated" in said(page)
    settings = opened("settings", section="Teachers")
    settings.radio(key="settings.teacher.terms.recorded.may_train").set_value("allowed")
    settings.button(key="settings.teacher.terms.recorded.save").click().run()
    assert "say where the terms stand" in settings.error[0].value
    settings.text_input(key="settings.teacher.terms.recorded.source").input("contract 7")
    settings.date_input(key="settings.teacher.terms.recorded.date").set_value("2026-05-03")
    settings.button(key="settings.teacher.terms.recorded.save").click().run()
    assert teachers.get(frozen, "recorded").may_train == "allowed"
    page = opened("exports")
    assert "All 12 rows may leave." in said(page)
    assert "These open once" not in said(page)
    assert "contract 7, read on 03 May 2026" in said(page)
    assert len(ways(page)) == 16
    assert all(ways(page).values())


def test_an_admin_answers_for_rows_and_takes_it_back(frozen: Project, opened: Opened) -> None:
    page = opened("exports", role="admin")
    page.button(key="exports.answer.save").click().run()
    assert "reason is empty" in page.error[0].value
    page.text_area(key="exports.answer.reason").input("Stays in the house.")
    page.button(key="exports.answer.save").click().run()
    assert "12 of 12 rows may leave because an admin answered for them." in said(page)
    assert "answered for them: Stays in the house." in said(page)
    assert all(ways(page).values())
    page.button(key="exports.withdraw").click().run()
    assert not any(ways(page).values())
    assert sharing.standing(frozen, TASK, V1).answered is None


def test_training_waits_for_the_same_word(frozen: Project, opened: Opened) -> None:
    page = opened("train")
    assert page.button(key="train.start").disabled
    assert "may not be trained on" in said(page)
    sharing.answer_for(frozen, TASK, V1, "Stays in the house.", "owner")
    assert not opened("train").button(key="train.start").disabled


def test_a_check_says_what_a_provider_would_refuse(allowed: Project, opened: Opened) -> None:
    page = opened("exports")
    page.selectbox(key="exports.check.split").select("validation").run()
    page.button(key="exports.check").click().run()
    assert "OpenAI fine-tuning would refuse them." in said(page)
    assert "asks for at least 10" in said(page)
    page.selectbox(key="exports.check.split").select("train").run()
    assert "would refuse" not in said(page)


def test_what_left_stands_below_with_its_hash(allowed: Project, opened: Opened, tmp_path: Path) -> None:
    assert "Nothing yet." in said(opened("exports"))
    made = sharing.share(allowed, TASK, V1, "csv", tmp_path / "rows.csv", by="bob")
    page = opened("exports")
    assert "CSV, 12 rows" in said(page)
    assert f"sha256 {made.sha256[:12]}" in said(page)


def test_the_card_is_shown_as_it_would_leave(allowed: Project, opened: Opened) -> None:
    page = opened("exports")
    page.button(key="exports.card").click().run()
    [card] = [one.value for one in page.code if "# Shelf labels, v0001" in one.value]
    assert "All 12 rows may be trained on" in card
    assert page.query_params["card"] == "v0001"


def test_a_push_is_a_job_and_needs_a_token(
    allowed: Project, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_TOKEN", raising=False)
    page = opened("exports")
    assert "$HF_TOKEN, which is not set" in said(page)
    assert page.button(key="exports.hub.push").disabled
    monkeypatch.setenv("HF_TOKEN", "hf_one")
    page = opened("exports")
    page.text_input(key="exports.hub.name").input("our team")
    page.button(key="exports.hub.push").click().run()
    assert "can be called 'our team'" in page.error[0].value.replace("\\", "")
    page.text_input(key="exports.hub.name").input("our-team/shelf")
    page.button(key="exports.hub.push").click().run()
    [job] = [job for job in jobs.listing(allowed, task=TASK) if job.kind == "push"]
    assert job.title == "Push v0001 to our-team/shelf"
    assert job.args["private"]
    assert "Push v0001 to our-team/shelf" in said(page)
