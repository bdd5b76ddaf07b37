"""What a version was made with, and what of it differs from another: definition, prompt, split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from curation import prompts
from storage.artifacts import Manifest
from storage.errors import NotFound
from storage.project import Project

_FACTS = ("prompt_number", "validation_share", "seed")
_PROMPTS = ("definition.student_prompt",)
_WORDS = {"prompt_number": "teacher's prompt", "validation_share": "validation share"}


@dataclass(frozen=True)
class Setting:
    """One thing two versions were made with differently, as text; "" where one says nothing of it."""

    what: str
    before: str
    after: str


@dataclass(frozen=True)
class Asked:
    """The texts a version's rows are rendered with: the student's own, or the teacher's prompt `number`."""

    system: str
    template: str
    number: int | None


def asked(project: Project, version: Manifest) -> Asked:
    """What the student is asked in this version; empty texts where its prompt is not known any more."""
    own = (version.facts.get("definition") or {}).get("student_prompt")
    number = version.facts.get("prompt_number")
    if own:
        return Asked(str(own.get("system") or ""), str(own.get("template") or ""), None)
    try:
        prompt = prompts.get(project, version.task, int(number or 0))
    except NotFound:
        return Asked("", "", number)
    return Asked(prompt.system, prompt.template, number)


def settings(project: Project, before: Manifest, after: Manifest) -> tuple[Setting, ...]:
    """Everything that differs; the prompt's two texts come first."""
    old, new = asked(project, before), asked(project, after)
    texts = [("system text", old.system, new.system), ("prompt", old.template, new.template)]
    left, right = dict(_said(before.facts)), dict(_said(after.facts))
    rest = [(name, left.get(name, ""), right.get(name, "")) for name in {**left, **right}]
    return tuple(Setting(*each) for each in (*texts, *rest) if each[1] != each[2])


def described(version: Manifest) -> list[tuple[str, str]]:
    """What a version was made with, as (what, value), for people to read; what is left open is not named."""
    return [(what, value) for what, value in _said(version.facts) if value]


def _said(facts: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    definition = facts.get("definition") or {}
    flat = dict(_flat("", definition))
    for name in _FACTS:
        if name in facts and f"splits.{name}" not in flat:
            yield _WORDS.get(name, name), _text(facts[name])
    for name, value in flat.items():
        if not name.startswith("student_prompt"):
            yield name.replace("_", " ").replace(".", ", "), value


def _flat(prefix: str, value: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name, inner in value.items():
        if isinstance(inner, Mapping) and inner:
            yield from _flat(f"{prefix}{name}.", inner)
        else:
            yield f"{prefix}{name}", _text(inner)


def _text(value: object) -> str:
    if value is None or value in ([], {}, ""):
        return ""
    if isinstance(value, list | tuple) and all(isinstance(each, str | int | float) for each in value):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else orjson.dumps(value).decode()
