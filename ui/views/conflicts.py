"""Conflicts: records that people decided differently or flagged, settled for good without knowing who."""

from __future__ import annotations

import secrets

import streamlit as st

from curation import adjudication, outputs
from curation.adjudication import Conflicted, Verdict
from curation.tasks import Task
from ui import notices
from ui.actions import adjudicating as act
from ui.actions import flags as flag_act
from ui.components.page import empty_state, header
from ui.components.versions import Shown, versions
from ui.components.words import count, plain, several
from ui.guard import guard
from ui.resources import person, project
from ui.task_choice import chosen_task

_AT, _RECORD = "at", "record"
_NAMES = ("One person", "Another", "A third", "A fourth", "A fifth")
_CHOICES = 2
"""Versions that have a key of their own; the key after them writes another output."""


def page() -> None:
    """The conflict of the address, or the first."""
    task = chosen_task()
    found = adjudication.conflicts(project(), task.name) if task else []
    header(
        "Conflicts",
        "Decide what is right where people differ. Your decision is final, and who said what is not shown.",
        number=count(len(found)) if found else "", unit="to settle",
    )  # fmt: skip
    if task is None or not found:
        empty_state(
            "Nobody differs",
            "Records that two people decide differently, or that somebody flags, wait here.",
            address="agreement", action="Agreement",
        )  # fmt: skip
        return
    at = _place(found)
    with guard():
        _conflict(task, found[at], at, len(found))


def _place(found: list[Conflicted]) -> int:
    """Which conflict the address means: by its record, else by its number."""
    wanted = st.query_params.get(_RECORD)
    named = next((place for place, one in enumerate(found) if one.record_id == wanted), None)
    given = st.query_params.get(_AT, "1")
    return named if named is not None else max(1, min(int(given) if given.isdecimal() else 1, len(found))) - 1


def _conflict(task: Task, conflict: Conflicted, at: int, total: int) -> None:
    _said(conflict)
    shown = [
        Shown(_name(place), each.decision, each.output, _titles(task, each.error_tags), each.note)
        for place, each in enumerate(conflict.versions)
    ]
    versions(
        inputs=conflict.inputs, teacher=conflict.teacher_output, shown=shown,
        key=f"conflicts.{conflict.record_id}",
    )  # fmt: skip
    st.text_input("Why (optional, kept with the decision)", key=_key("why", conflict))
    with st.container(key="conflict_choices", horizontal=True, vertical_alignment="center"):
        for place, each in enumerate(conflict.versions[:_CHOICES]):
            st.button(
                f"{_name(place)} is right", key=f"conflicts.choose_{place + 1}", shortcut=str(place + 1),
                on_click=_decide, args=(conflict, each.output),
            )  # fmt: skip
        st.button("Discard", key="conflicts.discard", shortcut="D", on_click=_decide, args=(conflict, None))
        st.button("Next", key="conflicts.next", shortcut="K", on_click=_go, args=(at + 1, total))
        if conflict.flags and not conflict.differs:
            st.button("Settle the flag", key="conflicts.settle", on_click=_settle, args=(task, conflict))
    _merge(task, conflict)
    st.caption(f"{at + 1} of {total}")


def _said(conflict: Conflicted) -> None:
    if conflict.reopened:
        st.caption("Settled before; somebody changed their decision since, so it is open again.")
    for text in conflict.flags:
        st.caption(plain(f"Flagged for discussion: {text}" if text else "Flagged for discussion."))
    if not conflict.versions:
        st.caption("Nobody has decided on it yet.")


def _merge(task: Task, conflict: Conflicted) -> None:
    """A third output: one of the labels, or a text."""
    first = next((each.output for each in conflict.versions if each.output), None) or conflict.teacher_output
    key = _key("output", conflict)
    with st.container(key="conflict_merge", horizontal=True, vertical_alignment="bottom"):
        if outputs.form_of(task).type == "label":
            place = task.labels.index(first) if first in task.labels else 0
            st.selectbox("Another output", task.labels, index=place, key=key)
        else:
            st.text_area("Another output", first, key=key, height=120)
        st.button(
            "Decide for this output", key="conflicts.merge", shortcut=str(_CHOICES + 1),
            on_click=_decide_written, args=(conflict, key),
        )  # fmt: skip


def _decide_written(conflict: Conflicted, key: str) -> None:
    _decide(conflict, str(st.session_state[key]))


def _decide(conflict: Conflicted, output: str | None) -> None:
    why = str(st.session_state.get(_key("why", conflict), ""))
    seen = {each.review_id: each.version for each in conflict.versions}
    with guard():
        act.adjudicate(
            project(), person(),
            Verdict(conflict.record_id, conflict.queue, output, _client_id(conflict), seen, why),
        )  # fmt: skip
        st.query_params.pop(_RECORD, None)
        notices.say("Decided for good, and stored in Argilla as your answer.")


def _settle(task: Task, conflict: Conflicted) -> None:
    with guard():
        settled = flag_act.resolve(project(), person(), task.name, conflict.record_id)
        notices.say(f"{several(settled, 'flag')} settled.")


def _go(at: int, total: int) -> None:
    st.query_params.pop(_RECORD, None)
    st.query_params[_AT] = str(at % total + 1)


def _client_id(conflict: Conflicted) -> str:
    """The same until what is judged changes, so that a decision sent twice counts once."""
    seen = "/".join(each.version for each in conflict.versions)
    return str(
        st.session_state.setdefault(f"conflicts.id/{conflict.record_id}/{seen}", secrets.token_hex(12))
    )


def _key(what: str, conflict: Conflicted) -> str:
    return f"conflicts.{what}.{conflict.record_id}"


def _name(place: int) -> str:
    return _NAMES[place] if place < len(_NAMES) else f"Person {place + 1}"


def _titles(task: Task, codes: tuple[str, ...]) -> tuple[str, ...]:
    names = {tag.code: tag.name for tag in task.error_tags}
    return tuple(names.get(code, code) for code in codes)
