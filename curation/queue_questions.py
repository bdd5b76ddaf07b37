"""What a review queue asks: settled when it is opened, because Argilla fixes it then.

A task's criteria and labels may change afterwards. A queue goes on asking for what it was opened
with, and `as_asked` is the task as that queue knows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from curation import outputs
from curation import review_form as form
from curation.tasks import Rating, Task
from storage.argilla_client import MetadataProperty, QueueSpec, labels_fit, review_queue
from storage.argilla_client.review_shape import rating_name
from storage.argilla_client.shapes import RatingQuestion

_HINTS: dict[outputs.OutputType, str] = {
    "label": "One of the task's labels, spelled as they are.",
    "labels": 'The labels that apply, one a line or as a JSON list: ["billing", "app"].',
    "text": "The text that is right.",
    "json": "JSON as the task's schema asks for it.",
    "chat": 'The assistant\'s answer, or the whole conversation as a JSON list of {"role", "content"}.',
}


class Asked(BaseModel):
    """What was fixed: the criteria rated, and the labels to choose from where Argilla lists them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels: tuple[str, ...] = ()
    ratings: tuple[Rating, ...] = ()

    @classmethod
    def of(cls, task: Task) -> Self:
        """What a queue opened now asks."""
        return cls(labels=choices(task), ratings=task.ratings)


def choices(task: Task) -> tuple[str, ...]:
    """The labels of the queue's label question; none where the output is asked for as text."""
    return task.labels if outputs.form_of(task).type == "label" and labels_fit(task.labels) else ()


def as_asked(task: Task, asked: Asked) -> Task:
    """The task with the criteria that were fixed, and of its labels those that the queue can take."""
    kept = [label for label in task.labels if label in asked.labels] if asked.labels else task.labels
    return task.model_copy(update={"ratings": asked.ratings, "labels": tuple(kept)})


def spec_of(name: str, workspace: str, task: Task, asked: Asked, min_submitted: int) -> QueueSpec:
    """The queue as Argilla is told to make it, so that its own UI shows it sensibly too."""
    names = form.field_names(task.input_columns)
    return review_queue(
        name,
        workspace,
        input_columns=tuple(names.values()),
        markdown_columns=[names[column] for column in names if task.shown(column) == "markdown"],
        labels=asked.labels,
        output_hint=_HINTS[outputs.form_of(task).type],
        ratings=_rating_questions(asked.ratings),
        guidelines=task.guidelines,
        min_submitted=min_submitted,
        metadata=(MetadataProperty(form.LABEL_ID, title="Label", for_annotators=True),),
    )


def stored(asked: Asked) -> dict[str, Any]:
    """As a row keeps it."""
    return asked.model_dump(mode="json")


def _rating_questions(ratings: Sequence[Rating]) -> list[RatingQuestion]:
    return [
        RatingQuestion(rating_name(each.code), title=each.name, description=each.definition)
        for each in ratings
    ]
