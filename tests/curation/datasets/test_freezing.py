"""Freezing what people approved: splits, hashes, versions and the way back."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import orjson
import pyarrow.parquet as pq
import pytest

from curation import datasets, labelling, prompts, tasks
from curation.datasets import Crossing, DatasetVersion, Definition, crossing, freezing
from curation.datasets.definition import Replay, Splits, Variations, parsed, storing
from curation.datasets.definition import files as definition_files
from curation.datasets.files.content_hash import of_folder
from curation.datasets.planning.pinning import Pinned
from curation.student_prompts import StudentPrompt, Variation
from storage import artifacts
from storage.errors import Conflict, InvalidInput, NotFound
from storage.project import Project
from tests.curation import sample_task
from tests.curation.conftest import label

TASK = sample_task.NAME
TRAINED = 40


@pytest.fixture
def prepared(project: Project) -> Project:
    """Forty reviewable records, ten held out with gold, one held out without; clusters; labels."""
    sample_task.made(project)
    rows = [sample_task.record(number) for number in range(TRAINED)]
    rows += [
        sample_task.record(number, held_out=True, gold=sample_task.LABELS[number % 3])
        for number in range(50, 60)
    ]
    rows.append(sample_task.record(60, held_out=True))
    sample_task.publish_records(project, rows)
    search(project)
    label(project, 1, "Title: {title}")
    return project


def search(project: Project, name: str = "dup_a") -> None:
    """What a search might have found, which overlooked that all titles are much alike."""
    clusters = [["rec_0000", "rec_0050"], ["rec_0001", "rec_0002"]]
    sample_task.publish_duplicates(project, clusters, frozenset({"rec_0050"}), name)


def approve_all(project: Project, generation: str = "g0001", **changes: dict[str, object]) -> None:
    """A mirror in which ann approved every label, but for `changes` by record id."""
    labels = labelling.latest(project, TASK, 1)
    reviews = [
        sample_task.review(found.record_id, "ann", output=found.output, label_id=found.label_id)
        | changes.get(found.record_id, {})
        for found in labels.values()
    ]
    sample_task.publish_reviews(project, reviews, generation)


def freeze(project: Project, **changes: object) -> DatasetVersion:
    return datasets.freeze(project, TASK, created_by="owner", fresh=False, **changes)  # type: ignore[arg-type]


def test_approved_rows_train_or_validate_and_held_out_rows_with_gold_test(prepared: Project) -> None:
    approve_all(prepared, rec_0004={"decision": "corrected", "output": "Tea"})
    made = freeze(prepared)
    assert made.version == "v0001"
    assert (
        made.rows["train"] + made.rows["validation"] == TRAINED - 2
    )  # a copy, and one beside a held-out row
    assert made.rows["test"] == 10
    assert made.decisions == {"approved": TRAINED - 3, "corrected": 1, "gold": 10}
    found = {row.record_id: row for row in datasets.rows(prepared, TASK, "v0001")}
    assert not {"rec_0000", "rec_0002", "rec_0060"} & set(found)
    assert found["rec_0004"].completion == "Tea"
    assert (found["rec_0004"].teacher_output, found["rec_0004"].prompt) == (
        "Bakeware",
        "Title: Bakeware no. 4",
    )
    test = datasets.rows(prepared, TASK, "v0001", "test")
    assert {row.decision for row in test} == {"gold"}
    assert all(row.label_id is None and row.teacher_output is None and not row.review_ids for row in test)
    assert test[0].prompt.startswith("Title: ")


def test_no_cluster_of_a_held_out_record_ever_trains(prepared: Project) -> None:
    approve_all(prepared)
    sample_task.publish_duplicates(
        prepared, [["rec_0005", "rec_0051"], ["rec_0006", "rec_0007"]], frozenset({"rec_0051"}), name="dup_b"
    )
    freeze(prepared)
    trained = {row.record_id for row in datasets.rows(prepared, TASK, "v0001") if row.split != "test"}
    assert not {"rec_0005", "rec_0007"} & trained
    assert datasets.preview(prepared, TASK, fresh=False).beside_held_out == 2


def test_conflicts_and_discards_and_labels_nobody_knows_are_left_out_and_counted(prepared: Project) -> None:
    labels = labelling.latest(prepared, TASK, 1)
    reviews = [
        sample_task.review(found.record_id, "ann", output=found.output, label_id=found.label_id)
        for found in labels.values()
    ]
    reviews[0] = reviews[0] | {"decision": "discarded", "output": None}
    reviews[1] = reviews[1] | {"decision": "corrected", "output": "Kettles"}
    reviews.append(sample_task.review(reviews[2]["record_id"], "ben", decision="corrected", output="Nothing"))
    reviews.append(
        sample_task.review(reviews[3]["record_id"], "ben", decision="discarded") | {"deleted": True}
    )
    sample_task.publish_reviews(prepared, reviews)
    shown = datasets.preview(prepared, TASK, fresh=False)
    assert (shown.discarded, shown.unusable, shown.in_conflict) == (1, 1, 1)
    assert shown.approved == TRAINED - 2 - 3
    assert (shown.gold, shown.held_out_without_gold) == (10, 1)
    assert shown.splits["train"] + shown.splits["validation"] == shown.approved
    assert shown.can_freeze
    assert freeze(prepared).rows == shown.splits


def test_freezing_the_same_content_again_gives_the_version_that_stands(prepared: Project) -> None:
    approve_all(prepared)
    first = freeze(prepared)
    assert freeze(prepared) == first
    assert datasets.preview(prepared, TASK, fresh=False).stands_as == "v0001"
    approve_all(prepared, "g0002", rec_0004={"decision": "corrected", "output": "Tea"})
    assert datasets.preview(prepared, TASK, fresh=False).stands_as is None
    second = freeze(prepared)
    assert second.version == "v0002"
    assert [made.version for made in datasets.listing(prepared, TASK)] == ["v0001", "v0002"]
    changed = [
        row.record_id
        for row, before in zip(
            datasets.rows(prepared, TASK, "v0002"), datasets.rows(prepared, TASK, "v0001"), strict=True
        )
        if row != before
    ]
    assert changed == ["rec_0004"]


def test_what_a_definition_asks_for_is_what_the_version_holds(prepared: Project) -> None:
    approve_all(prepared, rec_0004={"decision": "corrected", "output": "Tea"})
    asked = Definition(
        splits=Splits(validation_share=0.25, stratify_by="label"),
        balance=1,
        student_prompt=StudentPrompt(system="Sort.", template="{title}"),
        variations=Variations(
            texts=(Variation(name="ask", template="{title}?"), Variation(name="odd", system="Say!")),
            kept_for_robustness=("odd",),
        ),
    )
    shown = datasets.preview(prepared, TASK, definition=asked, fresh=False)
    made = freeze(prepared, definition=asked)
    found = datasets.rows(prepared, TASK, made.version)
    assert made.rows == shown.splits == dict(Counter(row.split for row in found))
    trained = Counter(row.completion for row in found if row.split == "train")
    assert len(set(trained.values())) == 1
    assert shown.unbalanced == made.manifest.facts["left_out"]["unbalanced"] > 0
    assert {row.system for row in found} == {"Sort."}
    assert {row.variation for row in found if row.split == "test"} == {""}
    worded = [row for row in found if row.variation == "ask"]
    assert worded
    assert all(row.prompt == f"{row.inputs['title']}?" for row in worded)
    assert made.manifest.facts["variations"] == {"ask": len(worded)}
    robust = artifacts.read_table(made.manifest, "robustness.parquet").to_pylist()
    assert [row["record_id"] for row in robust] == [row.record_id for row in found if row.split == "test"]
    assert {(row["system"], row["variation"], row["split"]) for row in robust} == {("Say!", "odd", "test")}
    assert shown.robustness == len(robust) == 10
    assert of_folder(made.manifest.folder) == made.content_hash
    assert parsed(made.manifest.facts["definition"]) == asked
    assert definition_files.read(made.manifest.path("definition.yaml")) == asked
    assert artifacts.verify(prepared) == []


def test_only_the_imports_and_slices_asked_for_train_and_test(prepared: Project) -> None:
    sold = "whisk ladle colander skillet grater sieve spatula steamer roaster kettle".split()
    more = [
        sample_task.record(
            100 + place, source="more.csv", inputs={"title": f"{what} of {what}", "Brand name": ""}
        )
        for place, what in enumerate(sold)
    ]
    more.append(sample_task.record(120, held_out=True, gold="Tea", source="more.csv"))
    sample_task.publish_records(prepared, more, name="rec_b")
    label(prepared, 1, "Title: {title}")
    approve_all(prepared)
    of_one = Definition(imports=("more.csv",))
    made = freeze(prepared, definition=of_one)
    assert made.rows["train"] + made.rows["validation"] == 10
    assert made.rows["test"] == 1
    assert made.manifest.facts["left_out"]["filtered"] == TRAINED - 2
    of_tea = Definition(where={"teacher_v1": ("Tea",)})
    found = datasets.rows(prepared, TASK, freeze(prepared, definition=of_tea).version)
    assert {int(row.record_id[-4:]) % 3 for row in found} == {2}
    assert {row.split for row in found} == {"train", "validation", "test"}
    with pytest.raises(InvalidInput, match=r"no import 'other\.csv'"):
        freeze(prepared, definition=Definition(imports=("other.csv",)))
    with pytest.raises(InvalidInput, match="No record has a column 'colour'") as refused:
        freeze(prepared, definition=Definition(caps={"colour": 2}))
    assert "teacher_v1" in refused.value.next_step
    with pytest.raises(InvalidInput, match="leaves nothing of task 'shelf' to train on: 48 reviewed"):
        freeze(prepared, definition=Definition(reviewed_by=("ben",)))


def test_a_train_row_that_says_what_a_test_row_says_is_left_out(prepared: Project) -> None:
    twin = sample_task.record(130, inputs={"title": "TEA no. 50!", "Brand name": "lodge"})
    copies = [sample_task.record(number, inputs={"title": f"{kind} 7", "Brand name": ""})
              for number, kind in ((140, "Pot"), (141, "pot"), (142, "POT"))]  # fmt: skip
    sample_task.publish_records(prepared, [twin, *copies], name="rec_b")
    search(prepared, "dup_b")
    label(prepared, 1, "Title: {title}")
    approve_all(prepared)
    for seed in range(8):
        made = freeze(prepared, seed=seed, validation_share=0.5)
        found = datasets.rows(prepared, TASK, made.version)
        assert crossing(found) == []
        assert "rec_0130" not in {row.record_id for row in found}
        assert len({row.split for row in found if row.record_id in ("rec_0140", "rec_0141", "rec_0142")}) == 1
        assert made.manifest.facts["left_out"]["beside_held_out"] == 1


def test_a_leak_builds_no_version(prepared: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    approve_all(prepared)
    torn = [Crossing("cluster", "7", ("test", "train"), ("rec_0007", "rec_0057"))]
    monkeypatch.setattr(Pinned, "crossing", lambda _: torn)
    with pytest.raises(InvalidInput, match=r"would leak, 1 times: cluster '7' stands in test and train"):
        freeze(prepared)
    assert datasets.listing(prepared, TASK) == []


def test_replayed_rows_train_and_are_told_apart(prepared: Project, tmp_path: Path) -> None:
    approve_all(prepared)
    path = tmp_path / "general.jsonl"
    chat = [[{"role": "user", "content": f"What is {n}?"}, {"role": "assistant", "content": f"{n}."}]
            for n in range(30)]  # fmt: skip
    path.write_bytes(b"\n".join(orjson.dumps({"messages": turns}) for turns in chat))
    asked = Definition(replay=Replay(share=0.2, file=str(path)))
    shown = datasets.preview(prepared, TASK, definition=asked, fresh=False)
    made = freeze(prepared, definition=asked)
    replayed = [row for row in datasets.rows(prepared, TASK, made.version) if row.source == "replay"]
    assert len(replayed) == shown.replayed == made.decisions["replay"] > 0
    assert made.rows == shown.splits
    assert abs(len(replayed) / made.rows["train"] - 0.2) < 0.02
    assert {(row.split, row.decision, row.completion[-1]) for row in replayed} == {("train", "replay", ".")}
    again = Definition(replay=Replay(share=0.9, version="v0001"))
    second = freeze(prepared, definition=again, seed=5)
    mixed = datasets.rows(prepared, TASK, second.version)
    general = {row.prompt for row in replayed}
    assert not general & {row.prompt for row in mixed}
    assert "are there to replay" in second.manifest.facts["warnings"][0]
    assert second.manifest.facts["replayed_from"] == "datasets/v0001"
    held = storing.checked(prepared, TASK, asked)
    path.write_bytes(path.read_bytes() + b"\n")
    with pytest.raises(InvalidInput, match=r"general\.jsonl, whose rows are replayed, changed"):
        freeze(prepared, definition=held)


def test_a_saved_definition_counts_and_an_older_edit_is_refused(prepared: Project) -> None:
    approve_all(prepared)
    mine = Definition(splits=Splits(validation_share=0.5))
    saved = storing.save(prepared, TASK, mine, based_on=0, by="ann")
    assert (saved.revision, saved.saved_by) == (1, "ann")
    assert freeze(prepared).manifest.facts["definition"]["splits"]["validation_share"] == 0.5
    theirs = Definition(balance=2)
    with pytest.raises(Conflict, match=r"revision 1; this edit was based on 0 .* in splits, balance"):
        storing.save(prepared, TASK, theirs, based_on=0, by="ben")
    assert storing.save(prepared, TASK, theirs, based_on=1, by="ben").revision == 2
    storing.save(prepared, TASK, Definition(name="small"), based_on=0, by="ben")
    named = [each.definition.name for each in storing.listing(prepared, TASK)]
    assert named == ["default", "small"]
    with pytest.raises(NotFound, match=r"no dataset definition 'other'. It has default, small"):
        storing.get(prepared, TASK, "other")


def test_a_version_of_an_older_release_is_read_with_its_rows_told_apart(prepared: Project) -> None:
    approve_all(prepared)
    made = freeze(prepared)
    before = datasets.rows(prepared, TASK, made.version)
    for split in ("train", "validation", "test"):
        path = made.manifest.path(f"{split}.parquet")
        pq.write_table(pq.read_table(path).drop_columns(["variation", "source", "split_group"]), path)
    files = tuple(replace(each, schema_version=1) if each.schema else each for each in made.manifest.files)
    older = artifacts.manifest_bytes(replace(made.manifest, files=files))
    (made.manifest.folder / artifacts.MANIFEST).write_bytes(older)
    assert datasets.rows(prepared, TASK, made.version) == before


def test_frozen_by_several_at_once_the_same_content_is_one_version(prepared: Project) -> None:
    approve_all(prepared)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: freeze(prepared), range(4)))
    assert {version.version for version in made} == {"v0001"}


def test_a_crash_after_publishing_blocks_no_later_version(
    prepared: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    approve_all(prepared)

    def power_cut(manifest: object) -> DatasetVersion:
        raise KeyboardInterrupt

    monkeypatch.setattr(freezing, "_version", power_cut)
    with pytest.raises(KeyboardInterrupt):
        freeze(prepared)  # v0001 is published, its number rolled back
    monkeypatch.undo()
    assert freeze(prepared).version == "v0001"
    assert freeze(prepared, seed=1).version == "v0002"


def test_a_crash_before_publishing_leaves_nothing(prepared: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    approve_all(prepared)

    def power_cut(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(freezing, "dataset_card", power_cut)
    with pytest.raises(KeyboardInterrupt):
        freeze(prepared)
    monkeypatch.undo()
    assert datasets.listing(prepared, TASK) == []
    assert freeze(prepared).version == "v0001"


def test_nothing_approved_is_refused_with_what_to_do(prepared: Project) -> None:
    with pytest.raises(InvalidInput, match="nothing to freeze: no record is approved"):
        freeze(prepared)
    assert not datasets.preview(prepared, TASK, fresh=False).can_freeze
    with pytest.raises(NotFound, match="Freeze its first"):
        datasets.rows(prepared, TASK, "v0001")


def test_a_version_pins_what_it_was_made_of_and_every_file_keeps_its_hash(prepared: Project) -> None:
    approve_all(prepared)
    manifest = freeze(prepared).manifest
    kinds = [reference.split("/")[0] for reference in manifest.inputs]
    assert kinds == ["records", "duplicates", "labels", "reviews"]
    assert {entry.name for entry in manifest.files} == {
        "train.parquet", "validation.parquet", "test.parquet", "README.md", "definition.yaml",
    }  # fmt: skip
    assert artifacts.verify(prepared) == []


def test_the_way_back_from_a_row_names_every_step(prepared: Project) -> None:
    approve_all(prepared)
    freeze(prepared)
    found = datasets.lineage(prepared, TASK, "v0001", "rec_0004")
    assert (found.import_id, found.source, found.row_number) == ("imp_a", "shelf.csv", 5)
    assert found.label is not None
    assert (found.label.teacher, found.label.output) == ("recorded", "Bakeware")
    [review] = found.reviews
    assert (review.reviewer, review.label_id, found.mirror) == ("ann", found.label.label_id, "g0001")
    assert found.row.review_ids == (review.review_id,)
    held_out = datasets.lineage(prepared, TASK, "v0001", "rec_0051")
    assert (held_out.label, held_out.reviews, held_out.row.decision) == (None, (), "gold")
    with pytest.raises(NotFound, match="has no row 'rec_0002'"):
        datasets.lineage(prepared, TASK, "v0001", "rec_0002")


def test_a_file_to_train_from_never_holds_test_rows_unless_they_are_asked_for(
    prepared: Project, tmp_path: Path
) -> None:
    approve_all(prepared)
    made = freeze(prepared)
    path = datasets.export(prepared, TASK, "v0001", "openai-chat", tmp_path / "train.jsonl")
    lines = [orjson.loads(line) for line in path.read_bytes().splitlines()]
    assert len(lines) == made.rows["train"]
    assert {tuple(turn["role"] for turn in line["messages"]) for line in lines} == {("user", "assistant")}
    datasets.export(prepared, TASK, "v0001", "prompt-completion", tmp_path / "test.jsonl", split="test")
    assert len((tmp_path / "test.jsonl").read_bytes().splitlines()) == 10
    datasets.export(prepared, TASK, "v0001", "parquet", tmp_path / "all.parquet")
    assert pq.read_table(tmp_path / "all.parquet").num_rows == made.total


def test_the_folder_of_a_version_is_itself_a_dataset_with_its_three_splits(
    prepared: Project, tmp_path: Path
) -> None:
    approve_all(prepared)
    made = freeze(prepared)
    assert _loaded(f"load_dataset({str(made.manifest.folder)!r})", tmp_path) == made.rows
    card = (made.manifest.folder / "README.md").read_text()
    assert f"| train | {made.rows['train']} |" in card
    assert "ann (38 rows)" in card
    assert made.content_hash in card
    assert "Title: {title}" in card


def test_the_card_says_of_scripted_reviewers_that_they_are_no_people(prepared: Project) -> None:
    approve_all(prepared)
    assert "programs" not in (freeze(prepared).manifest.folder / "README.md").read_text()
    by_script = [{**row, "reviewer": "scripted_reviewer_a"} for row in _standing(prepared)[:9]]
    sample_task.publish_reviews(prepared, by_script, "g0002")
    card = (freeze(prepared).manifest.folder / "README.md").read_text()
    assert "`scripted_reviewer_a`: no people, but programs" in card


def test_a_newer_prompt_version_renders_every_row_alike(prepared: Project) -> None:
    approve_all(prepared)
    prompts.create(
        prepared, TASK, system="Be exact.", template="{title}!", reason="shorter", created_by="owner"
    )
    reviews = [sample_task.review("rec_0004", "ben", output="Tea", prompt=2, decision="corrected")]
    sample_task.publish_reviews(prepared, [*_standing(prepared), *reviews], "g0002")
    made = freeze(prepared)
    assert made.prompt_number == 2
    found = datasets.rows(prepared, TASK, made.version)
    assert {row.system for row in found} == {"Be exact."}
    assert all(row.prompt == f"{row.inputs['title']}!" for row in found)
    assert next(row for row in found if row.record_id == "rec_0004").completion == "Tea"


def test_labels_taken_out_of_the_task_leave_their_rows_out(prepared: Project) -> None:
    approve_all(prepared)
    task = tasks.get(prepared, TASK)
    tasks.update(
        prepared, task.model_copy(update={"labels": ("Cookware", "Bakeware")}), based_on=task.revision
    )
    shown = datasets.preview(prepared, TASK, fresh=False)
    assert shown.unusable == 12
    assert shown.approved == TRAINED - 2 - 12


def _standing(project: Project) -> list[dict[str, object]]:
    manifest = artifacts.load(project, "reviews", TASK, "g0001")
    return artifacts.read_table(manifest, "reviews.parquet").to_pylist()


def _loaded(expression: str, cache: Path) -> dict[str, int]:
    """Rows by split, as Hugging Face's `datasets` reads them, in a process of its own and offline."""
    code = (
        "import json; from datasets import load_dataset; "
        f"print(json.dumps({{name: len(rows) for name, rows in {expression}.items()}}))"
    )
    environment = {
        "HF_HOME": str(cache),
        "HF_HUB_OFFLINE": "1",
        "HF_DATASETS_OFFLINE": "1",
        "PATH": "/usr/bin:/bin",
    }
    command = [sys.executable, "-P", "-c", code]
    ran = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert ran.returncode == 0, ran.stderr
    found: dict[str, int] = orjson.loads(ran.stdout.splitlines()[-1])
    return found
