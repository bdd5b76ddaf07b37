"""Records that a benchmark or a held-out file has as well, side by side, and leaving them out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from curation import contamination, datasets, left_out
from curation.contamination import Checked, Pair
from curation.tasks import Task
from eval.differences import Segment, differences, sides
from storage import jobs
from ui import uploads
from ui.actions import exploring as act
from ui.components.page import stat, when
from ui.components.words import count, plain, several
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project

_PER_PAGE = 10
_SHOWN_CHARACTERS = 800
_ALL = "All records"
_UPLOAD, _PATH = "Upload a file", "A file on this machine"
_MATCHES = {"exact": "word for word", "near": "nearly", "passage": "passages"}


def draw(task: Task) -> None:
    """The form for a check, the newest ones, and the pairs of the chosen one."""
    checks = contamination.listing(project(), task.name)
    if person().may("run"):
        with st.expander("Hold the records against a file", expanded=not checks, key="explore.new_check"):
            st.caption(
                "A benchmark, a test set, anything the student will be measured by. Found are the same "
                "words, near copies, and passages of 13 words; a paraphrase is not."
            )
            with guard():
                _form(task)
    _left_out(task)
    if not checks:
        return
    names = {check.artifact_id: check for check in checks}
    chosen = names[
        str(
            st.selectbox(
                "Check", list(names), key="explore.check", format_func=lambda each: _named(names[each]),
                label_visibility="collapsed",
            )
        )
    ]  # fmt: skip
    _result(chosen)
    _pairs(task, chosen)


def _form(task: Task) -> None:
    kind = st.segmented_control(
        "From where", [_UPLOAD, _PATH], key="contamination.kind", default=_UPLOAD, required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    path = _uploaded() if kind == _UPLOAD else _on_machine()
    if path is None:
        return
    columns = contamination.preview_columns(path)
    versions = [version.version for version in datasets.listing(project(), task.name)][::-1]
    left, right = st.columns(2)
    chosen = left.multiselect(
        "Columns that are asked", columns, _asked(task, columns), key="contamination.columns",
        help="Their texts are joined, as a record’s inputs are.",
    )  # fmt: skip
    what = right.selectbox("Hold against it", [_ALL, *versions], key="contamination.what")
    active = jobs.listing(project(), task=task.name, active_only=True)
    running = any(job.kind == "contamination" for job in active)
    if st.button(f"Look for {path.name}", key="contamination.start", type="primary", disabled=running):
        version = None if what == _ALL else str(what)
        act.check(project(), person(), task.name, path, chosen, version=version)
        st.rerun()


def _asked(task: Task, columns: Sequence[str]) -> list[str]:
    """The columns that are probably meant: those called like the task's inputs, else the first."""
    return [each for each in columns if each in task.input_columns] or list(columns[:1])


def _uploaded() -> Path | None:
    file = st.file_uploader("File", key="contamination.file", label_visibility="collapsed")
    return None if file is None else uploads.keep(project(), file.name, file)


def _on_machine() -> Path | None:
    given = st.text_input("Path", key="contamination.path", placeholder="/data/benchmark.jsonl").strip()
    return Path(given).expanduser() if given else None


def _named(check: Checked) -> str:
    held = check.version or _ALL.lower()
    return f"{check.name} in {held}: {count(check.found)} found"


def _result(check: Checked) -> None:
    with st.container(key="stats", horizontal=True):
        stat("exact", "Word for word", count(check.exact), "but for case and signs")
        stat("near", "Nearly", count(check.near), f"{100 * check.threshold:.0f}% alike and more")
        stat("passage", "Passages", count(check.passage), "a fifth of the shorter text and more")
        stat("rows", "Held against", count(check.rows), f"rows, {several(check.records, 'record')}")
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.caption("Checked", width="content")
        when(check.at)
        if check.rejected:
            st.caption(f"· {several(check.rejected, 'row')} of the file could not be read", width="content")
        st.caption(f"· {several(check.sharing, 'text')} with a run of 13 words in common", width="content")
        if check.new_records:
            st.caption(f"· {several(check.new_records, 'record')} came since", width="content")


def _pairs(task: Task, check: Checked) -> None:
    if not check.found:
        st.success("None of the records is in that file.", icon=":material/check:")
        return
    pages = -(-check.found // _PER_PAGE)
    number = min(pages, int(st.session_state.get("contamination.page") or 1))
    offset = (number - 1) * _PER_PAGE
    found = contamination.pairs(project(), task.name, check.artifact_id, limit=_PER_PAGE, offset=offset)
    if person().may("run"):
        _leave_out(task, check)
    for pair in found:
        _pair(task, pair)
    if pages > 1:
        st.pagination(pages, key="contamination.page")


def _leave_out(task: Task, check: Checked) -> None:
    gone = left_out.standing(project(), task.name)
    ids = [
        each for each in contamination.record_ids(project(), task.name, check.artifact_id) if each not in gone
    ]
    if ids and st.button(
        f"Leave {several(len(ids), 'record')} out", key="contamination.leave_out",
        help="They stay, and are neither labelled, reviewed nor trained on any more. It can be taken back.",
    ):  # fmt: skip
        with guard():
            made = act.leave_out(project(), person(), task.name, ids, why=f"stands in {check.name}"[:500])
            say(f"Left out {several(made, 'record')}.")
            st.rerun()


def _left_out(task: Task) -> None:
    gone = left_out.standing(project(), task.name)
    if not gone:
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(
            f":material/block: {several(len(gone), 'record')} left out of labelling, reviewing and training"
        )
        if person().may("run") and st.button(
            "Take them back", key="contamination.take_back", type="tertiary"
        ):
            with guard():
                back = act.take_back(project(), person(), task.name, list(gone))
                say(f"{several(back, 'record')} take part again.")
                st.rerun()


def _pair(task: Task, pair: Pair) -> None:
    ours = "\n\n".join(pair.inputs.get(column, "") for column in task.input_columns)[:_SHOWN_CHARACTERS]
    theirs = pair.text[:_SHOWN_CHARACTERS]
    one, other = sides(differences(theirs, ours))
    with st.container(key=f"sheet_{pair.record_id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.badge(f"{_MATCHES[pair.match]} {100 * pair.similarity:.0f}%", color="orange")
            if pair.left_out:
                st.badge("Left out", icon=":material/block:", color="gray")
            if pair.held_out or pair.split == "test":
                st.badge("Never trained on", color="gray")
        left, right = st.columns(2, gap="medium")
        with left:
            st.caption(plain(f"Record {pair.record_id}{f', {pair.split}' if pair.split else ''}"))
            st.markdown(_marked(other, "blue"))
        with right:
            st.caption(f"Row {count(pair.row_number)} of the file")
            st.markdown(_marked(one, "orange"))


def _marked(parts: Sequence[Segment], color: str) -> str:
    """A text with what the other side lacks marked in it."""
    return (
        "".join(
            plain(part.text)
            if part.op == "equal" or not part.text.strip()
            else _highlighted(part.text, color)
            for part in parts
        )
        or "–"
    )


def _highlighted(text: str, color: str) -> str:
    inner = text.strip()
    before, _, after = text.partition(inner)
    return f"{before}:{color}-background[{plain(inner)}]{after}"
