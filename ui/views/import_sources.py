"""The sources that are kept: what each brought last, and bringing in what came since."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation import sources
from curation.sources import Source
from curation.tasks import Task
from storage.jobs import Job
from ui.actions import imports as act
from ui.components.page import when
from ui.components.words import count, plain
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project
from ui.views.import_from import open_source

_ICONS = {"path": "folder", "upload": "upload_file", "address": "link"}


def show(task: Task, running: Sequence[Job]) -> None:
    """One row for each; nothing where none is kept."""
    found = sources.listing(project(), task.name)
    if not found:
        return
    busy = {job.args.get("source_id") for job in running if job.kind == "refresh"}
    st.subheader("Sources", anchor=False)
    for source in found:
        _row(source, busy=source.source_id in busy)


def _row(source: Source, *, busy: bool) -> None:
    with st.container(key=f"row_{source.source_id}", horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch", gap=None):
            icon = f":material/{_ICONS[source.location.kind]}:"
            st.markdown(f"{icon} **{plain(source.name)}**")
            st.caption(plain(_about(source)))
            if source.outcome is not None and source.outcome.fault:
                st.caption(f":red[:material/error: {plain(source.outcome.fault)}]")
        when(source.refreshed_at)
        key = f"import.refresh.{source.source_id}"
        if st.button("Refresh", key=key, icon=":material/sync:", disabled=busy):
            with guard():
                act.start_refresh(project(), person(), source.source_id)
                st.rerun()
        _menu(source)


def _about(source: Source) -> str:
    parts = [source.location.shown]
    if source.member:
        parts.append(source.member)
    if source.outcome is None:
        parts.append("not imported yet")
    elif not source.outcome.fault:
        told = source.outcome
        parts += [f"{count(told.new)} new", f"{count(told.known)} known", f"{count(told.rejected)} rejected"]
    return " · ".join(parts)


def _menu(source: Source) -> None:
    with st.popover("Change", key=f"import.change.{source.source_id}"):
        st.button(
            "Upload a newer file" if source.location.kind == "upload" else "Look into it and change it",
            key=f"import.open.{source.source_id}", icon=":material/table_view:", on_click=open_source,
            args=(source.source_id,),
        )  # fmt: skip
        name = st.text_input("Name", source.name, key=f"import.name.{source.source_id}.{source.revision}")
        if st.button("Rename", key=f"import.rename.{source.source_id}", disabled=name == source.name):
            with guard():
                act.rename_source(project(), person(), source.source_id, name, based_on=source.revision)
                say(f"It is called {name} now.")
                st.rerun()
        if st.button("Forget it", key=f"import.forget.{source.source_id}", icon=":material/delete:"):
            with guard():
                act.forget_source(project(), person(), source.source_id)
                say(f"Forgot {source.name}. Its records stay.")
                st.rerun()
