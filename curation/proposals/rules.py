"""The rules that everyone may use: each looks at one output and says what is wrong with it, or nothing.

To add one, write its function and put it into `RULES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import jsonschema
from jsonschema.validators import validator_for

from curation import outputs
from curation.outputs import conversations, json_values, texts
from curation.tasks import Task
from storage.errors import InvalidInput

Rule = Callable[[Task, Mapping[str, str], str], str]
"""(task, inputs by column, output) -> the reason to propose a tag, or nothing at all."""

COPIED_WORDS = 12
"""So many words in a row that stand in an input too count as copied."""
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")
_FEWEST_WORDS_OF_A_SENTENCE = 4


def broken_length(task: Task, inputs: Mapping[str, str], output: str) -> str:
    """The text, or a turn of the assistant's, breaks the task's length rule."""
    if task.length is None or outputs.form_of(task).type not in ("text", "chat"):
        return ""
    for said in _written(task, output):
        try:
            texts.checked(task.length, said)
        except InvalidInput as fault:
            return fault.what
    return ""


def not_valid(task: Task, inputs: Mapping[str, str], output: str) -> str:
    """The output may not stand as it is, whatever the reason."""
    try:
        outputs.checked(task, output)
    except InvalidInput as fault:
        return fault.what
    return ""


def unknown_label(task: Task, inputs: Mapping[str, str], output: str) -> str:
    """The output names a label that the task has not."""
    if not task.labels:
        return ""
    named = outputs.named_labels(output) if task.multi_label else [output.strip()]
    strange = [name for name in named if name and name not in task.labels]
    return f'"{_brief(strange[0])}" is not one of the {len(task.labels):,} labels.' if strange else ""


def repeated_sentence(task: Task, inputs: Mapping[str, str], output: str) -> str:
    """The same sentence stands in the text twice."""
    if outputs.form_of(task).type not in ("text", "chat"):
        return ""
    seen: set[str] = set()
    for said in _written(task, output):
        for sentence in _SENTENCE.findall(said):
            words = tuple(re.findall(r"\w+", sentence.casefold()))
            plain = " ".join(words)
            if len(words) >= _FEWEST_WORDS_OF_A_SENTENCE and plain in seen:
                return f'Said twice: "{_brief(sentence.strip())}"'
            seen.add(plain)
    return ""


def missing_field(task: Task, inputs: Mapping[str, str], output: str) -> str:
    """The JSON lacks a field that the task's schema requires."""
    if task.output_schema is None or outputs.form_of(task).type != "json":
        return ""
    try:
        value = json_values.parsed(output)
    except InvalidInput:
        return ""
    schema = dict(task.output_schema)
    validator = validator_for(schema, default=jsonschema.Draft202012Validator)(schema)
    for fault in validator.iter_errors(value):
        if fault.validator == "required":
            held: Any = fault.instance
            required: Any = fault.validator_value
            absent = [name for name in required if name not in held]
            place = fault.json_path.removeprefix("$").removeprefix(".")
            return f"Missing: {', '.join(f'{place}.{name}' if place else name for name in absent)}."
    return ""


def copied(task: Task, inputs: Mapping[str, str], output: str) -> str:
    """Words in a row are taken over from an input."""
    if outputs.form_of(task).type not in ("text", "chat"):
        return ""
    runs = {run for text in inputs.values() for run in _runs(text)}
    for said in _written(task, output):
        found = next((run for run in _runs(said) if run in runs), None)
        if found:
            return f'Copied from the input: "{_brief(" ".join(found))}"'
    return ""


RULES: dict[str, Rule] = {
    "length": broken_length,
    "not_valid": not_valid,
    "unknown_label": unknown_label,
    "repeated_sentence": repeated_sentence,
    "missing_field": missing_field,
    "copied": copied,
}


def _written(task: Task, output: str) -> list[str]:
    """The texts that the model wrote: of a conversation the assistant's turns."""
    if outputs.form_of(task).type != "chat":
        return [output]
    return [turn.content for turn in conversations.turns(task.speakers, output) if turn.role == "assistant"]


def _runs(text: str) -> list[tuple[str, ...]]:
    words = re.findall(r"\w+", text.casefold())
    return [tuple(words[at : at + COPIED_WORDS]) for at in range(len(words) - COPIED_WORDS + 1)]


def _brief(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 100 else f"{flat[:99]}…"
