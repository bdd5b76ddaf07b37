"""The part of the error tags' settings that says when tags are proposed, and whether one is a duty."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from curation.tasks import RuleName, TagRule, Task
from storage.errors import InvalidInput
from ui.actions import vocabulary as act
from ui.edit_base import forget
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project

_FORM = "settings.tags"
_NAMES = get_args(RuleName)


def draw(task: Task, revision: int) -> None:
    """One rule a line: `code: name of a rule`, or `code: /pattern/`."""
    with st.form(f"{_FORM}.rules"):
        required = st.checkbox("A correction needs a tag", task.tags_required, key=f"{_FORM}.required")
        text = st.text_area(
            "Propose a tag where a rule finds something, one a line",
            "\n".join(_line(rule) for rule in task.rules),
            key=f"{_FORM}.rules.lines", placeholder="jargon: /\\b(LLM|RAG)s?\\b/\nlength: length",
        )  # fmt: skip
        st.caption(f"Rules there are: {', '.join(_NAMES)}. Between slashes stands a pattern of your own.")
        if st.form_submit_button("Save", key=f"{_FORM}.rules.save"):
            with guard():
                act.rule(project(), person(), task.name, read(text), required=required, based_on=revision)
                forget(_FORM)
                say("Saved the rules.")
                st.rerun()


def read(text: str) -> tuple[TagRule, ...]:
    """The rules that the lines say. Raises InvalidInput, naming a line that cannot be read."""
    return tuple(_rule(line.strip()) for line in text.splitlines() if line.strip())


def _rule(line: str) -> TagRule:
    tag, _, what = (part.strip() for part in line.partition(":"))
    if len(what) > 1 and what[0] == what[-1] == "/":
        return TagRule(tag=tag, pattern=what[1:-1])
    if what not in _NAMES:
        raise InvalidInput(
            f"The line {line!r} names no rule.",
            next_step=f"Write {tag or 'code'}: and one of {', '.join(_NAMES)}, or /a pattern/.",
        )
    return TagRule.model_validate({"tag": tag, "name": what})


def _line(rule: TagRule) -> str:
    return f"{rule.tag}: {rule.name or f'/{rule.pattern}/'}"
