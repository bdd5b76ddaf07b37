"""The shape of a review queue: what it shows, what it asks, and how a decision is written down.

Argilla fixes questions at publishing, so what may change later (error tags) is text that holds
JSON and is checked here; a discard is a submitted answer, so that the record is completed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from storage.argilla_client.shapes import (
    LONGEST_LABEL,
    MOST_LABELS,
    LabelQuestion,
    MetadataProperty,
    Question,
    QueueSpec,
    RatingQuestion,
    Suggestion,
    TextField,
    TextQuestion,
)
from storage.errors import InvalidInput

OUTPUT, DECISION, ERROR_TAGS, NOTE, PROVENANCE = "output", "decision", "error_tags", "note", "provenance"
RATING = "rating_"
TEACHER_OUTPUT = "teacher_output"
DECISIONS = ("approved", "corrected", "discarded")


class Provenance(BaseModel):
    """What the person saw and how the answer came: kept inside each response.

    `client_id` is the same when an answer is sent again; `base_version` is the version of their
    own earlier answer that they saw, empty for none; `tag_reasons` say by code why an error tag was
    set; `picked_label_id` names the label whose output was taken over instead of the one shown;
    `blind` that the person did not see the teacher's output; `batch` is the same for all records that
    were decided together.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    label_id: str = ""
    client_id: str = ""
    base_version: str = ""
    seconds_spent: float = Field(default=0.0, ge=0)
    tag_reasons: Mapping[str, str] = Field(default_factory=dict)
    picked_label_id: str = ""
    blind: bool = False
    batch: str = ""


class ReviewAnswer(BaseModel):
    """One decision: `output` is the final one, None for a discard."""

    model_config = ConfigDict(frozen=True)

    decision: Literal["approved", "corrected", "discarded"]
    output: str | None = None
    error_tags: tuple[str, ...] = ()
    note: str = ""
    ratings: Mapping[str, int] = Field(default_factory=dict)
    provenance: Provenance = Provenance()

    def values(self) -> dict[str, Any]:
        """As `ArgillaClient.submit` takes them."""
        return {
            DECISION: self.decision,
            OUTPUT: self.output,
            ERROR_TAGS: json.dumps(list(self.error_tags)) if self.error_tags else None,
            NOTE: self.note or None,
            PROVENANCE: self.provenance.model_dump_json(exclude_defaults=True),
            **{rating_name(code): value for code, value in self.ratings.items()},
        }


def read_answer(values: Mapping[str, Any]) -> ReviewAnswer:
    """The decision in a stored response, also in one given in Argilla's own UI (without provenance).

    Raises InvalidInput where it holds no decision or broken JSON.
    """
    try:
        return ReviewAnswer(
            decision=values.get(DECISION),  # type: ignore[arg-type]  # checked by the model
            output=values.get(OUTPUT),
            error_tags=_tags(values.get(ERROR_TAGS)),
            note=values.get(NOTE) or "",
            ratings=ratings_in(values),
            provenance=Provenance.model_validate_json(values.get(PROVENANCE) or "{}"),
        )
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"])) or PROVENANCE
        raise InvalidInput(f"A stored review cannot be read: {place}: {first['msg']}.") from fault


def rating_name(code: str) -> str:
    """The name in Argilla of the question that asks for a criterion's rating."""
    return f"{RATING}{code}"


def ratings_in(values: Mapping[str, Any]) -> dict[str, int]:
    """The ratings in a stored response, by criterion."""
    return {
        name.removeprefix(RATING): value
        for name, value in values.items()
        if name.startswith(RATING) and isinstance(value, int)
    }


def labels_fit(labels: Sequence[str]) -> bool:
    """Whether a label set can be a label question; larger ones are asked for as text."""
    return 2 <= len(labels) <= MOST_LABELS and all(1 <= len(label) <= LONGEST_LABEL for label in labels)


def review_queue(
    name: str,
    workspace: str,
    *,
    input_columns: Sequence[str],
    markdown_columns: Sequence[str] = (),
    output_hint: str = "What is right.",
    labels: Sequence[str] = (),
    ratings: Sequence[RatingQuestion] = (),
    guidelines: str = "",
    min_submitted: int = 1,
    metadata: Sequence[MetadataProperty] = (),
) -> QueueSpec:
    """The queue on which one task's teacher outputs are reviewed.

    `labels` are those of a task whose output is one label; `output_hint` says how an output is written;
    a `ratings` question is named by `rating_name`.
    """
    fields = [
        TextField(
            column,
            column.replace("_", " ").capitalize(),
            required=False,
            markdown=column in markdown_columns,
        )
        for column in input_columns
    ]
    return QueueSpec(
        name=name,
        workspace=workspace,
        fields=(*fields, TextField(TEACHER_OUTPUT, "The teacher's answer", required=False)),
        questions=(*_questions(tuple(labels), output_hint), *ratings),
        guidelines=guidelines,
        min_submitted=min_submitted,
        metadata=tuple(metadata),
    )


def suggestions_for(
    output: str | None, labels: Sequence[str], *, agent: str | None = None
) -> dict[str, Suggestion]:
    """The teacher's output as a suggestion; none where a label is asked for and it is not one."""
    if output is None or (labels_fit(labels) and output not in labels):
        return {}
    return {OUTPUT: Suggestion(output, agent=agent)}


def _questions(labels: tuple[str, ...], output_hint: str) -> tuple[Question, ...]:
    title, hint = "Final answer", f"{output_hint} Leave it empty when you discard the record."
    output: Question = TextQuestion(OUTPUT, title, hint)
    if labels_fit(labels):
        output = LabelQuestion(OUTPUT, labels, title, hint)
    return (
        output,
        LabelQuestion(
            DECISION, DECISIONS, "Decision",
            "Approved: the teacher was right. Corrected: the final answer differs. Discarded: of no use.",
            required=True,
        ),
        TextQuestion(ERROR_TAGS, "Error tags", 'Codes of what was wrong, as a JSON list: ["too_general"].'),
        TextQuestion(NOTE, "Note", "Anything the next reader should know."),
        TextQuestion(PROVENANCE, "Provenance", "Filled in by Understudy; leave it as it is."),
    )  # fmt: skip


def _tags(text: str | None) -> tuple[str, ...]:
    return TypeAdapter(tuple[str, ...]).validate_json(text) if text else ()
