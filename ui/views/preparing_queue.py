"""The doubtful values on the page Cleaning and redaction: what may be an identifier, for a person to say.

The first one stands large with its keys; the next ones stand below. What was said holds for every
import from then on and can be taken back.
"""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from curation.preparing import uncertain, uncertain_rulings
from curation.preparing.uncertain import Context, Value
from curation.preparing.uncertain_rulings import Ruled
from curation.redaction import Ruling, words_of
from curation.tasks import Task
from ui import notices
from ui.actions import preparing as act
from ui.components.links import link
from ui.components.marked import Entry, Place, marked, placed
from ui.components.page import empty_state
from ui.components.words import ago, count, plain, several
from ui.guard import guard
from ui.resources import person, project
from ui.views.preparing_draft import FORM, Draft

_NEXT = 8
_LISTED = 30
_SKIPPED, _LAST = f"{FORM}.skipped", f"{FORM}.last_ruling"
_ALL = "Every kind"
_SAID: Mapping[Ruling, str] = {"mask": "is one", "keep": "is none"}


def draw(task: Task, held: Draft) -> None:
    """The value to rule on now, the ones after it, and the rulings so far."""
    by_kind = uncertain.waiting_by_kind(project(), task.name)
    stated = uncertain_rulings.standing(project(), task.name)
    if by_kind:
        _queue(task, by_kind)
    elif stated:
        st.caption("Nothing waits: every doubtful value has been ruled on.")
    else:
        empty_state(
            "Nothing is in doubt",
            "Values that may be an identifier wait here after an import: numbers of nine digits, bare host "
            "names, whatever scores below the threshold of the policy.",
        )
    _remaking(task)
    if stated:
        _rulings(task, stated)


def _queue(task: Task, by_kind: Mapping[str, int]) -> None:
    kinds = [_ALL, *by_kind]
    if st.session_state.get(f"{FORM}.kind", _ALL) not in kinds:
        del st.session_state[f"{FORM}.kind"]  # its last value was ruled on
    total = sum(by_kind.values())
    with st.container(horizontal=True, vertical_alignment="bottom", key="doubtful_kinds"):
        chosen = str(
            st.selectbox(
                "Kind", kinds, key=f"{FORM}.kind", on_change=_from_the_first, width=280,
                format_func=_kind_words,
            )
        )  # fmt: skip
        st.caption(" · ".join(f"{words_of(name)} {count(number)}" for name, number in by_kind.items()))
    kind = "" if chosen == _ALL else chosen
    there = by_kind.get(kind, total)
    skipped = min(int(st.session_state.get(_SKIPPED, 0)), there - 1)
    waiting = act.waiting(project(), person(), task.name, kind=kind, limit=1 + _NEXT, offset=skipped)
    if not waiting.values:
        return
    first, *others = waiting.values
    _first(task, first)
    if skipped:
        st.caption(f"{several(skipped, 'value')} skipped before this one.")
    _others(task, others, there - skipped - 1)


def _first(task: Task, value: Value) -> None:
    with st.container(key="sheet_doubtful", gap="small"):
        st.markdown(f"Is this {_article(words_of(value.kind))} **{plain(words_of(value.kind))}**?")
        st.caption(_about(value))
        marked([_entry(one) for one in value.contexts], key=f"{FORM}.doubtful", look="large")
        with st.container(key="doubtful_buttons", horizontal=True, vertical_alignment="center"):
            st.button(
                "It is one: mask it", key=f"{FORM}.mask", shortcut="Y",
                on_click=_rule, args=(task, value, "mask"),
            )  # fmt: skip
            st.button(
                "It is none: keep it", key=f"{FORM}.keep", shortcut="N", on_click=_rule,
                args=(task, value, "keep"),
            )  # fmt: skip
            st.button("Skip", key=f"{FORM}.skip", shortcut="K", type="tertiary", on_click=_skip)
            st.button(
                "Undo", key=f"{FORM}.undo", shortcut="U", type="tertiary", on_click=_undo_last, args=(task,),
                disabled=_LAST not in st.session_state,
            )  # fmt: skip


