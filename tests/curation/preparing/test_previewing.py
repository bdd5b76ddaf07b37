"""A preview says what a recipe would do to rows as they came, and what redaction would do to one text."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation import cleaning, imports, preparing
from curation.imports import ColumnMapping
from curation.preparing import findings, previewing, secret
from curation.preparing.findings import found_by_kind
from curation.preparing.uncertain_rulings import rule
from curation.redaction import Policy, Redactor
from storage import artifacts
from storage.errors import NotFound
from storage.keeping import removed_files
from storage.project import Project
from tests.curation import sample_task
from tests.curation.preparing.made_imports import publish

TASK = sample_task.NAME
RECIPE = cleaning.parsed({"steps": [{"step": "white_space"}, {"step": "length", "least_characters": 12}]})


def rows(number: int) -> list[dict[str, str]]:
    return [
        {"title": f"A  pan, no. {n}" if n % 2 else "Pan", "brand": "", "seller": "a  b"}
        for n in range(number)
    ]


def test_each_step_says_how_many_of_the_first_rows_it_would_touch(project: Project) -> None:
    sample_task.made(project)
    publish(project, "a", raw=rows(300))
    report = previewing.preview(project, TASK, "imp_a", RECIPE)
    spaces, length = report.steps
    assert (report.read, report.kept) == (200, 100)
    assert (spaces.changed, spaces.rejected) == (200, 0)  # the seller's spaces count as well
    assert (length.changed, length.rejected) == (0, 100)  # and are no reason to keep a row
    first = length.examples[0]
    assert (first.number, first.before, first.reason) == (2, "Pan", "It has 3 characters; 12 are the least.")


def test_rows_of_great_length_are_read_up_to_a_bound(project: Project) -> None:
    sample_task.made(project)
    publish(project, "a", raw=[{"title": "long " * 60_000, "brand": "", "seller": ""}] * 9)
    report = previewing.preview(project, TASK, "imp_a", cleaning.DEFAULT)
    assert report.read == previewing.CHARACTERS // 300_000


def test_raw_rows_that_were_deleted_are_said_to_be(project: Project) -> None:
    sample_task.made(project)
    publish(project, "a", raw=rows(3))
    manifest = artifacts.load(project, "imports", TASK, "imp_a")
    removed_files.remove_files(manifest, by="the project", why="raw rows are kept for 30 days")
    with pytest.raises(NotFound, match=r"The raw rows of a\.csv were deleted"):
        previewing.preview(project, TASK, "imp_a", RECIPE)


def test_a_text_is_tried_as_an_import_would_prepare_it(project: Project) -> None:
    sample_task.made(project)
    text = "Write  to ann@example.org"
    tried = previewing.tried(project, TASK, RECIPE, Policy(actions={"email": "drop_row"}), text)
    assert (tried.cleaned, tried.reason) == ("Write to ann@example.org", "")
    assert tried.redacted.dropped_for == ("email",)
    [span] = tried.redacted.spans
    assert tried.cleaned[span.start : span.end] == "ann@example.org"
    assert previewing.tried(project, TASK, RECIPE, Policy(), "Short").reason.startswith("It has 5 characters")


def test_a_ruling_counts_when_a_text_is_tried(project: Project) -> None:
    sample_task.made(project)
    text = "It went into box number 5550123456 with the others"
    before = previewing.tried(project, TASK, RECIPE, Policy(), text)
    doubtful = [each for each in before.redacted.spans if each.uncertain]
    assert doubtful, "the example has to hold something doubtful"
    value = text[doubtful[0].start : doubtful[0].end]
    mac = Redactor(Policy(), secret(project)).value_mac(doubtful[0].type, value)
    rule(project, TASK, mac, doubtful[0].type, "mask", "ann")
    after = previewing.tried(project, TASK, RECIPE, Policy(), text)
    assert value in before.redacted.text
    assert value not in after.redacted.text


def test_what_an_import_did_is_told_with_its_examples_until_they_are_deleted(
    project: Project, tmp_path: Path
) -> None:
    sample_task.made(project)
    preparing.save(project, TASK, RECIPE, Policy(), based_on=0, by="owner")
    path = tmp_path / "pans.csv"
    path.write_text("title,brand\n" + "A  cast iron pan,Lodge\nPan,\n" * 20)
    mapping = ColumnMapping(inputs={"title": "title", "brand": "Brand name"})
    made = imports.import_file(project, TASK, path, mapping)
    spaces, length = findings.done(project, TASK, made.import_id)
    assert (spaces.title, spaces.seen, spaces.changed) == ("White space", 40, 20)
    assert (length.seen, length.rejected, len(length.examples)) == (40, 20, 10)
    assert (spaces.examples[0].before, spaces.examples[0].after) == ("A  cast iron pan", "A cast iron pan")
    manifest = artifacts.load(project, "imports", TASK, made.import_id)
    removed_files.remove_files(manifest, by="the project", why="raw rows are kept for 30 days")
    spaces, length = findings.done(project, TASK, made.import_id)
    assert (spaces.changed, spaces.examples, length.examples) == (20, (), ())


def test_what_imports_found_is_added_up(project: Project) -> None:
    sample_task.made(project)
    publish(project, "a", found={"email": 3, "phone": 1})
    publish(project, "b", found={"email": 2})
    assert dict(found_by_kind(project, TASK)) == {"email": 5, "phone": 1}
