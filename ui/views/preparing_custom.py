"""A task's own kinds of identifier: a name and a pattern, tried on a text while it is written."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from curation.redaction import CustomRecogniser, matches, written
from storage.errors import InvalidInput
from ui.components.marked import Entry, Place, marked, placed
from ui.components.words import plain, several
from ui.guard import guard
from ui.views import preparing_policy
from ui.views.preparing_draft import FORM, Draft, forget_widgets

_NEW = f"{FORM}.custom"
_SAMPLE = "Order AB-20417 was sent back by the customer."


def draw(held: Draft, found: Mapping[str, int]) -> None:
    """The task's own kinds, and the form for another."""
    st.subheader("Kinds of your own", anchor=False)
    for place, each in enumerate(held.policy["custom"]):
        _custom(held, place, each, found.get(each["name"], 0))
    with st.expander("Add a kind", key=f"{_NEW}.adding", icon=":material/add:"):
        _adding(held)


def _custom(held: Draft, place: int, each: dict[str, object], found: int) -> None:
    name = str(each["name"])
    with st.container(key=f"row_custom_{name}", horizontal=True, vertical_alignment="center"):
        with st.container(gap=None, width="stretch"):
            counted = f" · {several(found, 'found by the imports so far', 'found by the imports so far')}"
            st.markdown(plain(name.replace("_", " ")))
            case = ", whatever the case" if each["ignore_case"] else ""
            st.caption(f"{plain(str(each['pattern']))}{case}{plain(counted) if found else ''}")
        with st.container(width="content", horizontal=True, vertical_alignment="center"):
            each["action"] = preparing_policy.action_choice(name, str(each["action"]), name)
            st.button(
                "Remove", key=f"{_NEW}.remove.{name}", type="tertiary", on_click=_remove, args=(held, place)
            )


def _remove(held: Draft, place: int) -> None:
    held.policy["custom"].pop(place)


def _adding(held: Draft) -> None:
    left, right = st.columns(2)
    name = left.text_input("Name", key=f"{_NEW}.name", placeholder="order_number")
    pattern = right.text_input(
        "Pattern (RE2)", key=f"{_NEW}.pattern", placeholder="[A-Z]{2}-[0-9]{5}",
        help="A regular expression without looking around and back-references: no pattern can be slow.",
    )  # fmt: skip
    ignore_case = st.checkbox("Whatever the case", key=f"{_NEW}.ignore_case")
    sample = st.text_area("Try it on", _SAMPLE, key=f"{_NEW}.sample", height=90)
    if not pattern:
        return
    with guard():
        wanted = {"name": name or "new_kind", "pattern": pattern, "ignore_case": ignore_case}
        recogniser = written.recogniser(wanted)
        _matched(recogniser, sample)
        st.button(
            "Add this kind", key=f"{_NEW}.add", disabled=not name, on_click=_add, args=(held, recogniser)
        )


def _matched(recogniser: CustomRecogniser, sample: str) -> None:
    [spans] = matches(recogniser, [sample])
    places = [Place(each.start, each.end, "replaced") for each in spans]
    marked(
        [Entry(placed(sample, places), caption=f"{several(len(spans), 'match', 'matches')}")],
        key=f"{_NEW}.matches",
    )


def _add(held: Draft, recogniser: CustomRecogniser) -> None:
    with guard():
        if recogniser.name in {each["name"] for each in held.policy["custom"]}:
            raise InvalidInput(
                f"There is a kind {recogniser.name!r} already.", next_step="Give this one another name."
            )
        held.policy["custom"] = [*held.policy["custom"], recogniser.model_dump(mode="json")]
        forget_widgets(f"{_NEW}.")
