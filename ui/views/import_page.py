"""Import: choose a file, say which column is which, look at it, and bring it in."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from curation import imports, overview
from curation.imports import ColumnMapping, PastImport, Preview
from curation.tasks import Task
from storage import jobs
from ui import uploads
from ui.actions import labels as act
from ui.components import job_progress
from ui.components.page import empty_state, header, when
from ui.components.words import count, plain, several
from ui.guard import guard
from ui.resources import person, project
from ui.task_choice import chosen_task

_NO_COLUMN = "none of them"
_UPLOAD, _PATH = "Upload a file", "A file on this machine"


def page() -> None:
    """The imports so far and the form for the next."""
    task = chosen_task()
    seen = overview.read(project(), task.name) if task else None
    header(
        "Import", "Bring in the inputs to be labelled: CSV, JSON lines or Parquet.",
        number=count(seen.imported.records) if seen and seen.imported.records else "", unit="records",
    )  # fmt: skip
    if task is None:
        empty_state(
            "No task yet", "Records belong to a task.", address="settings", action="Make the first task"
        )
        return
    for job in jobs.listing(project(), task=task.name, limit=20):
        if job.kind == "import" and not job.is_terminal:
            job_progress.watch(job.job_id)
    _new_import(task)
    _past(task)


def _new_import(task: Task) -> None:
    with st.container(key="sheet_import"):
        kind = st.segmented_control(
            "From where", [_UPLOAD, _PATH], key="import.kind", default=_UPLOAD, required=True,
            label_visibility="collapsed",
        )  # fmt: skip
        with guard():
            path = _uploaded() if kind == _UPLOAD else _named()
            if path is not None:
                _mapping_form(task, path, imports.preview(path))


def _uploaded() -> Path | None:
    file = st.file_uploader("File", type=["csv", "tsv", "jsonl", "ndjson", "parquet"], key="import.file")
    return None if file is None else uploads.keep(project(), file.name, file)


def _named() -> Path | None:
    given = st.text_input("Path", key="import.path", placeholder="/data/listings.csv")
    return Path(given.strip()).expanduser() if given.strip() else None


def _mapping_form(task: Task, path: Path, preview: Preview) -> None:
    guessed = imports.guess_mapping(task, preview)
    by_input = {name: column for column, name in guessed.inputs.items()}
    st.caption(f"The first {several(len(preview.rows), 'row')} of {plain(path.name)}")
    st.dataframe(preview.rows, hide_index=True, height=260, key="import.preview")
    with st.form("import.mapping", border=False):
        st.markdown("**Which column is which**")
        columns = list(preview.columns)
        chosen = {}
        halves = st.columns(2)
        for number, name in enumerate(task.input_columns):
            place = columns.index(by_input[name]) if name in by_input else None
            half = halves[number % 2]
            chosen[name] = half.selectbox(name, columns, index=place, key=f"import.input.{name}")
        gold = halves[len(task.input_columns) % 2].selectbox(
            f"Right answer ({task.target})", [_NO_COLUMN, *columns], key="import.gold",
            index=columns.index(guessed.gold) + 1 if guessed.gold else 0,
            help="Kept for held-out records only. It measures and never trains.",
        )  # fmt: skip
        extras = st.multiselect(
            "Columns to keep beside them", columns, list(guessed.extras), key="import.extras",
            help="A recorded teacher’s answers, a seller, a date: whatever later steps should find.",
        )  # fmt: skip
        if st.form_submit_button(f"Import {path.name}", key="import.start", type="primary"):
            mapping = ColumnMapping(
                inputs={str(column): name for name, column in chosen.items() if column},
                gold=None if gold == _NO_COLUMN else gold,
                extras=tuple(column for column in extras if column not in {*chosen.values(), gold}),
            )
            with guard():
                act.start_import(project(), person(), task.name, path, mapping, source=path.name)
                st.rerun()


def _past(task: Task) -> None:
    found = imports.listing(project(), task.name)
    if not found:
        return
    st.subheader("Imports", anchor=False)
    for past in found:
        with st.container(key=f"row_{past.import_id}", horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch", gap=None):
                st.markdown(f"**{plain(past.file)}**")
                st.caption(
                    f"{several(past.read, 'row')} read · {count(past.new)} new · {count(past.known)} known · "
                    f"{count(past.held_out)} held out · {count(past.rejected)} rejected · {_masked(past)}"
                )
            when(past.imported_at)
        if past.rejected:
            _rejects(task, past.import_id, past.rejected)


def _masked(past: PastImport) -> str:
    masked = past.emails_masked + past.phones_masked
    return f"{several(masked, 'e-mail address or phone number', 'e-mail addresses and phone numbers')} masked"


def _rejects(task: Task, import_id: str, number: int) -> None:
    with st.expander(f"{several(number, 'rejected row')}", icon=":material/report:"):
        found = imports.rejects(project(), task.name, import_id, limit=200)
        st.dataframe(
            [{"Row": one.row_number, "Reason": one.reason, "What it held": one.row} for one in found],
            hide_index=True, key=f"import.rejects.{import_id}",
        )  # fmt: skip
