"""What an import does with recipe, policy and terms, and what its manifest and files say of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from curation import cleaning, imports, preparing, tasks
from curation.imports import Terms
from curation.imports.mapping import ColumnMapping
from curation.redaction import Policy
from curation.tasks import Task
from storage import artifacts, jobs, views
from storage.errors import InvalidInput
from storage.project import Project

TASK = "shelf"
MAPPING = ColumnMapping(inputs={"text": "text"}, gold="gold", extras=("note",))
LENGTH, BOILERPLATE = cleaning.STEPS[6], cleaning.STEPS[5]
PHONE = "+49 30 23125 123"


@pytest.fixture
def task(project: Project) -> Task:
    made = Task(name=TASK, title="Shelf", kind="generation", input_columns=("text",), held_out_share=0.5)
    return tasks.create(project, made)


def written(project: Project, rows: list[dict[str, Any]], name: str = "a.jsonl") -> Path:
    path = project.root / name
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)) + b"\n")
    return path


def row(text: str, gold: str = "", note: str = "") -> dict[str, Any]:
    return {"text": text, "gold": gold, "note": note}


def prepared(project: Project, *steps: Any, **policy: Any) -> None:
    """Save a preparation upon what stands."""
    recipe = cleaning.Recipe(steps=(*cleaning.DEFAULT.steps, *steps))
    revision = preparing.of(project, TASK).revision
    preparing.save(project, TASK, recipe, Policy(**policy), based_on=revision, by="owner")


def records(project: Project) -> list[dict[str, Any]]:
    return views.rows(project, "SELECT * FROM records ORDER BY artifact, row_number", task=TASK)


def table(project: Project, import_id: str, name: str) -> list[dict[str, Any]]:
    manifest = artifacts.load(project, "imports", TASK, import_id)
    found: list[dict[str, Any]] = artifacts.read_table(manifest, name).to_pylist()
    return found


def test_the_manifest_says_how_the_texts_were_prepared_and_on_what_terms(
    project: Project, task: Task
) -> None:
    prepared(project, LENGTH(least_words=2), actions={"email": "pseudonym"})
    path = written(project, [row("write to ann@shop.example"), row("short")])
    terms = Terms(licence=" cc-by-4.0 ", origin="https://data.example/\x00a", consent="")
    result = imports.import_file(
        project, TASK, path, MAPPING, imported_by="ann", terms=terms, source_id="src_1"
    )
    facts = artifacts.load(project, "imports", TASK, result.import_id).facts
    assert facts["terms"] == {
        "licence": "cc-by-4.0", "origin": "https://data.example/a", "consent": None,
    }  # fmt: skip
    assert (facts["source_id"], facts["imported_by"]) == ("src_1", "ann")
    standing = preparing.of(project, TASK)
    said = facts["preparation"]
    assert said["revision"] == 1
    assert (
        cleaning.parsed(said["recipe"]).content_hash()
        == said["recipe_hash"]
        == standing.recipe.content_hash()
    )
    assert Policy.model_validate(said["policy"]) == standing.policy
    assert said["model"] is None
    assert facts["prepared"]["cleaning"]["steps"][-1] == {
        "step": "length", "seen": 2, "changed": 0, "rejected": 1,
    }  # fmt: skip
    assert facts["prepared"]["redaction"]["replaced"] == {"email": 1}
    [past] = imports.listing(project, TASK)
    assert (past.terms, past.masked, past.emails_masked) == (terms, {"email": 1}, 1)


def test_what_a_filter_rejects_and_a_policy_drops_is_kept_with_its_reason_and_raw_text(
    project: Project, task: Task
) -> None:
    prepared(project, LENGTH(least_words=2), actions={"phone": "drop_row"})
    rows = [row("two words"), row("one"), row("kept apart", note=f"call {PHONE}"), row("")]
    result = imports.import_file(project, TASK, written(project, rows), MAPPING)
    assert (result.read, result.new, result.rejected) == (4, 1, 3)
    rejects = imports.rejects(project, TASK, result.import_id)
    assert [(one.row_number, one.reason) for one in rejects] == [
        (2, "It has 1 word; 2 are the least."),
        (3, "It holds what the redaction policy drops rows for: phone."),
        (4, "It has 0 characters; 1 are the least."),
    ]
    assert PHONE in rejects[1].row
    assert [example["row_number"] for example in table(project, result.import_id, "steps.parquet")] == [2, 4]


def test_filters_judge_the_inputs_and_gold_and_extras_are_redacted_too(project: Project, task: Task) -> None:
    prepared(project, LENGTH(least_words=2), BOILERPLATE(least_records=2, share=0.5))
    rows = [
        row(f"Text {word}\nFree  returns", gold=f"Ask {PHONE}\nFree returns", note="a@shop.example")
        for word in ("one", "two", "three", "four", "five", "six")
    ]
    result = imports.import_file(project, TASK, written(project, rows), MAPPING)
    found = records(project)
    assert result.new == len(found) == 6
    assert [orjson.loads(one["inputs"])["text"] for one in found][:2] == ["Text one", "Text two"]
    assert {one["gold"] for one in found} == {None, "Ask [phone]\nFree returns"}
    assert {one["extras"] for one in found} == {'{"note":"[email]"}'}
    lines = [one for one in table(project, result.import_id, "steps.parquet") if one["step"] == "boilerplate"]
    assert {one["before"] for one in lines if one["row_number"] is None} == {"Free returns"}


def test_uncertain_values_are_written_down_for_new_records_only(project: Project, task: Task) -> None:
    prepared(project, threshold=0.99)
    path = written(project, [row(f"call {PHONE}"), row(f"call {PHONE} "), row("", note=PHONE)])
    result = imports.import_file(project, TASK, path, MAPPING)
    assert (result.new, result.repeated, result.rejected) == (1, 1, 1)
    [asked] = table(project, result.import_id, "uncertain.parquet")
    assert (asked["row_number"], asked["column"], asked["type"], asked["masked"]) == (
        1,
        "text",
        "phone",
        False,
    )
    assert asked["context"][asked["start"] : asked["end"]] == PHONE
    assert len(asked["value_mac"]) == 64


def test_the_same_file_is_another_import_once_it_is_prepared_otherwise(project: Project, task: Task) -> None:
    path = written(project, [row("write to ann@shop.example"), row("nothing to hide")])
    first = imports.import_file(project, TASK, path, MAPPING)
    assert imports.import_file(project, TASK, path, MAPPING).again
    prepared(project, actions={"email": "keep"})
    second = imports.import_file(project, TASK, path, MAPPING)
    assert (second.again, second.new, second.known) == (False, 1, 1)
    prepared(project)  # as at first
    third = imports.import_file(project, TASK, path, MAPPING)
    assert (third.again, third.import_id) == (True, first.import_id)


def test_a_folder_is_known_again_by_what_its_files_hold(project: Project, task: Task) -> None:
    home = project.root / "rows"
    home.mkdir()
    written(project, [row("one of them")], "rows/a.jsonl")
    written(project, [row("another one")], "rows/b.jsonl")
    first = imports.import_file(project, TASK, home, MAPPING)
    assert (first.new, first.read) == (2, 2)
    (home / "b.jsonl").touch()
    assert imports.import_file(project, TASK, home, MAPPING).again
    (home / "b.jsonl").rename(home / "c.jsonl")
    assert not imports.import_file(project, TASK, home, MAPPING).again
    written(project, [row("a third one")], "rows/d.jsonl")
    assert imports.import_file(project, TASK, home, MAPPING).new == 1


def test_a_member_is_an_import_of_its_own(project: Project, task: Task) -> None:
    import zipfile

    with zipfile.ZipFile(project.root / "all.zip", "w") as archive:
        for name in ("a", "b"):
            archive.writestr(f"{name}.jsonl", orjson.dumps(row(f"text of {name}")))
    path = project.root / "all.zip"
    with pytest.raises(InvalidInput, match="holds 2 files"):
        imports.import_file(project, TASK, path, MAPPING)
    assert imports.import_file(project, TASK, path, MAPPING, member="a.jsonl").new == 1
    assert imports.import_file(project, TASK, path, MAPPING, member="b.jsonl").new == 1
    assert imports.import_file(project, TASK, path, MAPPING, member="a.jsonl").again


def test_the_job_is_told_all_that_the_function_is(project: Project, task: Task) -> None:
    path = written(project, [{"messages": [
        {"role": "user", "content": "Which tea?"}, {"role": "assistant", "content": "Green"},
    ]}])  # fmt: skip
    mapping = ColumnMapping(inputs={"messages": "text"})
    job = imports.start(
        project, TASK, path, mapping, terms=Terms(licence="own"), as_table=True, source_id="src_2"
    )
    assert jobs.run_inline(project, job.job_id).status == "succeeded"
    [past] = imports.listing(project, TASK)
    assert (past.terms.licence, past.source_id, past.shape) == ("own", "src_2", "table")
    assert "Which tea?" in orjson.loads(records(project)[0]["inputs"])["text"]


def test_the_projects_limits_hold(project: Project, task: Task) -> None:
    from storage import project as projects

    settings = project.root / projects.SETTINGS_NAME
    settings.write_text(settings.read_text() + "[imports]\ncell_chars = 100\n")
    opened = projects.open_project(project.root)
    result = imports.import_file(opened, TASK, written(opened, [row("a" * 101), row("b" * 100)]), MAPPING)
    [reject] = imports.rejects(opened, TASK, result.import_id)
    assert (result.new, reject.reason) == (1, "Column 'text' has more than 100 characters.")


def test_terms_are_plain_text_of_some_length() -> None:
    terms = Terms(licence="x" * 3_000, origin="a\u202eb\nc\x07", consent="  ")
    assert (len(terms.licence or ""), terms.origin, terms.consent) == (2_000, "ab\nc", None)


def test_raw_rows_have_the_keys_that_each_row_had(project: Project, task: Task) -> None:
    rows = [
        {"text": "a", "gold": "", "note": 'say "hi"\n'},
        {"text": "b", "gold": ""},
        *({"text": f"{number}", "gold": "", "note": ""} for number in range(1_000)),
        {"text": "c", "gold": "", "note": "n", "late": {"x": 1}},
    ]
    result = imports.import_file(project, TASK, written(project, rows), MAPPING)
    raw = [orjson.loads(one["row"]) for one in table(project, result.import_id, "raw.parquet")]
    assert raw == [*rows[:-1], {**rows[-1], "late": '{"x":1}'}]
    assert result.read == 1_003
