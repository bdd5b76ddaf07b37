"""Lineage on a page: a row is found by its words or id; its steps stand below each other, oldest first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import streamlit as st

from curation import datasets
from curation.datasets import DatasetVersion, Lineage, tracing
from curation.datasets.tracing import Use
from curation.review_rows import Review
from curation.tasks import Task
from ui.components.differences import Pair, differences
from ui.components.links import link
from ui.components.page import empty_state, when
from ui.components.words import NONE, count, licence, plain, several
from ui.resources import project

WORDS, RECORD, IMPORT = "find", "record", "import"
_DECISIONS = {
    "approved": ("Approved", "check", "green"),
    "corrected": ("Corrected", "edit", "blue"),
    "discarded": ("Discarded", "block", "gray"),
    "gold": ("Held out, with gold", "lock", "gray"),
}
_USES = {
    "runs": ("Trained a student", "train", "run"),
    "evaluations": ("Evaluated", "evaluate", "evaluation"),
}


def show(task: Task, version: DatasetVersion) -> None:
    """The search, and the rows it finds or the chain of the one that is chosen."""
    typed = st.text_input(
        "Find a row", st.query_params.get(WORDS, ""), key=f"datasets.find.{version.version}",
        placeholder="words of its input or output, or a record id", icon=":material/search:",
    )  # fmt: skip
    if typed != st.query_params.get(WORDS, ""):
        st.query_params[WORDS] = typed
        st.query_params.pop(RECORD, None)
    chosen = st.query_params.get(RECORD)
    if chosen:
        chain(task, version, chosen)
    elif typed.strip():
        _found(task, version, typed)
    else:
        _used(tracing.uses(project(), task.name, version.version), version)


def _found(task: Task, version: DatasetVersion, typed: str) -> None:
    rows = tracing.find(project(), task.name, version.version, typed)
    if not rows:
        empty_state("No row says this", f"None of {count(version.total)} rows has these words, or this id.")
        return
    if len({row.record_id for row in rows}) == 1:
        chain(task, version, rows[0].record_id)
        return
    limit = tracing.MOST_FOUND
    st.caption(f"The first {limit} rows that say this" if len(rows) == limit else several(len(rows), "row"))
    for row in rows:
        with st.container(key=f"row_found_{row.record_id}", horizontal=True, vertical_alignment="center"):
            st.markdown(plain(" ".join(row.text[:160].split())), width="stretch")
            st.caption(plain(f"{row.completion[:60]} · {row.split}"), width="content")
            if st.button("Follow", key=f"datasets.follow.{row.record_id}", type="tertiary"):
                st.query_params[RECORD] = row.record_id
                st.rerun()


def _used(used: Sequence[Use], version: DatasetVersion) -> None:
    st.subheader(f"What used {version.version}", anchor=False)
    if not used:
        st.caption("No student was trained on it and nothing was evaluated on it yet.")
    for use in used:
        _use(use)


def chain(task: Task, version: DatasetVersion, record_id: str) -> None:
    """Every step of a row, from the line of the file to the runs that learned from it."""
    found = datasets.lineage(project(), task.name, version.version, record_id)
    with st.container(key="chain", gap="small"):
        _imported(found)
        _record(found)
        _teacher(found)
        for review in found.reviews:
            _review(review, found)
        if found.ruling is not None:
            with _step("ruling", "gavel", "Settled by an adjudicator", found.ruling.at):
                why = f": {plain(found.ruling.why)}" if found.ruling.why else ""
                st.markdown(f"{plain(found.ruling.adjudicator)} {found.ruling.decision} it{why}")
        with _step("row", "dataset", f"Row of {found.version}, {found.row.split}", version.created_at):
            _badge(found.row.decision)
            asked = f"{found.row.system}\n\n{found.row.prompt}".strip()
            st.caption("The student is asked")
            st.text(asked[:2_000])
            st.caption("and is to answer")
            st.text(found.row.completion[:2_000])
        for use in tracing.uses(project(), task.name, version.version):
            _use(use)


@contextmanager
def _step(key: str, icon: str, title: str, at: datetime | None = None) -> Iterator[None]:
    with st.container(key=f"chain_{key}", gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f":material/{icon}: **{plain(title)}**", width="stretch")
            if at is not None:
                when(at)
        yield


def _imported(found: Lineage) -> None:
    of = found.imported
    with _step("import", "upload_file", "Imported", of.imported_at):
        by = f", by {of.imported_by}" if of.imported_by else ""
        file = of.file or found.source or "a file"
        st.markdown(plain(f"Line {found.row_number:,} of {file}{by}"))
        said = {"licence": licence}
        terms = [f"{name} {said.get(name, str)(value)}" for name, value in of.terms.items()]
        st.caption(plain(" · ".join([of.import_id or "its import is gone", *terms])))
        if of.imported_at is not None:
            link("datasets", label="What came of this import", icon=":material/arrow_forward:",
                 parameters={IMPORT: of.import_id})  # fmt: skip


def _record(found: Lineage) -> None:
    with _step("record", "description", "Record, cleaned and redacted"):
        for column, text in found.row.inputs.items():
            st.caption(plain(column))
            st.text(text[:2_000])
        st.caption(plain(f"{found.record_id} · duplicate cluster {found.row.cluster:,} of {found.version}"))


def _teacher(found: Lineage) -> None:
    label, call = found.label, found.call
    if label is None:
        return
    with _step("teacher", "edit_note", f"Labelled by {label.teacher}", call.at if call else None):
        st.text(label.output[:2_000])
        price = f"${call.price_usd:.6f}" if call and call.price_usd is not None else ""
        took = f"{call.latency_s:.1f} s" if call and call.latency_s is not None else ""
        parts = [label.model, f"prompt v{label.prompt_number}", price, took, label.label_id]
        st.caption(plain(" · ".join(part for part in parts if part)))
        if found.prompt is not None:
            with st.expander(f"Prompt {found.prompt.version}", icon=":material/chat:", key="chain_prompt"):
                st.code(
                    "\n\n".join(filter(None, [found.prompt.system, found.prompt.template])), language=None
                )


def _review(review: Review, found: Lineage) -> None:
    with _step(
        f"review_{review.review_id}", "rate_review", f"Reviewed by {review.reviewer}", review.submitted_at
    ):
        _badge(review.decision)
        given = found.label.output if found.label else ""
        if review.output is not None and review.output != given:
            pair = Pair(
                "Output", given or None, review.output, before_name="the teacher", after_name=review.reviewer
            )
            differences([pair], key=f"chain.difference.{review.review_id}")
        spent = f"{review.seconds_spent:.0f} s" if review.seconds_spent is not None else ""
        parts = [*review.error_tags, review.note, spent, review.queue]
        st.caption(plain(" · ".join(part for part in parts if part)))


def _badge(decision: str) -> None:
    word, icon, color = _DECISIONS.get(decision, (decision, "circle", "gray"))
    st.badge(plain(word), icon=f":material/{icon}:", color=color)  # type: ignore[arg-type]


def _use(use: Use) -> None:
    title, address, parameter = _USES[use.kind]
    with _step(
        f"use_{use.artifact_id}", "model_training" if use.kind == "runs" else "balance", title, use.at
    ):
        by = f" by {use.by}" if use.by else ""
        st.caption(plain(f"{use.artifact_id}{by}, on {use.version}"))
        link(
            address, label="Open it", icon=":material/arrow_forward:", parameters={parameter: use.artifact_id}
        )


def forward(task: Task, import_id: str) -> None:
    """What came of an import: its records, the versions that hold rows of it, and what used those."""
    made = tracing.forward(project(), task.name, import_id)
    link("datasets", label="All versions", icon=":material/arrow_back:")
    with st.container(key="chain", gap="small"):
        with _step("import", "upload_file", f"Import of {made.file or NONE}"):
            st.caption(plain(f"{import_id} · {several(made.records, 'record')} came with it"))
        if not made.held:
            with _step("none", "dataset", "In no dataset version yet"):
                st.caption("None of its records is approved, or nothing was frozen since.")
        for held in made.held:
            with _step(f"held_{held.version}", "dataset", f"{several(held.rows, 'row')} of {held.version}"):
                link("datasets", label=f"Open {held.version}", icon=":material/arrow_forward:",
                     parameters={"version": held.version})  # fmt: skip
        for use in made.uses:
            _use(use)
