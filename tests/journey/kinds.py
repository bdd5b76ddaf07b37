"""A task of each kind of output, with records that a recorded teacher has labelled and a queue for people."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from curation import prompts, queues, tasks, teachers
from curation.queues import Queue
from curation.tasks import ErrorTag, LengthRule, Rating, Task
from storage.project import Project
from tests.curation import sample_task
from ui.actions import labels as act
from ui.cli.answering import who
from ui.cli.following import follow

TEACHER = teachers.RecordedTeacher(name="recorded-for-kinds", column="teacher_v1")
WHO = "demo"
TAGS = tuple(
    ErrorTag(code=code, name=name, definition=definition, group=group)
    for group, code, name, definition in (
        ("Style", "jargon", "Jargon", "Words that only insiders know."),
        ("Style", "long", "Too long", "More than the reader has time for."),
        ("Style", "tone", "Tone", "Not how one speaks to this reader."),
        ("Style", "order", "Order", "The main thing does not come first."),
        ("Content", "invented", "Invented", "Says what the input does not say."),
        ("Content", "missing", "Missing", "Leaves out what the input says."),
        ("Content", "wrong", "Wrong", "Contradicts the input."),
        ("Content", "mixed", "Mixed up", "Two things of the input are confused."),
        ("Form", "format", "Format", "Not written the way it is asked for."),
        ("Form", "spelling", "Spelling", "Misspelt, or in another spelling."),
    )
)
GUIDELINES = (
    "## What counts\n\nKeep what is *right*.\n\n"
    "- Change as little as you can.\n- `Discard` what cannot be mended."
)
CLAIM = {
    "type": "object",
    "required": ["claimant", "amount", "damages"],
    "properties": {
        "claimant": {"type": "string", "description": "full name"},
        "amount": {"type": "number", "minimum": 0},
        "cause": {"enum": ["fire", "water", "theft"]},
        "urgent": {"type": "boolean"},
        "damages": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["what"],
                "properties": {"what": {"type": "string"}, "pieces": {"type": "integer"}},
            },
        },
    },
}
DAMAGES = [{"what": "sofa", "pieces": 2}]
TALK = "Doctor: What brings you here?\nPatient: My knee hurts.\nDoctor: Since when?\nPatient: Two days."
REPLY = json.dumps(
    [
        {"role": "user", "content": "My knee hurts."},
        {"role": "assistant", "content": "How long has it hurt?"},
        {"role": "user", "content": "Two days."},
        {"role": "assistant", "content": "Rest it, and come by on Friday."},
    ]
)
ARTICLE = "# What happened\n\n" + "\n\n".join(
    f"Paragraph {number} says *what* was found, by whom, and what it means for a reader who was not there. "
    "It takes its time, as reports of this sort do, and it comes back to the same point more than once."
    for number in range(1, 9)
)


@dataclass(frozen=True)
class Kind:
    """A task, and what its teacher said of each of its records."""

    task: Task
    inputs: Mapping[str, str]
    output: str
    rows: int = 12

    def opened(self, project: Project) -> Queue:
        """The task with its records labelled, and its queue."""
        name = self.task.name
        tasks.create(project, self.task)
        rows = [self._row(number) for number in range(self.rows)]
        sample_task.publish_records(project, rows, name=f"rec_{name}", task=name)
        prompts.create(project, name, system="", template="{title}", reason="first", created_by=WHO)
        teachers.save(project, TEACHER)
        follow(project, act.label(project, who(WHO), name, 1, TEACHER.name), quiet=True)
        return queues.open_queue(project, name, 1, WHO)

    def _row(self, number: int) -> dict[str, object]:
        inputs = {**self.inputs, "title": f"{self.inputs['title']} {number + 1}"}
        return sample_task.record(
            number,
            record_id=f"rec_{self.task.name}_{number:04d}",
            inputs=inputs,
            extras={"teacher_v1": self.output},
        )  # fmt: skip


def kind(name: str, output: str, inputs: Mapping[str, str], **values: object) -> Kind:
    """A kind whose task has this name, tags, guidelines and ratings."""
    task = Task(
        name=name, title=f"Kind: {name}", input_columns=tuple(inputs), error_tags=TAGS, guidelines=GUIDELINES,
        ratings=(Rating(code="clear", name="Clarity"), Rating(code="true", name="Truth")), held_out_share=0.0,
        **values,  # type: ignore[arg-type]
    )  # fmt: skip
    return Kind(task, inputs, output)


SHELVES = tuple(
    f"Aisle {aisle} > Shelf {aisle}-{shelf} > Goods {aisle}-{shelf}-{place}"
    for aisle in range(10)
    for shelf in range(20)
    for place in range(28)
)
"""5,600 labels in a tree of three levels."""

KINDS = {
    "several-labels": kind(
        "several-labels", '["topic 3", "topic 41"]', {"title": "A message", "text": "Where is my card?"},
        labels=tuple(f"topic {number}" for number in range(77)), multi_label=True,
    ),
    "free-text": kind(
        "free-text", "A short title for the report",
        {"title": "Report", "source": "newswire", "text": ARTICLE},
        kind="generation", length=LengthRule(least_words=3, most_words=12), tags_required=True,
        shown_as={"source": "metadata", "text": "markdown"},
    ),
    "json-form": kind(
        "json-form",
        json.dumps({"claimant": "Jo Blake", "amount": 1250.5, "cause": "fire", "damages": DAMAGES}),
        {"title": "Claim", "text": '{"letter": {"from": "Jo Blake", "lines": ["A fire.", "No sofa left."]}}'},
        kind="extraction", output_schema=CLAIM, shown_as={"text": "json"},
    ),
    "conversation": kind(
        "conversation", REPLY, {"title": "Visit", "talk": TALK}, kind="chat",
        speakers={"Doctor": "assistant", "Patient": "user"}, shown_as={"talk": "chat"},
    ),
    "5600-labels": kind(
        "5600-labels", "Aisle 3 > Shelf 3-7 > Goods 3-7-20", {"title": "A thing", "text": "It has legs."},
        labels=SHELVES,
    ),
}  # fmt: skip
