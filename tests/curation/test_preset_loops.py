"""The presets with their samples: import, clean, redact, search for copies, label, review, freeze, export."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from curation import (
    corpus,
    datasets,
    duplicates,
    imports,
    labelling,
    outputs,
    preparing,
    prompts,
    queues,
    reviews,
    tasks,
    teachers,
)
from curation.cleaning import DEFAULT, WEB, Recipe
from curation.redaction import Policy
from curation.reviews import scripted
from curation.sample.preset_samples import SAMPLES, TEACHER
from curation.sample.product_categories import LICENCE, TEACHER_TERMS
from storage import artifacts, jobs
from storage.jobs import Job
from storage.project import Project

pytestmark = [pytest.mark.argilla, pytest.mark.slow]
OVERLAP, LEFT = 20, 10
_DEFAULT = tuple(step.step for step in DEFAULT.steps)


def finished(project: Project, job: Job) -> Job:
    done = jobs.run_inline(project, job.job_id)
    assert done.status == "succeeded", done.error
    return done


@pytest.mark.parametrize("preset", SAMPLES)
def test_a_preset_goes_from_its_sample_to_an_exported_version(
    reviewed: Project, tmp_path: Path, preset: str
) -> None:
    project, sample = reviewed, SAMPLES[preset]
    task = tasks.create(project, tasks.preset(preset))
    steps = tuple(step for step in WEB.steps if step.step in ("html", "mojibake", *_DEFAULT))
    preparing.save(project, preset, Recipe(steps=steps), Policy(), based_on=0, by="owner")
    path = sample.write(tmp_path)
    terms = imports.Terms(licence=LICENCE)
    imported = imports.import_file(project, preset, path, sample.mapping, imported_by="owner", terms=terms)
    assert imported.read > 200
    assert imported.new >= 200
    assert 10 <= imported.held_out <= 40
    whole = corpus.read(project, preset)
    texts = [" ".join(record.inputs.values()) for record in whole.records]
    assert sum("[email]" in text for text in texts) >= 15
    assert sum("[phone]" in text for text in texts) >= 15
    assert not [text for text in texts if "@example" in text or ".example" in text]
    for left in ("\u200b", "\r", "<div>", "â€"):
        assert not [text for text in texts if left in text], left

    finished(project, duplicates.start(project, preset, "owner"))
    found = duplicates.summary(project, preset)
    assert found is not None
    assert 10 <= found.copies + imported.known <= 16  # a text sent twice as it was is one record

    recorded = {"kind": "recorded", "name": TEACHER, "column": sample.teacher_column, **TEACHER_TERMS}
    teachers.save(project, teachers.parse(recorded))
    prompts.create(
        project, preset, system=sample.system, template=sample.template, reason=sample.reason,
        created_by="owner",
    )  # fmt: skip
    labelled = finished(project, labelling.start(project, preset, 1, TEACHER, "owner"))
    assert labelled.summary["labelled"] == len(corpus.read(project, preset).trainable)
    queue = queues.open_queue(project, preset, 1, "owner", overlap_rows=OVERLAP)
    outcome = scripted.review(project, queue.name, leave=LEFT)
    assert outcome.left_for_people == LEFT
    reviews.mirror(project, preset)
    version = datasets.freeze(project, preset, created_by="owner")
    assert version.decisions["corrected"] > 10
    assert version.rows["test"] == imported.held_out
    assert version.rows["train"] > 120
    for row in datasets.rows(project, preset, version.version):
        assert outputs.checked(task, row.completion) == row.completion

    exported = datasets.export(project, preset, version.version, "openai-chat", tmp_path / "chat.jsonl")
    lines = [json.loads(line) for line in exported.read_text(encoding="utf-8").splitlines()]
    assert len(lines) >= version.rows["train"]
    assert all(line["messages"][-1]["role"] == "assistant" for line in lines)
    assert artifacts.verify(project) == []
