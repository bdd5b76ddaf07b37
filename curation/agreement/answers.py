"""What two people are compared by: each question's answer, in the one spelling that is compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from curation import outputs
from curation.review_rows import DISCARDED, Review
from curation.tasks import Task
from eval.statistics import Level
from storage.errors import InvalidInput

Answer = str | int | None


@dataclass(frozen=True)
class Question:
    """One thing that reviewers are asked. `of` gives a review's answer, None where it gives none."""

    code: str
    title: str
    level: Level
    of: Callable[[Review], Answer]


def questions(task: Task) -> list[Question]:
    """The questions of a task: decision, output, error tags, and each rating."""
    asked = [
        Question("decision", "Decision", "nominal", lambda review: review.decision),
        Question("output", task.target.capitalize(), "nominal", lambda review: _output(task, review)),
    ]
    if task.error_tags:
        asked.append(Question("tags", "Error tags", "nominal", lambda review: _tags(task, review)))
    for rating in task.ratings:
        asked.append(Question(f"rating:{rating.code}", rating.name, "ordinal", _rating(rating.code)))
    return asked


def _output(task: Task, review: Review) -> Answer:
    """The final output; none of a discarded record, which has none."""
    if review.decision == DISCARDED:
        return None
    given = (review.output or "").strip()
    try:
        spelled = outputs.checked(task, given)
        is_json = outputs.form_of(task).type == "json"
        return json.dumps(json.loads(spelled), sort_keys=True) if is_json else spelled
    except InvalidInput:
        return given  # from Argilla's own UI, which does not know the task


def _tags(task: Task, review: Review) -> Answer:
    merged: Mapping[str, str] = {tag.code: tag.merged_into for tag in task.error_tags if tag.merged_into}
    return ", ".join(sorted({merged.get(code, code) for code in review.error_tags}))


def _rating(code: str) -> Callable[[Review], Answer]:
    return lambda review: review.ratings.get(code)
