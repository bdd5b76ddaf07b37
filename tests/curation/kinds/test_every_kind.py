"""Each kind of task from the file to the dataset version, through the real Argilla."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from curation import datasets, imports, labelling, prompts, queues, review_rows, reviews, tasks, teachers
from curation.queues import Queue
from curation.reviews import Card, Decision
from curation.tasks import ErrorTag, LengthRule, Rating, TagRule, Task
from curation.teachers import RecordedTeacher
from storage import argilla_client, jobs
from storage.argilla_client import ArgillaClient
from storage.errors import InvalidInput
from storage.project import Project
from tests.argilla_stand import ArgillaStand
from tests.settled import Person, annotators, settled

pytestmark = pytest.mark.argilla

TURNS = '[{"role": "user", "content": "It hurts."}, {"role": "assistant", "content": "%s"}]'
SCHEMA = {
    "type": "object", "required": ["amount"], "additionalProperties": False,
    "properties": {"amount": {"type": "number"}, "by": {"type": "string"}},
}  # fmt: skip
COMMON = {
    "input_columns": ("text",), "held_out_share": 0.0,
    "error_tags": (ErrorTag(code="wrong", name="Wrong"), ErrorTag(code="form", name="Form")),
    "rules": (TagRule(tag="form", name="not_valid"),), "tags_required": True,
    "ratings": (Rating(code="clear", name="Clear"),),
}  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A task, what its teacher said of two records (right, wrong), and the correction as sent and kept."""

    task: Task
    right: str
    kept: str
    wrong: str
    correction: str
    corrected: str
    refused: str


CASES = [
    Case(
        Task(name="topics", title="Topics", labels=("app", "card", "fees"), multi_label=True, **COMMON),
        '["card","app"]', '["app", "card"]', "fees\nrefunds", "fees", '["fees"]', '["refunds"]',
    ),
    Case(
        Task(name="many", title="Many", labels=tuple(f"A > B{n}" for n in range(600)), **COMMON),
        "A > B7", "A > B7", "A > C", "A > B599", "A > B599", "A > B600",
    ),
    Case(
        Task(name="titles", title="Titles", kind="generation", length=LengthRule(most_words=4), **COMMON),
        "Small models win", "Small models win", "Why the small models win now", "Why small wins",
        "Why small wins", "Why the small models win",
    ),
    Case(
        Task(name="claims", title="Claims", kind="extraction", output_schema=SCHEMA, **COMMON),
        '{"amount":3}', '{"amount": 3}', '{"by": "me"}',
        '{"by":"me","amount":2}', '{"by": "me", "amount": 2}',
        '{"amount": "two"}',
    ),
    Case(
        Task(name="intake", title="Intake", kind="chat", length=LengthRule(most_words=5), **COMMON),
        TURNS % "Since when?", TURNS % "Since when?", TURNS % "Since when does it hurt you there?",
        TURNS % "Where?", TURNS % "Where?", TURNS % " ",
    ),
]  # fmt: skip


@pytest.fixture
def home(project: Project, argilla_stand: ArgillaStand, monkeypatch: pytest.MonkeyPatch) -> Project:
    return settled(project, argilla_stand, monkeypatch, "kinds")


@pytest.fixture
def person(home: Project) -> Person:
    return annotators(home)


def opened(home: Project, case: Case, folder: Path) -> Queue:
    """The case's file imported, labelled by the recorded teacher and put before reviewers."""
    tasks.create(home, case.task)
    rows = [
        {"text": f"a {word}", "teacher": said} for word, said in (("good", case.right), ("bad", case.wrong))
    ]
    path = folder / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    mapping = imports.ColumnMapping(inputs={"text": "text"}, extras=("teacher",))
    assert imports.import_file(home, case.task.name, path, mapping).new == 2
    prompts.create(home, case.task.name, system="", template="{text}", reason="first", created_by="owner")
    teachers.save(home, RecordedTeacher(name="recorded", column="teacher"))
    job = labelling.start(home, case.task.name, 1, "recorded", "owner")
    assert jobs.run_inline(home, job.job_id).status == "succeeded"
    return queues.open_queue(home, case.task.name, 1, "owner")


def send(client: ArgillaClient, home: Project, card: Card, decision: str, **more: object) -> reviews.Saved:
    given = {"client_id": f"c-{card.record_id}", **more}
    return reviews.submit(
        client,
        home,
        Decision(queue=card.queue, argilla_id=card.argilla_id, decision=decision, **given),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.task.name)
