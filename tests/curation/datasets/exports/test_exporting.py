"""A version leaves the project in every format, with the rows that the format is for."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from curation import datasets, labelling, prompts, tasks
from curation.datasets.exports import exporting
from curation.tasks import Task
from storage import artifacts, exports, schemas
from storage.errors import InvalidInput, NotFound
from storage.project import Project
from tests.curation import sample_task
from tests.curation.datasets.test_freezing import TASK, approve_all, freeze
from tests.curation.datasets.test_freezing import prepared as prepared

FOLDERS = [name for name, format in exports.FORMATS.items() if format.to_folder]
TABLES = ("csv", "tsv", "parquet", "huggingface-disk", "huggingface-hub")
RECIPES = ("llama-factory-sharegpt", "llama-factory-alpaca", "axolotl")


@pytest.fixture
def frozen(prepared: Project) -> Project:
    """Every label approved but one, which a person corrected."""
    approve_all(prepared, rec_0004={"decision": "corrected", "output": "Tea"})
    freeze(prepared)
    return prepared


def exported(project: Project, format: str, folder: Path, **options: Any) -> Path:
    path = folder / f"{format}{'' if format in FOLDERS else datasets.suffix(format)}"
    return datasets.export(project, TASK, "v0001", format, path, **options)


def count(path: Path) -> int:
    return len(path.read_bytes().splitlines())


def test_rows_are_read_anew_each_time_and_are_those_of_the_version(frozen: Project) -> None:
    streamed = exporting.rows(frozen, TASK, "v0001")
    stored = datasets.rows(frozen, TASK, "v0001")
    for _ in range(2):
        found = list(streamed)
        assert [row.record_id for row in found] == [row.record_id for row in stored]
        for ours, theirs in zip(found, stored, strict=True):
            given = {name: value for name, value in vars(ours).items() if name != "conversation"}
            assert given == {name: getattr(theirs, name) for name in given}
            assert ours.conversation is None
    only = exporting.rows(frozen, TASK, "v0001", ["test"])
    assert {row.split for row in only} == {"test"}
    with pytest.raises(InvalidInput, match="There is no split 'all'"):
        exporting.rows(frozen, TASK, "v0001", ["all"])
    with pytest.raises(NotFound, match="v0009"):
        exporting.rows(frozen, TASK, "v0009")


@pytest.mark.parametrize("format", [name for name in exports.FORMATS if name not in (*TABLES, *RECIPES)])
def test_a_file_to_train_from_holds_the_train_split_only(
    frozen: Project, tmp_path: Path, format: str
) -> None:
    made = datasets.get(frozen, TASK, "v0001").rows
    named = {row.record_id: row.split for row in datasets.rows(frozen, TASK, "v0001")}
    corrected_trains = named["rec_0004"] == "train"
    rows = {"dpo": 1, "openai-dpo": 1, "kto": made["train"] + corrected_trains}.get(format, made["train"])
    if format in ("dpo", "openai-dpo"):
        split = named["rec_0004"]
        assert count(exported(frozen, format, tmp_path, split=split)) == rows
        with pytest.raises(InvalidInput, match="None of the 10 rows"):
            exported(frozen, format, tmp_path, split="test")
        return
    assert count(exported(frozen, format, tmp_path)) == rows


@pytest.mark.parametrize("format", RECIPES)
def test_a_folder_to_train_from_never_holds_the_test_split_by_itself(
    frozen: Project, tmp_path: Path, format: str
) -> None:
    made = datasets.get(frozen, TASK, "v0001").rows
    path = exported(frozen, format, tmp_path)
    lines = {file.stem: count(file) for file in path.glob("*.jsonl")}
    assert lines == {split: made[split] for split in ("train", "validation")}
    asked = datasets.export(frozen, TASK, "v0001", format, tmp_path / "asked", split="test")
    assert {file.stem: count(file) for file in asked.glob("*.jsonl")} == {"test": made["test"]}


def test_what_axolotl_is_told_of_a_test_split_is_to_measure_on_it(frozen: Project, tmp_path: Path) -> None:
    path = exported(frozen, "axolotl", tmp_path, split="test")
    assert list(yaml.safe_load((path / "datasets.yaml").read_text())) == ["test_datasets"]


@pytest.mark.parametrize("format", TABLES)
def test_a_table_holds_every_split(frozen: Project, tmp_path: Path, format: str) -> None:
    from datasets import load_dataset, load_from_disk

    made = datasets.get(frozen, TASK, "v0001").rows
    path, cache = exported(frozen, format, tmp_path), str(tmp_path / "cache")
    if format == "huggingface-disk":
        found = [row for split in load_from_disk(str(path)).values() for row in split]
    elif format == "huggingface-hub":
        found = [row for split in load_dataset(str(path), cache_dir=cache).values() for row in split]
    else:
        builder = "parquet" if format == "parquet" else "csv"
        options = {} if builder == "parquet" else {"sep": "\t" if format == "tsv" else ","}
        found = list(load_dataset(builder, data_files=str(path), split="train", cache_dir=cache, **options))
    splits = [row["split"] for row in found]
    assert {split: splits.count(split) for split in made} == dict(made)
    assert {row["input_title"] for row in found} == {
        row.inputs["title"] for row in datasets.rows(frozen, TASK, "v0001")
    }


@pytest.mark.parametrize("format", FOLDERS)
def test_a_folder_is_a_zip_where_its_suffix_is_asked_for(
    frozen: Project, tmp_path: Path, format: str
) -> None:
    path = tmp_path / f"rows{datasets.suffix(format)}"
    assert datasets.export(frozen, TASK, "v0001", format, path) == path
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert len(archive.namelist()) >= 3


def test_a_hub_folder_has_a_card_of_its_own_columns(frozen: Project, tmp_path: Path) -> None:
    card = (exported(frozen, "huggingface-hub", tmp_path) / "README.md").read_text(encoding="utf-8")
    assert "`input_…` are its\ncolumns" in card
    made = datasets.get(frozen, TASK, "v0001").rows
    assert f"| train | {made['train']} |" in card
    part = datasets.export(frozen, TASK, "v0001", "huggingface-hub", tmp_path / "part", split="test")
    head = yaml.safe_load((part / "README.md").read_text(encoding="utf-8").split("---")[1])
    assert head["configs"][0]["data_files"] == [{"split": "test", "path": "test.parquet"}]


def test_a_chat_task_leaves_as_turns(project: Project, tmp_path: Path) -> None:
    tasks.create(
        project,
        Task(
            name=TASK,
            title="Intake",
            kind="chat",
            input_columns=("conversation",),
            speakers={"Doctor": "assistant", "Patient": "user"},
            held_out_share=0,
        ),
    )
    said = "Patient: My head aches.\nDoctor: Since when?\nPatient: Two days."
    record = sample_task.record(
        0, inputs={"conversation": said}, extras={"teacher_v1": "Doctor: Take a pill."}
    )
    sample_task.publish_records(project, [record])
    prompts.create(
        project, TASK, system="Ask.", template="{conversation}", reason="first", created_by="owner"
    )
    label = {"label_id": "lab_1", "record_id": "rec_0000", "prompt_version": 1, "teacher": "t",
             "output": "Doctor: Take a pill."}  # fmt: skip
    with artifacts.draft(project, "labels", TASK, "lab_a") as draft:
        draft.write_table("labels.parquet", schemas.from_rows([label], "labels"), "labels")
        draft.publish()
    assert labelling.by_id(project, TASK)["lab_1"].output == "Doctor: Take a pill."
    review = sample_task.review(
        "rec_0000", "ann", decision="corrected", output="Any fever?", label_id="lab_1"
    )
    sample_task.publish_reviews(project, [review])
    datasets.freeze(project, TASK, created_by="owner", fresh=False, validation_share=0)
    [line] = exported(project, "openai-chat", tmp_path).read_bytes().splitlines()
    assert [(turn["role"], turn["content"], turn.get("weight")) for turn in json.loads(line)["messages"]] == [
        ("system", "Ask.", None), ("user", "My head aches.", None), ("assistant", "Since when?", 0),
        ("user", "Two days.", None), ("assistant", "Any fever?", None),
    ]  # fmt: skip
    [pair] = exported(project, "dpo", tmp_path).read_bytes().splitlines()
    found = json.loads(pair)
    assert [turn["content"] for turn in (*found["chosen"], *found["rejected"])] == [
        "Any fever?",
        "Take a pill.",
    ]
