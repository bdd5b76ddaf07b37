"""A frozen dataset version with held-out gold rows, made as the steps before evaluation leave it."""

from __future__ import annotations

from curation import datasets, prompts, teachers
from curation.datasets import DatasetVersion
from curation.teachers import RecordedTeacher
from storage import artifacts, schemas
from storage.identifiers import now
from storage.project import Project
from tests.curation import sample_task
from tests.curation.sample_task import LABELS, NAME

ROWS = 120
HELD_OUT = [number for number in range(ROWS) if number % 4 == 0]


def teacher_said(number: int) -> str:
    """The recorded teacher: of the held-out rows every third wrong, every fifth right in quotes."""
    label = LABELS[number % 3]
    if number % 12 == 0:
        return LABELS[(number + 1) % 3]
    return f'"{label}"' if number % 20 == 0 else label


def dataset(project: Project) -> DatasetVersion:
    """Version v0001 of task `shelf`: 90 approved rows and 30 held-out ones with gold."""
    sample_task.made(project)
    sample_task.publish_records(
        project,
        [
            sample_task.record(
                number,
                held_out=number in HELD_OUT,
                gold=LABELS[number % 3] if number in HELD_OUT else None,
                extras={
                    "teacher_v1": teacher_said(number),
                    "scripted_reviewer_a": LABELS[number % 3],
                    "scripted_reviewer_b": LABELS[number % 3] if number % 8 else "",
                },
            )
            for number in range(ROWS)
        ],
    )
    sample_task.publish_duplicates(project, [])  # as if no search had seen how alike the titles are
    prompts.create(
        project, NAME, system="You sort.", template="Title: {title}\nCategory:", reason="", created_by="test"
    )
    teachers.save(project, RecordedTeacher(name="recorded", column="teacher_v1"))
    _publish_reviews(project)
    return datasets.freeze(project, NAME, created_by="test", fresh=False)


def _publish_reviews(project: Project) -> None:
    rows = [
        {
            "review_id": f"rev_{number}",
            "record_id": f"rec_{number:04d}",
            "queue": "shelf.prompt-v1",
            "prompt_version": 1,
            "label_id": "",
            "reviewer": "ana",
            "decision": "approved",
            "output": LABELS[number % 3],
            "error_tags": [],
            "ratings": "{}",
            "note": "",
            "client_id": f"c{number}",
            "submitted_at": now(),
            "deleted": False,
        }
        for number in range(ROWS)
        if number not in HELD_OUT
    ]
    with artifacts.draft(project, "reviews", NAME, "g0001") as draft:
        draft.write_table("reviews.parquet", schemas.from_rows(rows, "reviews"), "reviews")
        draft.publish()
