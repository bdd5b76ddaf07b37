"""Audit: who did and saw what, and whether the log still stands as it was written."""

from __future__ import annotations

from datetime import timedelta

import streamlit as st

from storage import audit
from storage.audit import Line, Verdict
from storage.identifiers import now
from ui.actions import audits as act
from ui.components.page import empty_state, header, when
from ui.components.words import count, plain, several
from ui.guard import guard
from ui.resources import person, project
from ui.views.audit_words import KINDS, deed, facts

_PER_PAGE = 50
_BEFORE = "before"
_CHECK = "audit.check"
_EVERYBODY, _EVERYTHING = "Everybody", "Everything"
_SPANS = {"At any time": None, "Today": 1, "In the last 7 days": 7, "In the last 30 days": 30}


def page() -> None:
    """The check, the filters, and the lines that fit."""
    top, verdict = st.container(), st.container()
    if st.session_state.get(_CHECK):
        with verdict, guard(), st.spinner("Reading the whole log …"):
            _verdict(act.check(project(), person()))
    newest = act.read(project(), person(), audit.Filters(), limit=1)
    with top:
        action = header(
            "Audit", "Who did and saw what. Lines are added and never changed; a check shows that none was.",
            number=count(newest[0].seq) if newest else "", unit="lines",
        )  # fmt: skip
    with action:
        st.button("Check every line", key=_CHECK, icon=":material/fact_check:")
    found = act.read(project(), person(), _filters(), before=_before(), limit=_PER_PAGE + 1)
    if not found:
        empty_state("Nothing fits", "No line of the log has all of that. Take a filter away.")
        return
    for line in found[:_PER_PAGE]:
        _row(line)
    _pages(found)


def _verdict(verdict: Verdict) -> None:
    if verdict.intact:
        beyond = (
            f" The anchor’s file has not seen the last {several(verdict.beyond_anchor, 'line')}."
            if verdict.beyond_anchor
            else ""
        )
        st.success(
            f"All {several(verdict.lines, 'line')} stand as they were written, up to "
            f"{plain(verdict.last_hash[:12])}. Only whoever may write to this project’s folder and to its "
            f"database could have forged that.{beyond}",
            icon=":material/check:",
        )
        return
    findings = "\n".join(f"- {plain(finding.what)}" for finding in verdict.findings)
    st.error(f"The log does not stand as it was written.\n\n{findings}", icon=":material/error:")


def _filters() -> audit.Filters:
    who, what, since, words = st.columns(4)
    actor = who.selectbox("Who", [_EVERYBODY, *audit.actors(project())], key="audit.who", on_change=_newest)
    kind = what.selectbox(
        "What", [_EVERYTHING, *KINDS], key="audit.what", on_change=_newest,
        format_func=lambda name: KINDS.get(name, name),
    )  # fmt: skip
    span = since.selectbox("When", list(_SPANS), key="audit.when", on_change=_newest)
    text = words.text_input("Of what", key="audit.words", placeholder="triage/v0002", on_change=_newest)
    days = _SPANS[str(span)]
    return audit.Filters(
        actor="" if actor == _EVERYBODY else str(actor),
        kind="" if kind == _EVERYTHING else str(kind),
        words=text.strip(),
        since=None if days is None else now() - timedelta(days=days),
    )


def _row(line: Line) -> None:
    with st.container(key=f"row_line_{line.seq}", horizontal=True, vertical_alignment="top"):
        st.caption(count(line.seq), width=60)
        with st.container(width="stretch", gap=None):
            st.markdown(f"**{plain(line.actor)}** {plain(deed(line.action, line.subject))}")
            said = facts(line.facts)
            if said:
                st.caption(plain(said))
        when(line.at)


def _pages(found: list[Line]) -> None:
    with st.container(horizontal=True):
        if _before() is not None:
            st.button("Newest", key="audit.newest", type="tertiary", on_click=_newest)
        if len(found) > _PER_PAGE:
            last = found[_PER_PAGE - 1].seq
            st.button("Older", key="audit.older", type="tertiary", on_click=_older, args=(last,))


def _before() -> int | None:
    given = st.query_params.get(_BEFORE, "")
    return int(given) if given.isdecimal() and len(given) < 16 else None


def _older(seq: int) -> None:
    st.query_params[_BEFORE] = str(seq)


def _newest() -> None:
    st.query_params.pop(_BEFORE, None)
