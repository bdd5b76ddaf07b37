"""The imports so far: what came of their rows, on what terms, and what was rejected."""

from __future__ import annotations

import streamlit as st

from curation import imports
from curation.imports import PastImport, Terms
from curation.tasks import Task
from ui.actions import imports as act
from ui.actions import raw_rows
from ui.components.page import when
from ui.components.words import count, licence, plain, several
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project

_PAGE = "page"
_PER_PAGE = 20
_REJECTS_SHOWN = 200


def show(task: Task) -> None:
    """A page of them, newest first; nothing where none was made."""
    found = imports.listing(project(), task.name)
    if not found:
        return
    st.subheader("Imports", anchor=False)
    pages = -(-len(found) // _PER_PAGE)
    wanted = st.query_params.get(_PAGE, "1")
    number = min(int(wanted), pages) if wanted.isdecimal() and int(wanted) else 1
    for past in found[(number - 1) * _PER_PAGE : number * _PER_PAGE]:
        _row(task, past)
    if pages > 1:
        chosen = st.pagination(pages, default=number, key="import.page")
        if chosen != number:
            st.query_params[_PAGE] = str(chosen)
            st.rerun()


def _row(task: Task, past: PastImport) -> None:
    with st.container(key=f"row_{past.import_id}", horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch", gap=None):
            part = f" · {plain(past.member)}" if past.member else ""
            st.markdown(f"**{plain(past.file)}**{part}")
            st.caption(
                f"{several(past.read, 'row')} read · {count(past.new)} new · {count(past.known)} known · "
                f"{count(past.held_out)} held out · {count(past.rejected)} rejected · {_masked(past)}"
            )
            st.caption(plain(_terms(past.terms)))
            if not past.complete:
                st.caption(":orange[Its records did not arrive. Import the file again to bring them.]")
        when(past.imported_at)
        if past.raw_removed_at is None:
            _menu(task, past)
    if past.rejected:
        _rejects(task, past)


def _menu(task: Task, past: PastImport) -> None:
    with st.popover("Raw rows", key=f"import.raw.{past.import_id}"):
        days = project().settings.imports.keep_raw_days
        st.caption(
            "What came in, before cleaning and redaction, is kept "
            + (f"for {several(days, 'day')}." if days else "until somebody deletes it.")
            + " Only admins can read it."
        )
        if st.button("Delete it now, for good", key=f"import.delete_raw.{past.import_id}"):
            with guard():
                act.delete_raw(project(), person(), task.name, past.import_id)
                say(f"The raw rows of {past.file} are gone. Its records stay.")
                st.rerun()


def _terms(terms: Terms) -> str:
    said = [
        f"Licence {licence(terms.licence)}" if terms.licence else "No licence stated",
        f"from {terms.origin}" if terms.origin else "",
        f"consent: {terms.consent}" if terms.consent else "",
    ]  # fmt: skip
    return " · ".join(filter(None, said))


def _masked(past: PastImport) -> str:
    return f"{several(sum(past.masked.values()), 'identifier')} masked"


def _rejects(task: Task, past: PastImport) -> None:
    """What was rejected, read only once it is asked for."""
    words = several(past.rejected, "rejected row")
    if past.raw_removed_at is not None:
        st.caption(f"{words}, deleted on {past.raw_removed_at:%d %B %Y}")
        return
    opened = st.expander(
        words, icon=":material/report:", key=f"import.rejects.{past.import_id}", on_change="rerun"
    )
    if not opened.open:
        return
    with opened:
        found = raw_rows.rejects(project(), person(), task.name, past.import_id, limit=_REJECTS_SHOWN)
        st.dataframe(
            [{"Row": one.row_number, "Reason": one.reason, "What it held": one.row} for one in found],
            hide_index=True, key=f"import.rejected.{past.import_id}",
        )  # fmt: skip
        if past.rejected > len(found):
            st.caption(
                f"The first {several(len(found), 'row')}; the rest is in the artifact {past.import_id}."
            )