def test_a_kind_walks_from_the_file_to_the_dataset_version(
    home: Project, person: Person, case: Case, tmp_path: Path
) -> None:
    queue = opened(home, case, tmp_path)
    ann = person("ann")
    cards = {card.inputs["text"]: card for card in reviews.next_cards(ann, home, queue.name)}
    good, bad = cards["a good"], cards["a bad"]
    assert (good.is_valid, good.proposed_tags) == (True, ())
    assert not bad.is_valid
    assert [tag.code for tag in bad.proposed_tags] == ["form"]
    with pytest.raises(InvalidInput, match="Cannot approve it as it stands"):
        send(ann, home, bad, "approved")
    with pytest.raises(InvalidInput):
        send(ann, home, bad, "corrected", output=case.refused, error_tags=("form",))
    with pytest.raises(InvalidInput, match="needs an error tag"):
        send(ann, home, bad, "corrected", output=case.correction)
    assert send(ann, home, good, "approved", ratings={"clear": 5}).output == case.kept
    sent = send(
        ann, home, bad, "corrected", output=case.correction, error_tags=("form",), ratings={"clear": 2},
        tag_reasons={"form": " too much ", "wrong": "not set"}, picked_label_id=good.label_id,
    )  # fmt: skip
    assert sent.output == case.corrected
    reviews.mirror(home, case.task.name)
    found = {
        review.decision: review for review in review_rows.standing(home, tasks.get(home, case.task.name))
    }
    assert found["approved"].output == case.kept
    assert (found["corrected"].output, found["corrected"].error_tags) == (case.corrected, ("form",))
    assert (found["corrected"].ratings, found["corrected"].picked_label_id) == ({"clear": 2}, good.label_id)
    frozen = datasets.freeze(home, case.task.name, created_by="owner")
    assert {row.completion for row in datasets.rows(home, case.task.name, frozen.version)} == {
        case.kept, case.corrected,
    }  # fmt: skip
    path = datasets.export(
        home, case.task.name, frozen.version, "openai-chat", tmp_path / "train.jsonl", split="train"
    )
    said = [json.loads(line)["messages"][-1]["content"] for line in path.read_text().splitlines()]
    assert set(said) <= {last_said(case.task, output) for output in (case.kept, case.corrected)}
    assert said


def last_said(task: Task, output: str) -> str:
    """What an exported chat ends with: the output, or the last answer of a conversation."""
    if task.kind != "chat":
        return output
    return next(turn["content"] for turn in reversed(json.loads(output)) if turn["role"] == "assistant")


def test_criteria_and_labels_that_change_later_leave_an_open_queue_as_it_was(
    home: Project, person: Person, tmp_path: Path
) -> None:
    plain = Task(name="kinds", title="Kinds", labels=("app", "card"), **COMMON)
    case = Case(plain, "app", "app", "card", "app", "app", "fees")
    queue = opened(home, case, tmp_path)
    stands = tasks.get(home, "kinds")
    changed = stands.model_copy(
        update={"ratings": (Rating(code="kind", name="Kind"),), "labels": ("app", "card", "fees")}
    )
    tasks.update(home, changed, based_on=stands.revision)
    assert queues.open_queue(home, "kinds", 1, "owner") == queue
    asked = queues.task_of(home, queue)
    assert ([rating.code for rating in asked.ratings], asked.labels) == (["clear"], ("app", "card"))
    ann = person("ann")
    cards = {card.inputs["text"]: card for card in reviews.next_cards(ann, home, queue.name)}
    with pytest.raises(InvalidInput, match="'kind' is no criterion"):
        send(ann, home, cards["a good"], "approved", ratings={"kind": 3})
    with pytest.raises(InvalidInput, match='"fees" is not one of the 2 labels'):
        send(ann, home, cards["a bad"], "corrected", output="fees", error_tags=("wrong",))
    send(ann, home, cards["a good"], "approved", ratings={"clear": 4})
    send(ann, home, cards["a bad"], "corrected", output="app", error_tags=("wrong",))


def test_guesses_come_from_every_prompt_version_and_the_most_frequent_first(
    home: Project, person: Person, tmp_path: Path
) -> None:
    plain = Task(name="kinds", title="Kinds", labels=("app", "card", "fees"), **COMMON)
    opened(home, Case(plain, "app", "app", "card", "app", "app", "x"), tmp_path)
    for number, said in ((2, "fees"), (3, "app")):
        prompts.create(
            home, "kinds", system="", template=f"{number}: {{text}}", reason="better", created_by="owner"
        )
        (record,) = [
            card.record_id for card in reviews.next_cards(person("ann"), home, queues.queue_name("kinds", 1))
            if card.inputs["text"] == "a good"
        ]  # fmt: skip
        publish_label(home, record, number, said)
    cards = {
        c.inputs["text"]: c for c in reviews.next_cards(person("ann"), home, queues.queue_name("kinds", 1))
    }
    assert cards["a good"].guesses == ("app", "fees")
    assert cards["a bad"].guesses == ("card",)


def publish_label(home: Project, record: str, number: int, said: str) -> None:
    """A `labels` artifact as a job leaves it."""
    from storage import artifacts, schemas
    from storage.identifiers import now

    row = {
        "label_id": f"lab_{number}", "record_id": record, "prompt_version": number, "teacher": "other",
        "model": "m", "parameters": "{}", "output": said, "error": None, "created_at": now(),
    }  # fmt: skip
    with artifacts.draft(home, "labels", "kinds", f"lab_extra{number}") as draft:
        draft.write_table("labels.parquet", schemas.from_rows([row], "labels"), "labels")
        draft.publish(facts={})


def test_argillas_own_form_takes_every_kind(home: Project, person: Person, tmp_path: Path) -> None:
    case = CASES[0]
    queue = opened(home, case, tmp_path)
    ann = person("ann")
    card = next(card for card in reviews.next_cards(ann, home, queue.name) if card.inputs["text"] == "a bad")
    ann.submit(
        card.argilla_id,
        {"decision": "corrected", "output": "card\nfees", "rating_clear": 3, "error_tags": "form"},
    )
    reviews.mirror(home, case.task.name)
    frozen = datasets.freeze(home, case.task.name, created_by="owner", validation_share=0.0)
    (row,) = datasets.rows(home, case.task.name, frozen.version)
    assert row.completion == '["card", "fees"]'
    assert argilla_client.connect(home).progress(queue.argilla_id).completed == 1
