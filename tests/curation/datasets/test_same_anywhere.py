"""One definition over the same inputs: one content hash, in any row order and in any project."""

from __future__ import annotations

import csv
from pathlib import Path
from random import Random

import pytest

from curation import corpus, datasets, duplicates, imports, labelling, prompts, tasks, teachers
from curation.datasets import Definition, crossing
from curation.datasets.definition import Replay, Splits, Variations
from curation.imports import ColumnMapping
from curation.student_prompts import StudentPrompt, Variation
from curation.tasks import Task
from curation.teachers import RecordedTeacher
from storage import jobs
from storage.project import Project
from tests.conftest import fresh_project
from tests.curation import sample_task

LABELS = ("Tea", "Pots", "Pans")
WORDS = "copper iron small heavy blue green flat round old new long wide bright plain soft hard".split()
MAPPING = ColumnMapping(inputs={"title": "title"}, gold="gold", extras=("seller", "teacher"))
Line = dict[str, str]


def lines(count: int = 240) -> list[Line]:
    """Titles of which every tenth has a near copy and every fifteenth a copy in capitals."""
    dice = Random(3)
    found = []
    for number in range(count):
        title = " ".join(dice.choices(WORDS, k=9)) + f" no {number:04d}"
        row = {"seller": f"s{number % 17}", "gold": LABELS[number % 3], "teacher": LABELS[number % 3]}
        found.append({"title": title, **row})
        if number % 10 == 0:
            found.append({"title": f"{title}.x", **row})
        if number % 15 == 0:
            found.append({"title": title.upper(), **row})
    return found


def general(folder: Path) -> Path:
    path = folder / "general.csv"
    path.write_text("prompt,completion\n" + "".join(f"What is {n} and 1?,{n + 1}\n" for n in range(200)))
    return path


def definition(folder: Path) -> Definition:
    return Definition(
        name="whole",
        splits=Splits(validation_share=0.2, group_column="seller", stratify_by="label", seed=4),
        caps={"seller": 9},
        balance=1.2,
        student_prompt=StudentPrompt(system="Sort.", template="{title}"),
        variations=Variations(
            texts=(
                Variation(name="ask", template="Where does {title} go?"),
                Variation(name="odd", system="?"),
            ),
            share=0.4,
            kept_for_robustness=("odd",),
        ),
        replay=Replay(share=0.1, file=str(general(folder))),
    )


def frozen(project: Project, rows: list[Line], built_from: Definition) -> datasets.DatasetVersion:
    """From a file with these rows to a version, every record approved by one person."""
    task = Task(name=sample_task.NAME, title="Shelf", input_columns=("title",), labels=LABELS)
    where = tasks.HeldOutWhere(column="seller", values=("s3", "s11"))
    tasks.create(project, task.model_copy(update={"held_out_share": 0.0, "held_out_where": where}))
    path = project.root / "rows.csv"
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    imports.import_file(project, task.name, path, MAPPING)
    duplicates.search(project, task.name)
    prompts.create(project, task.name, system="", template="Sort {title}", reason="", created_by="owner")
    teachers.save(project, RecordedTeacher(name="recorded", column="teacher"))
    job = labelling.start(project, task.name, 1, "recorded", "owner")
    assert jobs.run_inline(project, job.job_id).status == "succeeded"
    found = labelling.latest(project, task.name, 1)
    reviews = [
        sample_task.review(name, "ann", output=label.output, label_id=label.label_id)
        for name, label in found.items()
    ]
    Random(len(rows[0]["title"])).shuffle(reviews)
    sample_task.publish_reviews(project, reviews)
    return datasets.freeze(project, task.name, definition=built_from, created_by="owner", fresh=False)


def test_three_row_orders_and_two_fresh_projects_give_one_hash(
    postgres_project: Project, open_folder: Path, tmp_path: Path
) -> None:
    hashes, plans, texts = set(), set(), set()
    for order in (None, 1, 2):
        rows = lines()
        if order is None:
            rows.reverse()
        else:
            Random(order).shuffle(rows)
        with fresh_project(postgres_project, open_folder) as project:
            made = frozen(project, rows, definition(tmp_path))
            hashes.add(made.content_hash)
            plans.add(tuple(sorted(made.rows.items())))
            found = datasets.rows(project, sample_task.NAME, made.version)
            texts.add(tuple((row.record_id, row.cluster, row.split, row.prompt) for row in found))
            assert crossing([row for row in found if row.source != "replay"]) == []
            assert made.rows["train"] > 0 < made.rows["validation"]
            assert made.rows["test"] > 0
    assert (len(hashes), len(plans), len(texts)) == (1, 1, 1)


@pytest.mark.parametrize("grouped", [None, "seller"])
def test_planted_copies_across_splits_leave_no_leak(
    project: Project, tmp_path: Path, grouped: str | None
) -> None:
    rows = lines()
    made = frozen(project, rows, Definition(splits=Splits(group_column=grouped, validation_share=0.3)))
    found = datasets.rows(project, sample_task.NAME, made.version)
    assert crossing(found) == []
    held_out = {record.record_id for record in corpus.read(project, sample_task.NAME).held_out}
    assert {row.record_id for row in found if row.split == "test"} == held_out
    assert len(held_out) == len([row for row in rows if row["seller"] in ("s3", "s11")])
    assert made.manifest.facts["left_out"]["beside_held_out"] == 0
    if grouped:
        by_seller: dict[str, set[str]] = {}
        for row in found:
            by_seller.setdefault(row.split_group, set()).add(row.split)
        assert len(by_seller) == 17
        assert all(len(splits) == 1 for splits in by_seller.values())
