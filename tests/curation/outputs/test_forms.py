"""Outputs by kind: what may stand, in which spelling, and what the refusal says."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation import outputs
from curation.outputs import conversations
from curation.tasks import LengthRule, Task
from storage.errors import InvalidInput

INVOICE = {
    "type": "object",
    "required": ["number", "total"],
    "additionalProperties": False,
    "properties": {
        "number": {"type": "string"},
        "total": {"type": "number", "minimum": 0},
        "lines": {"type": "array", "items": {"type": "object", "required": ["what"]}},
    },
}


def task(**values: Any) -> Task:
    return Task(**{"name": "t", "title": "T", "input_columns": ("text",), **values})


LABEL = task(labels=("refund", "card lost", "top up"))
LABELS = task(labels=("refund", "card lost", "top up"), multi_label=True)
TEXT = task(kind="generation", length=LengthRule(least_words=2, most_words=5, most_characters=30))
JSON = task(kind="extraction", output_schema=INVOICE)
CHAT = task(kind="chat", speakers={"Doctor": "assistant", "Patient": "user"})


@pytest.mark.parametrize(
    ("given_task", "form"),
    [(LABEL, "label"), (LABELS, "labels"), (TEXT, "text"), (JSON, "json"), (CHAT, "chat"),
     (task(kind="extraction"), "json"), (task(kind="generation", labels=("a", "b")), "label")],
)  # fmt: skip
def test_the_form_follows_from_the_task(given_task: Task, form: str) -> None:
    assert outputs.form_of(given_task).type == form


@pytest.mark.parametrize(
    ("given_task", "output", "spelling"),
    [
        (LABEL, " refund ", "refund"),
        (LABELS, '["top up", "refund", "top up"]', '["refund", "top up"]'),
        (LABELS, "top up\nrefund", '["refund", "top up"]'),
        (LABELS, "[]", "[]"),
        (TEXT, " two words\n", "two words"),
        (JSON, '{"total": 3,\n "number": "é"}', '{"total": 3, "number": "é"}'),
        (CHAT, "How are you?", "How are you?"),
        (CHAT, "Doctor: How are you? \nPatient: Fine.\nThanks.\nDOCTOR: Good.",
         json.dumps([{"role": "assistant", "content": "How are you?"},
                     {"role": "user", "content": "Fine.\nThanks."},
                     {"role": "assistant", "content": "Good."}])),
        (CHAT, '[{"role": "assistant", "content": " Hi "}]', "Hi"),
        (CHAT, "[sighs] I see.", "[sighs] I see."),
        (CHAT, "I asked the Doctor: nothing.", "I asked the Doctor: nothing."),
    ],
)  # fmt: skip
def test_an_output_has_one_spelling(given_task: Task, output: str, spelling: str) -> None:
    assert outputs.checked(given_task, output) == spelling
    assert outputs.checked(given_task, spelling) == spelling
    assert outputs.same(given_task, output, spelling)


@pytest.mark.parametrize(
    ("given_task", "output", "said"),
    [
        (LABEL, "Refund", '"Refund" is not one of the 3 labels'),
        (LABEL, " ", "There is no output"),
        (LABELS, '["refund", "other"]', '"other" is not one of the 3 labels'),
        (TEXT, "one", "has 1 words; at least 2"),
        (TEXT, "one two three four five six", "has 6 words; at most 5"),
        (TEXT, "x" * 20 + " " + "y" * 20, "has 41 characters; at most 30"),
        (JSON, "{", "is not JSON: .* at line 1, column 2"),
        (JSON, '{"number": "1", "total": NaN}', "NaN is no JSON value"),
        (JSON, '{"number": "1", "total": -1}', "does not fit the task's schema: total: -1 is less than"),
        (JSON, '{"number": "1"}', "'total' is a required property"),
        (JSON, "[" * 200 + "]" * 200, "nested deeper than 100 levels"),
        (JSON, "[" * 200_000, "nested deeper|is not JSON"),
        (CHAT, "Patient: Help.", "no turn of the assistant's"),
        (CHAT, "Doctor:\nPatient: Fine.", "Turn 1 of the conversation is empty"),
    ],
)
def test_what_cannot_stand_is_refused_with_its_value(given_task: Task, output: str, said: str) -> None:
    assert not outputs.is_valid(given_task, output)
    with pytest.raises(InvalidInput, match=said):
        outputs.checked(given_task, output)


def test_the_order_of_keys_and_of_labels_makes_no_correction() -> None:
    assert outputs.same(JSON, '{"number": "1", "total": 2}', '{"total": 2, "number": "1"}')
    assert outputs.same(LABELS, '["top up", "refund"]', '["refund", "top up"]')
    assert not outputs.same(JSON, '{"number": "1", "total": 2}', '{"number": "1", "total": 3}')


@given(st.text())
def test_any_text_is_refused_or_keeps_its_spelling(text: str) -> None:
    for given_task in (LABEL, LABELS, TEXT, JSON, CHAT):
        try:
            spelling = outputs.checked(given_task, text)
        except InvalidInput:
            continue
        assert outputs.checked(given_task, spelling) == spelling


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"output_schema": {"type": "banana"}}, "not a JSON schema"),
        ({"kind": "generation", "multi_label": True}, "takes several labels and has none"),
        ({"kind": "generation", "shown_as": {"other": "chat"}}, "'other' is no input column"),
        ({"kind": "generation", "ratings": [{"code": "A b", "name": "x"}]}, "ratings.0.code"),
    ],
)
def test_a_task_whose_values_do_not_fit_is_refused(values: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        task(**values)


@pytest.mark.timeout(60)
def test_a_conversation_of_blank_lines_alone_is_read_in_one_pass() -> None:
    """A pattern that starts anew at every blank line would take minutes for it."""
    said = "Doctor: Where?" + "\n" * 200_000 + "Patient: Here."
    assert [turn.content for turn in conversations.turns(CHAT.speakers, said)] == ["Where?", "Here."]
