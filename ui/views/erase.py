"""Erase: find what holds a person's records, confirm how many, and read what was left of earlier ones."""

from __future__ import annotations

import streamlit as st

from curation import erasing
from curation.erasing import Found
from storage import jobs
from storage.errors import InvalidInput
from storage.jobs import Job
from ui.actions import erasing as act
from ui.components import job_progress
from ui.components.page import empty_state, header
from ui.components.words import count, noun
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project
from ui.views import erase_found, erase_reports

_FOUND = "erase.found"
"""What was found, kept in this person's session alone, until it is erased or left."""


def page() -> None:
    """The search, what it found, and the erasures so far."""
    past = erasing.listing(project())
    header(
        "Erase", "Take a person’s records out of everything this project holds, and see what still does.",
        number=count(len(past)) if past else "",
        unit="erasure so far" if len(past) == 1 else "erasures so far",
    )  # fmt: skip
    job = _unfinished()
    if job is not None:
        _watch(job)
    elif _FOUND in st.session_state:
        _confirm(st.session_state[_FOUND])
    else:
        _search()
        if not past:
            empty_state(
                "Nothing was erased yet",
                "Look for a name, an address or a record’s id. What holds it is shown first; nothing is "
                "changed until you confirm how many records go.",
            )  # fmt: skip
    erase_reports.show(past)


def _unfinished() -> Job | None:
    """The erasure that runs, waits, or was interrupted and must be taken up again."""
    found = [job for job in jobs.listing(project()) if job.kind == "erase"]
    return found[0] if found and found[0].status not in ("succeeded",) else None


def _watch(job: Job) -> None:
    job_progress.watch(job.job_id)
    if job.status in ("failed", "cancelled", "interrupted"):
        st.warning(
            "This erasure is not done: part of it may still be there. Resume it: every step is done again.",
            icon=":material/restart_alt:",
        )


def _search() -> None:
    with st.form("erase.search"):
        text = st.text_input(
            "Name, address or other text", key="erase.text", placeholder="as it stands in the file",
            help="Every row in which these words stand is found, whatever their case: in raw lines and "
            "rejects too, which nothing else shows.",
        )  # fmt: skip
        ids = st.text_area(
            "Or the ids of records", key="erase.ids", placeholder="rec_…, one a line", height=80
        )
        sent = st.form_submit_button("Find", key="erase.find", type="primary", icon=":material/search:")
    if sent:
        with guard(), st.spinner("Looking into every artifact, table and file …"):
            wanted = ids.replace(",", " ").split()
            st.session_state[_FOUND] = act.find(project(), person(), record_ids=wanted, text=text)
            st.rerun()


def _confirm(found: Found) -> None:
    erase_found.show(found)
    with st.container(key="sheet_erase"):
        with st.form("erase.confirm", border=False):
            reason = st.text_input(
                "Why", key="erase.reason", placeholder="request 17",
                help="It is kept in the report and in the audit log: do not name the person.",
            )  # fmt: skip
            typed = st.text_input(
                f"Type {count(found.count)} to confirm", key="erase.count", placeholder=count(found.count)
            )
            st.caption("What is erased cannot be brought back but from a backup, which then holds it again.")
            sent = st.form_submit_button(
                f"Erase {count(found.count)} for good", key="erase.start", type="primary",
                icon=":material/delete_forever:",
            )  # fmt: skip
        st.button("Leave it", key="erase.leave", type="tertiary", on_click=_leave)
    if sent:
        with guard():
            if typed.strip().replace(",", "") != str(found.count):
                there = f"{count(found.count)} {noun(found.count, 'is', 'are')} found"
                raise InvalidInput(
                    f"{there} and {typed.strip() or 'nothing'} was typed; nothing was erased.",
                    next_step=f"Type {count(found.count)} to confirm.",
                )
            act.start(project(), person(), found, reason)
            _leave()
            say("The erasure has begun.")
            st.rerun()


def _leave() -> None:
    st.session_state.pop(_FOUND, None)