def _others(task: Task, values: list[Value], left: int) -> None:
    if not values:
        return
    st.subheader("After it", anchor=False)
    for value in values:
        with st.container(key=f"row_value_{value.value_mac}", horizontal=True, vertical_alignment="center"):
            with st.container(gap=None, width="stretch"):
                marked([_entry(one) for one in value.contexts[:1]], key=f"{FORM}.value.{value.value_mac}")
                st.caption(f"{plain(words_of(value.kind))} · {_about(value)}")
            with st.container(width="content", horizontal=True):
                for ruling, words in (("mask", "It is one"), ("keep", "It is none")):
                    st.button(
                        words, key=f"{FORM}.{ruling}.{value.value_mac}", type="tertiary", on_click=_rule,
                        args=(task, value, ruling),
                    )  # fmt: skip
    if left > len(values):
        st.caption(
            f"{count(left - len(values))} more. Where a whole kind is of no use, its action on the section "
            "Redaction, or the threshold there, settles all of it at once."
        )


def _remaking(task: Task) -> None:
    """Which records still have what was ruled to be masked, and how they are made again."""
    held = uncertain.still_held(project(), task.name)
    if not held.records:
        return
    files = ", ".join(held.files[:5]) + (" and others" if len(held.files) > 5 else "")
    with st.container(key="doubtful_remaking"):
        st.warning(
            f"{several(held.records, 'record')} {'stands' if held.records == 1 else 'stand'} with a value "
            f"that was ruled to be masked after the import. Import {plain(files)} again: the records come "
            "masked, as new ones. Then erase the old ones.",
            icon=":material/warning:",
        )
        link("import", label="Import again")


def _rulings(task: Task, stated: list[Ruled]) -> None:
    with st.expander(f"What people said of doubtful values: {count(len(stated))}", key=f"{FORM}.rulings"):
        listed = stated[:_LISTED]
        places = act.contexts(project(), person(), task.name, [each.value_mac for each in listed])
        for each in listed:
            with st.container(key=f"row_ruling_{each.seq}", horizontal=True, vertical_alignment="center"):
                with st.container(gap=None, width="stretch"):
                    contexts = places.get(each.value_mac, ())[:1]
                    if contexts:
                        marked([_entry(one) for one in contexts], key=f"{FORM}.ruled.{each.seq}")
                    gone = "" if contexts else " · its text is kept no more"
                    kind = words_of(each.kind)
                    st.caption(plain(f"{each.by} said: {_SAID[each.ruling]} ({kind}), {ago(each.at)}{gone}"))
                st.button("Take back", key=f"{FORM}.undo.{each.seq}", on_click=_undo, args=(task, each.seq))
        if len(stated) > len(listed):
            st.caption(f"The newest {len(listed)} of {count(len(stated))}.")


def _entry(context: Context) -> Entry:
    value = Place(context.start, context.end, "doubtful")
    place = f"{context.file}, row {context.row_number:,}, {context.column}"
    return Entry(placed(context.text, [value]), note=place)


def _about(value: Value) -> str:
    return f"score {value.score:.2f} · found {several(value.spans, 'time')}"


def _article(words: str) -> str:
    return "an" if words[0] in "aeio" else "a"  # a url, a us ssn


def _kind_words(name: str) -> str:
    return name if name == _ALL else words_of(name)


def _rule(task: Task, value: Value, ruling: Ruling) -> None:
    with guard():
        seq = act.rule(project(), person(), task.name, value.value_mac, value.kind, ruling)
        st.session_state[_LAST] = seq


def _undo(task: Task, seq: int) -> None:
    with guard():
        act.undo(project(), person(), task.name, seq)
        notices.say("Taken back: the value waits again.")


def _undo_last(task: Task) -> None:
    _undo(task, int(st.session_state.pop(_LAST)))


def _skip() -> None:
    st.session_state[_SKIPPED] = int(st.session_state.get(_SKIPPED, 0)) + 1


def _from_the_first() -> None:
    st.session_state[_SKIPPED] = 0
