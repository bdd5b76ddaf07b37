"""The Explore page: what was counted, groups, labels that look wrong, what is alike, what a benchmark has."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curation import contamination, exploring, flags, left_out, queues
from storage import jobs
from storage.project import Project
from tests.curation import sample_task
from tests.ui.views.conftest import Opened, said

pytestmark = pytest.mark.argilla
NAME = sample_task.NAME


def ended(project: Project) -> None:
    """Whatever the page started is run to its end."""
    for job in jobs.listing(project, active_only=True):
        done = jobs.run_inline(project, job.job_id)
        assert done.status == "succeeded", done.error


@pytest.fixture
def many(house: Project) -> Project:
    """Eighty records with a seller and a teacher's label, two of which are wrong."""
    sample_task.made(house)
    words = {
        "Cookware": "wok pan pot steel hob lid",
        "Bakeware": "tin cake tray loaf pie dish",
        "Tea": "leaf green cup steep pot hill",
    }
    rows = []
    for number in range(80):
        label = sample_task.LABELS[number % 3]
        title = (
            f"{words[label]} {words[label].split()[number % 6]} no {number} " + words[label][: number % 17]
        )
        given = "Tea" if number in (0, 30) else label
        rows.append(sample_task.record(
            number, inputs={"title": title, "Brand name": "Lodge"},
            extras={"teacher_v1": given, "seller": "big" if number % 8 else "small"}, source="shelf.csv",
        ))  # fmt: skip
    sample_task.publish_records(house, rows)
    return house


def test_without_records_the_page_leads_to_the_import(house: Project, opened: Opened) -> None:
    sample_task.made(house)
    assert "Nothing to look at yet" in said(opened("explore"))


def test_an_annotator_is_not_shown_the_page(many: Project, opened: Opened) -> None:
    assert "for owners and admins" in said(opened("explore", role="annotator"))


def test_records_are_counted_once_shown_with_their_age_and_counted_again(
    many: Project, opened: Opened
) -> None:
    page = opened("explore")
    assert "Not looked at yet" in said(page)
    page.button(key="explore.start").click().run()
    ended(many)
    page = opened("explore")
    told = said(page)
    assert "Half are up to" in told
    assert "of 80 records" in told
    assert page.button(key="explore.start").label == "Look again"
    page.selectbox(key="explore.by").select("seller").run()
    assert page.query_params["by"] in ("seller", ["seller"])
    assert "2 values on 80 records" in said(page)
    sample_task.publish_records(many, [sample_task.record(200)], "rec_b")
    assert "1 record came since" in said(opened("explore"))


def test_groups_are_held_against_shares_that_are_typed(many: Project, opened: Opened) -> None:
    assert "Not looked at yet" in said(opened("explore", section="Groups"))
    exploring.start(many, NAME, "data", "owner")
    ended(many)
    page = opened("explore", section="Groups", group="seller")
    assert "1 group of 2 below equal shares" in said(page)
    assert "small (10)" in "\n".join(str(each.value) for each in page.warning).replace("\\", "")
    page.text_area(key="explore.reference.seller").input("big: 88\nsmall: 12").run()
    assert "0 groups of 2 below the shares you gave" in said(page)
    page.text_area(key="explore.reference.seller").input("big: many").run()
    assert "Line 1 gives no share" in said(page)


def test_suspects_are_shown_with_what_is_more_likely_and_flagged(many: Project, opened: Opened) -> None:
    from curation import labelling, prompts, teachers
    from curation.teachers import RecordedTeacher

    prompts.create(many, NAME, system="", template="{title}", reason="first", created_by="owner")
    teachers.save(many, RecordedTeacher(name="recorded", column="teacher_v1"))
    job = labelling.start(many, NAME, 1, "recorded", "owner")
    assert jobs.run_inline(many, job.job_id).status == "succeeded"
    queues.open_queue(many, NAME, 1, "owner")
    page = opened("explore", section="Labels")
    page.segmented_control(key="explore.whose_labels").select("teacher").run()
    page.button(key="explore.label_errors").click().run()
    page.button(key="explore.learning_curve").click().run()
    jobs_made = {job.args["part"] for job in jobs.listing(many, active_only=True)}
    assert jobs_made == {"label_errors", "learning_curve"}
    for each in jobs.listing(many, active_only=True):
        jobs.run_inline(many, each.job_id)  # eighty labels are too few for the curve, and it says so
    page = opened("explore", section="Labels")
    assert "labels are too few" in said(page)
    page.segmented_control(key="explore.whose_labels").select("teacher").run()
    assert "Suspects" in said(page)
    page.button(key="explore.flag").click().run()
    flagged = {flag.record_id: flag.note for flag in flags.open_flags(many, NAME)}
    assert {"rec_0000", "rec_0030"} <= set(flagged)
    assert 'Probably wrong: "Tea"' in flagged["rec_0000"]
    assert page.button(key="explore.flag").disabled


def test_what_is_alike_is_found_for_a_record_and_for_words(many: Project, opened: Opened) -> None:
    page = opened("explore", section="Alike", record="rec_0004")
    told = said(page)
    assert "rec_0004" in told
    assert "tin cake tray loaf pie dish" in told
    page.text_input(key="explore.alike").input("steep green leaf").run()
    assert "leaf green cup steep pot hill" in said(page)
    page.text_input(key="explore.alike").input("§§§§").run()
    assert "Nothing is like it" in said(page)


def test_what_a_benchmark_has_is_shown_side_by_side_and_left_out(
    many: Project, opened: Opened, tmp_path: Path
) -> None:
    path = tmp_path / "benchmark.jsonl"
    title = contamination_text(many)
    path.write_text(json.dumps({"question": f"{title.upper()} LODGE"}) + "\n")
    page = opened("explore", section="Contamination")
    page.segmented_control(key="contamination.kind").select("A file on this machine").run()
    page.text_input(key="contamination.path").input(str(path)).run()
    page.button(key="contamination.start").click().run()
    ended(many)
    page = opened("explore", section="Contamination")
    told = said(page)
    assert "Word for word" in told
    assert "Row 1 of the file" in told
    page.button(key="contamination.leave_out").click().run()
    gone = left_out.standing(many, NAME)
    assert gone["rec_0007"] == "stands in benchmark.jsonl"
    assert len(gone) < 20  # those that read nearly like it go too
    page = opened("explore", section="Contamination")
    assert f"{len(gone)} record" in said(page)
    assert "left out of labelling" in said(page)
    page.button(key="contamination.take_back").click().run()
    assert left_out.standing(many, NAME) == {}


def contamination_text(project: Project) -> str:
    from curation.exploring.records import inputs_of

    assert contamination.listing(project, NAME) == []
    return inputs_of(project, NAME, ["rec_0007"])["rec_0007"]["title"]


def test_a_section_of_the_address_is_followed(many: Project, opened: Opened) -> None:
    page = opened("explore", section="Alike")
    assert "See what stands around a record" in said(page)
    page.segmented_control(key="explore.section").select("Contamination").run()
    assert "a paraphrase is not" in said(page)
    page.query_params["section"] = "Groups"
    page.run()
    assert "Not looked at yet" in said(page)
