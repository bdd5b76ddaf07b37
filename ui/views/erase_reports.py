"""The erasures that were asked for, each with what it did, what holds it still, and what is left to do."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.erasing import Erased
from ui.components.page import when
from ui.components.words import plain, several
from ui.views.erase_found import GROUPED, backups_of, beyond

_SHOWN = 50


def show(past: Sequence[Erased]) -> None:
    """The newest first."""
    for made in past[:_SHOWN]:
        with st.container(key=f"sheet_{made.erasure_id}", gap="small"):
            with st.container(horizontal=True, vertical_alignment="center"):
                _state(made)
                counted = f"{several(made.counted, 'record or line', 'records and lines')}: "
                st.markdown(plain(f"{counted if made.finished_at else ''}{made.reason}"), width="stretch")
                when(made.finished_at or made.asked_at)
            st.caption(plain(f"{made.erasure_id} · asked for by {made.by}"))
            if made.finished_at:
                with st.expander("Report"):
                    _report(made)


def _state(made: Erased) -> None:
    if made.finished_at is None:
        st.badge("Not done", icon=":material/hourglass:", color="orange")
    elif made.clean:
        st.badge("Nothing left", icon=":material/check:", color="green")
    else:
        st.badge("Something is left", icon=":material/error:", color="red")


def _report(made: Erased) -> None:
    for each in made.left:
        line = f"{each.where} ({each.count:,}): {each.why or 'still has it; look into it'}"
        (st.caption if each.why else st.error)(plain(line))
    st.dataframe(
        {
            "Place": list(made.places),
            "Rows that went": [numbers[0] for numbers in made.places.values()],
            "Rows masked": [numbers[1] for numbers in made.places.values()],
        },
        hide_index=True,
        column_config={"Rows that went": GROUPED, "Rows masked": GROUPED},
    )
    beyond(made.trained, made.evaluated, made.exported, backups_of(made))
    st.markdown("**What no program reaches**")
    st.markdown("\n".join(f"- {plain(each)}" for each in made.by_hand))
    if made.closed:
        st.markdown("**Not looked into**")
        st.markdown("\n".join(f"- {plain(each)}" for each in made.closed[:_SHOWN]))
