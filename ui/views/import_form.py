"""The form of an import: which column is which, on what terms the rows are here, and whether it is kept."""

from __future__ import annotations

import hashlib

import streamlit as st

from curation import sources
from curation.datasets.permissions import LICENCES
from curation.imports import ColumnMapping, Terms
from curation.tasks import Task
from ui.actions import imports as act
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project
from ui.views.import_from import Chosen
from ui.views.import_look import Looked

_NO_COLUMN = "none of them"
_OWN = {"own": "Our own text"}


def draw(task: Task, chosen: Chosen, looked: Looked) -> None:
    """The form, filled in with what was used last for columns of these names."""
    form = f"import.{_digest(chosen, looked)}"
    with st.form(f"{form}.form", border=False):
        mapping = _mapping(task, chosen, looked, form)
        terms = _terms(chosen, form)
        name = st.text_input(
            "Keep as a source", chosen.source.name if chosen.source else "", key=f"{form}.name",
            placeholder="Shop export",
            help="Named, it can be refreshed later with one click, and only what is new comes in. "
            "Without a name it is imported once.",
        )  # fmt: skip
        if st.form_submit_button(f"Import {chosen.path.name}", key="import.start", type="primary"):
            with guard():
                _begin(task, chosen, looked, mapping, terms, name)
                st.rerun()


def _mapping(task: Task, chosen: Chosen, looked: Looked, form: str) -> ColumnMapping:
    columns = list(looked.preview.columns)
    given = chosen.source.mapping if chosen.source else None
    fits = given is not None and set(given.file_columns) <= set(columns)
    proposed = given if given is not None and fits else sources.proposed(project(), task, columns)
    by_input = {name: column for column, name in proposed.inputs.items()}
    st.markdown("**Which column is which**")
    halves = st.columns(2)
    picked = {}
    for number, name in enumerate(task.input_columns):
        place = columns.index(by_input[name]) if name in by_input else None
        picked[name] = halves[number % 2].selectbox(name, columns, place, key=f"{form}.input.{name}")
    gold = halves[len(task.input_columns) % 2].selectbox(
        f"Right answer ({task.target})", [_NO_COLUMN, *columns], key=f"{form}.gold",
        index=columns.index(proposed.gold) + 1 if proposed.gold else 0,
        help="Kept for held-out records only. It measures and never trains.",
    )  # fmt: skip
    extras = st.multiselect(
        "Columns to keep beside them", columns, list(proposed.extras), key=f"{form}.extras",
        help="A recorded teacher’s answers, a seller, a date: whatever later steps should find.",
    )  # fmt: skip
    return ColumnMapping(
        inputs={str(column): name for name, column in picked.items() if column},
        gold=None if gold == _NO_COLUMN else gold,
        extras=tuple(column for column in extras if column not in {*picked.values(), gold}),
    )


def _terms(chosen: Chosen, form: str) -> Terms:
    kept = chosen.source.terms if chosen.source else Terms()
    known = list(LICENCES)
    options = known if kept.licence in (None, *known) else [str(kept.licence), *known]
    st.markdown("**On what terms they are here**")
    left, right = st.columns(2)
    licence = left.selectbox(
        "Licence", options, options.index(kept.licence) if kept.licence else None, key=f"{form}.licence",
        format_func=lambda name: _OWN.get(name, name), placeholder="Not stated",
        accept_new_options=True,
        help="Choose one, or write your own words. Rows without a licence are refused when a dataset is "
        "exported, unless an admin answers for them.",
    )  # fmt: skip
    address = chosen.location.shown if chosen.location.kind == "address" else ""
    origin = right.text_input(
        "Where they are from", kept.origin or address, key=f"{form}.origin",
        placeholder="A system, a contract, an address",
    )  # fmt: skip
    consent = st.text_input(
        "On what ground people in them agreed", kept.consent or "", key=f"{form}.consent",
        placeholder="No people in them; terms of service of 2024; a signed form",
    )  # fmt: skip
    return Terms(licence=licence, origin=origin, consent=consent)


def _begin(
    task: Task, chosen: Chosen, looked: Looked, mapping: ColumnMapping, terms: Terms, name: str
) -> None:
    here, path = (project(), person()), chosen.path
    if not name.strip():
        act.start_import(
            *here, task.name, path, mapping, source=path.name, terms=terms, member=looked.member,
            as_table=looked.as_table,
        )  # fmt: skip
        return
    saved = act.save_source(
        *here, task.name, name, chosen.location, path, mapping, terms=terms, member=looked.member,
        as_table=looked.as_table,
    )  # fmt: skip
    act.start_refresh(*here, saved.source_id, brought=path if chosen.location.kind == "address" else None)
    say(f"Kept as the source {saved.name}.")


def _digest(chosen: Chosen, looked: Looked) -> str:
    """Another file, or the same read another way, gets a form of its own."""
    source = f"{chosen.source.source_id}/{chosen.source.revision}" if chosen.source else ""
    told = (chosen.path, looked.member, looked.as_table, looked.preview.columns, source)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:12]
