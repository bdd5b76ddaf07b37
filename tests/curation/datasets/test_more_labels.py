"""The learning curve as a job: measured of people's labels, kept, and refused where it says nothing."""

from __future__ import annotations

import pytest

from curation import tasks
from curation.datasets import more_labels
from storage import jobs
from storage.errors import InvalidInput
from storage.project import Project
from tests.curation import sample_task

WORDS = {"Cookware": "pan pot skillet lid", "Bakeware": "tin tray mould rack", "Tea": "leaf cup brew green"}


def reviewed(project: Project, count: int) -> None:
    """Records whose words tell the label, approved by ann."""
    sample_task.made(project)
    rows = []
    for number in range(count):
        label = sample_task.LABELS[number % 3]
        words = WORDS[label].split()
        title = f"{words[number % 4]} {words[number // 4 % 4]} {number}"
        rows.append(sample_task.record(number, inputs={"title": title, "Brand name": "Lodge"}))
    sample_task.publish_records(project, rows)
    sample_task.publish_reviews(
        project,
        [sample_task.review(f"rec_{n:04d}", "ann", output=sample_task.LABELS[n % 3]) for n in range(count)],
    )


def test_the_curve_of_what_people_labelled_is_measured_once_and_kept(project: Project) -> None:
    reviewed(project, 150)
    assert more_labels.newest(project, sample_task.NAME) is None
    job = more_labels.start(project, sample_task.NAME, "ann")
    assert jobs.run_inline(project, job.job_id).status == "succeeded"
    found = more_labels.newest(project, sample_task.NAME)
    assert found is not None
    assert found.at is not None
    assert len(found.curve.points) == 4
    assert found.curve.points[-1].accuracy > 0.9
    assert found.curve.gain_low <= found.curve.gain <= found.curve.gain_high
    assert (found.curve.labels, found.curve.more) == (150, 100)


def test_too_few_labels_fail_the_job_with_what_to_do(project: Project) -> None:
    reviewed(project, 12)
    job = more_labels.start(project, sample_task.NAME, "ann")
    failed = jobs.run_inline(project, job.job_id)
    assert failed.status == "failed"
    assert "Label more: it takes 100 records" in failed.error
    assert more_labels.newest(project, sample_task.NAME) is None


def test_a_task_without_single_labels_is_refused_at_once(project: Project) -> None:
    task = sample_task.TASK.model_copy(update={"multi_label": True})
    tasks.create(project, task)
    assert not more_labels.possible(task)
    with pytest.raises(InvalidInput, match="not one label per record"):
        more_labels.start(project, task.name, "ann")
