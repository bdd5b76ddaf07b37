"""The part of a definition's form that says how the student is asked: its prompt, and other wordings."""

from __future__ import annotations

from typing import Any

import streamlit as st

from curation.datasets.definition import Definition
from curation.student_prompts import Variation
from curation.tasks import Task
from ui.components.words import plain

MOST_WORDINGS = 20


def asked(task: Task, saved: Definition, form: str) -> dict[str, Any]:
    """The student prompt and its variations, as the values of a definition."""
    columns = ", ".join(f"`{{{plain(column)}}}`" for column in task.input_columns)
    st.caption(
        "A student has learned the task and can be asked in a few words; each answer then costs less. "
        f"Columns: {columns}; `{{labels}}` becomes the task’s labels."
    )
    own = st.checkbox(
        "The student has a prompt of its own", saved.student_prompt is not None, key=f"{form}.own"
    )
    prompt = None
    if own:
        held = saved.student_prompt
        first = "\n".join(f"{{{column}}}" for column in task.input_columns)
        prompt = {
            "system": st.text_area(
                "System text (may be empty)", held.system if held else "", key=f"{form}.system", height=70
            ),
            "template": st.text_area(
                "Template", held.template if held else first, key=f"{form}.template", height=110
            ),
        }
    return {"student_prompt": prompt, "variations": _variations(saved, form)}


def _variations(saved: Definition, form: str) -> dict[str, Any]:
    held = saved.variations
    left, right = st.columns(2)
    count = left.number_input(
        "Variations: other wordings", 0, MOST_WORDINGS, len(held.texts), key=f"{form}.wordings",
        help="A student that only ever saw one wording answers worse under any other.",
    )  # fmt: skip
    if not count:
        return {}
    share = right.number_input(
        "Rows asked in one of them, %", 0.0, 100.0, 100 * held.share, 5.0, key=f"{form}.worded"
    )
    texts, kept = [], []
    for number in range(int(count)):
        standing = held.texts[number] if number < len(held.texts) else Variation(name=f"wording-{number + 1}")
        name, robust = _wording(standing, standing.name in held.kept_for_robustness, f"{form}.{number}")
        if name["system"] is None and name["template"] is None:
            continue  # not written yet
        texts.append(name)
        if robust:
            kept.append(name["name"])
    return {"texts": texts, "share": round(share / 100, 6), "kept_for_robustness": kept}


def _wording(standing: Variation, kept: bool, form: str) -> tuple[dict[str, Any], bool]:
    """One wording's fields; empty texts are as in the plain prompt."""
    with st.container(gap="small"):
        st.divider()
        left, right = st.columns(2, vertical_alignment="bottom")
        name = left.text_input("Name", standing.name, key=f"{form}.name")
        robust = right.checkbox(
            "Never trained on: for robustness tests", kept, key=f"{form}.kept",
            help="Test rows are asked in it as well, in a file of their own.",
        )  # fmt: skip
        system = st.text_area("System text", standing.system or "", key=f"{form}.system", height=70)
        template = st.text_area("Template", standing.template or "", key=f"{form}.template", height=70)
        st.caption(
            "What is left empty is as in the plain prompt; a wording that is all empty does not count."
        )
    return {"name": name.strip(), "system": system or None, "template": template or None}, robust
