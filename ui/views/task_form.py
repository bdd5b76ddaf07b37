"""What a task's form asks for beyond its title: the parts that its kind has, typed as lines of text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any, get_args

import streamlit as st

from curation.tasks import Rating, Shown, Task
from storage.errors import InvalidInput

KINDS = {
    "classification": "Labels",
    "generation": "Free text",
    "extraction": "JSON by a schema",
    "chat": "A conversation",
}


def of_kind(kind: str, task: Task | None, prefix: str) -> dict[str, Any]:
    """The fields that outputs of this kind have; what they hold, to be read by `values` at saving."""
    if kind == "classification":
        return {
            "labels": st.text_area(
                "Labels, one a line", "\n".join(task.labels) if task else "", key=f"{prefix}.labels",
                height=220, placeholder="Home & Garden > Kitchen & Dining > Cookware",
                help="A sign such as > between levels makes a tree that reviewers can walk.",
            ),
            "multi_label": st.checkbox(
                "Several labels may apply", task.multi_label if task else False, key=f"{prefix}.several"
            ),
        }  # fmt: skip
    if kind == "extraction":
        schema = json.dumps(task.output_schema, indent=2) if task and task.output_schema else ""
        return {
            "output_schema": st.text_area(
                "JSON schema of an output", schema, key=f"{prefix}.schema", height=260,
                placeholder='{"type": "object", "required": ["amount"], "properties": {…}}',
            )
        }  # fmt: skip
    found: dict[str, Any] = {"length": _length(task, prefix)}
    if kind == "chat":
        speakers = "\n".join(f"{name}: {role}" for name, role in task.speakers.items()) if task else ""
        found["speakers"] = st.text_area(
            "Who is who in a transcript, one a line", speakers, key=f"{prefix}.speakers", height=90,
            placeholder="Doctor: assistant\nPatient: user",
        )  # fmt: skip
    return found


def shown_as(task: Task, prefix: str) -> dict[str, Any]:
    """How a card shows each input column."""
    choices = list(get_args(Shown))
    columns = st.columns(min(4, len(task.input_columns)))
    return {
        column: columns[number % len(columns)].selectbox(
            f"Show {column} as", choices, choices.index(task.shown(column)), key=f"{prefix}.shown.{column}"
        )
        for number, column in enumerate(task.input_columns)
    }


def ratings(task: Task | None, prefix: str) -> str:
    """The criteria that reviewers rate from 1 to 5."""
    lines = [f"{each.name}: {each.definition}".removesuffix(": ") for each in task.ratings] if task else []
    return st.text_area(
        "Rated from 1 to 5, one a line", "\n".join(lines), key=f"{prefix}.ratings", height=110,
        placeholder="Completeness: all that matters was asked",
        help="A queue that is open goes on asking for the criteria it was opened with.",
    )  # fmt: skip


def values(given: dict[str, Any]) -> dict[str, Any]:
    """What was typed as a task's values. Raises InvalidInput, naming the line that cannot be read."""
    readers = {"labels": _lines, "output_schema": _schema, "speakers": _speakers}
    return {name: readers[name](held) if name in readers else held for name, held in given.items()}


def read_ratings(text: str, standing: Sequence[Rating]) -> list[dict[str, str]]:
    """The criteria that the lines name; one whose name stands already keeps its code."""
    codes = {rating.name: rating.code for rating in standing}
    found = []
    for line in _lines(text):
        name, _, definition = (part.strip() for part in line.partition(":"))
        made = codes.get(name) or re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")[:60]
        found.append({"code": made, "name": name, "definition": definition})
    return found


def _length(task: Task | None, prefix: str) -> dict[str, int | None]:
    rule = task.length if task else None
    left, right = st.columns(2)
    return {
        "least_words": left.number_input(
            "Fewest words", 0, None, rule.least_words if rule else 0, key=f"{prefix}.least_words"
        ),
        "most_words": right.number_input(
            "Most words", 1, None, rule.most_words if rule else None, key=f"{prefix}.most_words"
        ),
        "least_characters": left.number_input(
            "Fewest characters", 0, None, rule.least_characters if rule else 0,
            key=f"{prefix}.least_characters",
        ),
        "most_characters": right.number_input(
            "Most characters", 1, None, rule.most_characters if rule else None,
            key=f"{prefix}.most_characters",
        ),
    }  # fmt: skip


def _schema(text: str) -> dict[str, Any] | None:
    if not text.strip():
        return None
    try:
        held = json.loads(text)
    except json.JSONDecodeError as fault:
        raise InvalidInput(
            f"The schema is not JSON: {fault.msg} at line {fault.lineno}, column {fault.colno}.",
            next_step="Correct it there.",
        ) from fault
    if not isinstance(held, dict):
        raise InvalidInput("The schema is no JSON object.", next_step='Begin it with {"type": …}.')
    return held


def _speakers(text: str) -> dict[str, str]:
    found = {}
    for line in _lines(text):
        name, _, role = (part.strip() for part in line.rpartition(":"))
        if role not in ("system", "user", "assistant"):
            raise InvalidInput(
                f"The line {line!r} names no role.", next_step="Write Doctor: assistant, or user, or system."
            )
        found[name] = role
    return found


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
