"""A text typed on the page Cleaning and redaction: what is found in it, and what would come out."""

from __future__ import annotations

import streamlit as st

from curation.preparing.previewing import Tried
from curation.redaction import Span, words_of
from curation.tasks import Task
from storage.errors import InvalidInput
from ui.actions import preparing as act
from ui.components.marked import Entry, Kind, Place, marked, placed
from ui.components.words import plain, several
from ui.guard import guard
from ui.resources import person, project
from ui.views.preparing_draft import FORM, Draft

_PLACEHOLDER = "Call Ann on +44 20 7946 0018 or write to ann@example.org."


def draw(task: Task, held: Draft) -> None:
    """The box, and what the draft would make of what stands in it. Nothing of it is kept."""
    st.subheader("Try it", anchor=False)
    text = st.text_area(
        "A text", key=f"{FORM}.try", placeholder=_PLACEHOLDER, height=120,
        help="It is cleaned and redacted as an import would, by what stands on this page. Nothing is kept.",
    )  # fmt: skip
    if not text.strip():
        return
    try:
        recipe, policy = held.recipe(), held.redaction()
    except InvalidInput:
        return  # the page says what is wrong where it would be saved
    with guard():
        _show(act.attempt(project(), person(), task.name, recipe, policy, text))


def _show(tried: Tried) -> None:
    spans = tried.redacted.spans
    places = [Place(each.start, each.end, _kind(each), note(each)) for each in spans]
    out = tried.redacted.text
    with st.container(key="sheet_try"):
        marked(
            [
                Entry(placed(tried.cleaned, places), caption=several(len(spans), "identifier") + " found"),
                Entry(placed(out, ()), caption="What comes out"),
            ],
            key=f"{FORM}.tried", look="separated",
        )  # fmt: skip
        for sentence in _fates(tried):
            st.caption(plain(sentence), width="stretch")


def note(span: Span) -> str:
    """What stands beside a span: its kind, its score and what found it."""
    by = "" if span.recogniser == span.type else f", {span.recogniser}"
    return f"{words_of(span.type)} {span.score:.2f}{by}"


def _kind(span: Span) -> Kind:
    if span.uncertain:
        return "doubtful"
    return "kept" if span.replacement is None else "replaced"


def _fates(tried: Tried) -> list[str]:
    """What else would happen to a row with this text."""
    said = []
    if tried.reason:
        said.append(f"A filter would reject the row: {tried.reason}")
    if tried.redacted.dropped_for:
        kinds = ", ".join(map(words_of, tried.redacted.dropped_for))
        said.append(f"The row would be left out, for it holds: {kinds}.")
    doubtful = sum(each.uncertain for each in tried.redacted.spans)
    if doubtful:
        said.append(f"{several(doubtful, 'value')} with a dashed line would wait for somebody to say.")
    return said
