"""The check from a file to what is left out: all imports, several inputs, a dataset version, the corpus."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from curation import contamination, corpus, left_out, overview
from storage import artifacts, jobs, schemas
from storage.errors import InvalidInput, NotFound
from storage.project import Project
from tests.curation import sample_task

NAME = sample_task.NAME
LONG = (
    "a stock pot of thick steel with two handles that holds twelve litres and works on every hob there is "
    "including induction and comes with a lid of glass"
)
AROUND = "Sale of the week, while stocks last, in all our shops by the lake and by post to anywhere."


@pytest.fixture
def home(project: Project) -> Project:
    """Six records of two imports, one of them held out."""
    sample_task.made(project)
    texts = ["Wok with a lid, 28 cm", "Loaf tin of blue steel", "Green tea from the hills"]
    rows = [
        sample_task.record(number, inputs={"title": text, "Brand name": "Lodge"})
        for number, text in enumerate(texts)
    ]
    sample_task.publish_records(project, rows)
    later = [
        sample_task.record(10, inputs={"title": f"{AROUND} {LONG}. {AROUND}", "Brand name": "Olmo"}),
        sample_task.record(11, inputs={"title": "Something else", "Brand name": "Olmo"}),
        sample_task.record(12, inputs={"title": "Muffin tray, 12 cups", "Brand name": ""}, held_out=True),
    ]
    sample_task.publish_records(project, later, "rec_b")
    return project


@pytest.fixture
def benchmark(tmp_path: Path) -> Path:
    """Four questions, three of which are among the records."""
    path = tmp_path / "benchmark.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["question", "answer"])
        writer.writerow(["WOK with a lid... 28 cm (Lodge)", "Cookware"])
        writer.writerow([LONG, "Cookware"])
        writer.writerow(["Muffin tray 12 cup", "Bakeware"])
        writer.writerow(["Nothing of the kind", "Tea"])
    return path


def found_in(project: Project, path: Path) -> dict[str, tuple[str, int]]:
    manifest = contamination.check(project, NAME, path, ["question"])
    return {
        pair.record_id: (pair.match, pair.row_number)
        for pair in contamination.pairs(project, NAME, manifest.artifact_id)
    }


def test_records_of_every_import_are_held_against_the_file(home: Project, benchmark: Path) -> None:
    assert found_in(home, benchmark) == {
        "rec_0000": ("exact", 2),
        "rec_0010": ("passage", 3),
        "rec_0012": ("near", 4),
    }
    checked = contamination.newest(home, NAME)
    assert checked is not None
    assert (checked.records, checked.rows, checked.found) == (6, 4, 3)
    assert (checked.exact, checked.near, checked.passage, checked.new_records) == (1, 1, 1, 0)
    assert artifacts.verify(home) == []


def test_pairs_come_in_pages_with_both_texts_and_what_they_share(home: Project, benchmark: Path) -> None:
    check = contamination.check(home, NAME, benchmark, ["question"]).artifact_id
    first, second = contamination.pairs(home, NAME, check, limit=2)
    [third] = contamination.pairs(home, NAME, check, limit=2, offset=2)
    assert [pair.match for pair in (first, second, third)] == ["exact", "near", "passage"]
    assert first.inputs["title"] == "Wok with a lid, 28 cm"
    assert first.text == "WOK with a lid... 28 cm (Lodge)"
    assert (second.held_out, first.held_out) == (True, False)
    assert third.passage.startswith("a stock pot of thick steel")
    assert third.similarity == 1.0
    with pytest.raises(NotFound, match="no check 'ctm_none'"):
        contamination.pairs(home, NAME, "ctm_none")


def test_a_long_input_is_also_compared_by_itself(home: Project, tmp_path: Path) -> None:
    path = tmp_path / "b.jsonl"
    title = "Frying pan of carbon steel, 26 cm, seasoned by hand"
    inputs = {"title": title, "Brand name": "A very long name of a brand " * 4}
    sample_task.publish_records(home, [sample_task.record(20, inputs=inputs)], "rec_c")
    path.write_text(json.dumps({"q": title.upper()}) + "\n")
    manifest = contamination.check(home, NAME, path, ["q"])
    assert contamination.record_ids(home, NAME, manifest.artifact_id) == ["rec_0020"]


def test_contacts_are_masked_in_the_file_as_they_are_in_records(home: Project, tmp_path: Path) -> None:
    rows = [sample_task.record(30, inputs={"title": "Ask [email] about the kettle", "Brand name": ""})]
    sample_task.publish_records(home, rows, "rec_c")
    path = tmp_path / "b.jsonl"
    path.write_text(json.dumps({"q": "Ask anna@example.org about the kettle"}) + "\n")
    manifest = contamination.check(home, NAME, path, ["q"])
    [pair] = contamination.pairs(home, NAME, manifest.artifact_id)
    assert (pair.record_id, pair.match, pair.text) == ("rec_0030", "exact", "Ask [email] about the kettle")


def test_as_a_job_it_says_what_it_found_and_what_came_since(home: Project, benchmark: Path) -> None:
    job = contamination.start(home, NAME, benchmark, ["question"], created_by="owner", name="MMLU")
    done = jobs.run_inline(home, job.job_id)
    assert done.status == "succeeded", done.error
    assert {name: done.summary[name] for name in ("exact", "near", "passage")} == {
        "exact": 1, "near": 1, "passage": 1,
    }  # fmt: skip
    sample_task.publish_records(home, [sample_task.record(40)], "rec_c")
    [checked] = contamination.listing(home, NAME)
    assert (checked.name, checked.new_records) == ("MMLU", 1)


@pytest.mark.parametrize(("columns", "said"), [(["nope"], "no column 'nope'"), ([], "No column was chosen")])
def test_a_column_that_is_not_there_is_refused_at_once(
    home: Project, benchmark: Path, columns: list[str], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said) as refused:
        contamination.start(home, NAME, benchmark, columns)
    assert "question, answer" in refused.value.next_step
    with pytest.raises(InvalidInput, match=said):
        contamination.check(home, NAME, benchmark, columns)
    assert contamination.listing(home, NAME) == []


def test_a_task_without_records_is_refused(project: Project, benchmark: Path) -> None:
    sample_task.made(project)
    with pytest.raises(InvalidInput, match="no records yet"):
        contamination.start(project, NAME, benchmark, ["question"])


def test_of_a_dataset_version_the_split_is_told(home: Project, benchmark: Path) -> None:
    inputs = {"title": "Wok with a lid, 28 cm", "Brand name": "Lodge"}
    row = {
        "record_id": "rec_0000", "cluster": 0, "split": "train", "system": "", "prompt": "?",
        "completion": "Tea", "inputs": json.dumps(inputs), "decision": "approved", "reviewers": [],
        "review_ids": [], "label_id": None, "teacher_output": None,
    }  # fmt: skip
    facts = {
        "rows": {"train": 1, "validation": 0, "test": 0}, "decisions": {"approved": 1}, "seed": 0,
        "prompt_number": 1, "validation_share": 0.1, "content_hash": "", "created_by": "owner",
    }  # fmt: skip
    with artifacts.draft(home, "datasets", NAME, "v0001") as draft:
        for split in ("train", "validation", "test"):
            rows = [row] if split == "train" else []
            draft.write_table(f"{split}.parquet", schemas.from_rows(rows, "dataset_rows"), "dataset_rows")
        draft.publish(facts=facts)
    manifest = contamination.check(home, NAME, benchmark, ["question"], version="v0001")
    [pair] = contamination.pairs(home, NAME, manifest.artifact_id)
    assert (pair.record_id, pair.split) == ("rec_0000", "train")
    assert manifest.inputs == ("datasets/v0001",)
    with pytest.raises(NotFound, match="v0009"):
        contamination.check(home, NAME, benchmark, ["question"], version="v0009")


def test_what_is_left_out_trains_no_more_until_it_is_taken_back(home: Project, benchmark: Path) -> None:
    ids = list(found_in(home, benchmark))
    before = {record.record_id for record in corpus.read(home, NAME).trainable}
    assert overview.read(home, NAME).imported.trainable == len(before) == 5
    assert left_out.put(home, NAME, ids, why="stands in a benchmark", by="owner") == 3
    assert left_out.put(home, NAME, ids, why="once more", by="owner") == 0
    assert left_out.standing(home, NAME) == dict.fromkeys(sorted(ids), "stands in a benchmark")
    whole = corpus.read(home, NAME)
    assert {record.record_id for record in whole.trainable} == before - set(ids)
    assert [record.record_id for record in whole.held_out] == ["rec_0012"]
    assert overview.read(home, NAME).imported.trainable == 3
    check = contamination.listing(home, NAME)[0].artifact_id
    assert all(pair.left_out for pair in contamination.pairs(home, NAME, check))
    assert left_out.take_back(home, NAME, ids) == 3
    assert {record.record_id for record in corpus.read(home, NAME).trainable} == before


@pytest.mark.parametrize("why", ["", "   ", "x" * 501])
def test_leaving_out_needs_a_reason(home: Project, why: str) -> None:
    with pytest.raises(InvalidInput, match="The reason has"):
        left_out.put(home, NAME, ["rec_0000"], why=why, by="owner")
