"""Comparing two versions: how many rows differ and how, how labels shifted, and the rows themselves."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.datasets import DatasetVersion
from curation.datasets.differences import diff_rows, diffing
from curation.datasets.differences.diff_rows import PAGE, Change
from curation.datasets.differences.diffing import KINDS, Diff, Kind
from curation.tasks import Task
from ui.components.differences import Pair, differences
from ui.components.page import empty_state, stat
from ui.components.words import NONE, count, plain, several, share
from ui.resources import project
from ui.views import dataset_names

AGAINST, KIND, NUMBER = "against", "rows", "page"
_WORDS: dict[Kind, tuple[str, str]] = {
    "added": ("Added", "not there before"),
    "removed": ("Removed", "not there any more"),
    "changed": ("Other output", "the student is to answer otherwise"),
    "moved": ("Other split", "moved"),
    "asked": ("Asked otherwise", "another prompt or system text"),
}
_LABELS = 12
_TEXTS = ("system text", "prompt")


def show(
    task: Task, version: DatasetVersion, versions: Sequence[DatasetVersion], named: dict[str, list[str]]
) -> None:
    """Choose what to compare with; the difference, and a page of rows."""
    others = [one for one in versions if one.version != version.version]
    if not others:
        empty_state("Nothing to compare with", "This is the only version. The next one is compared with it.")
        return
    before = _chosen(version, others, named)
    with st.spinner(f"Comparing {before} with {version.version} …"):
        found = diffing.compare(project(), task.name, before, version.version)
    with st.container(key="stats", horizontal=True):
        for kind in KINDS:
            title, detail = _WORDS[kind]
            stat(kind, title, count(found.counts[kind]), _moves(found) if kind == "moved" else detail)
    if found.none and not found.settings:
        st.success(f"All {count(found.same)} rows are the same.", icon=":material/check:")
        return
    _settings(found)
    _labels(found)
    _rows(task, found)


def _chosen(version: DatasetVersion, others: Sequence[DatasetVersion], named: dict[str, list[str]]) -> str:
    """The version of the address, else the one before this one."""
    known = {one.version: dataset_names.described(one, named.get(one.version, [])) for one in others}
    earlier = [name for name in sorted(known) if name < version.version]
    usual = earlier[-1] if earlier else min(known)
    wanted = st.query_params.get(AGAINST, usual)
    names = sorted(known, reverse=True)
    chosen = st.selectbox(
        "Compare with", names, index=names.index(wanted if wanted in known else usual),
        format_func=known.__getitem__, key=f"datasets.against.{version.version}", width=320,
    )  # fmt: skip
    if chosen != st.query_params.get(AGAINST, usual):
        st.query_params[AGAINST] = chosen
        st.query_params.pop(NUMBER, None)
    return chosen


def _moves(found: Diff) -> str:
    return " · ".join(f"{count(move.rows)} from {move.before} to {move.after}" for move in found.moves[:3])


def _settings(found: Diff) -> None:
    texts = [one for one in found.settings if one.what in _TEXTS]
    rest = [one for one in found.settings if one.what not in _TEXTS]
    if texts:
        st.subheader("The prompt changed", anchor=False)
        pairs = [Pair(one.what.capitalize(), one.before, one.after) for one in texts]
        differences(pairs, key="datasets.prompts")
    if rest:
        with st.expander(f"Made with {several(len(rest), 'other setting')}", icon=":material/tune:"):
            st.table(
                [
                    {
                        "Made with": plain(one.what),
                        found.before: plain(one.before) or NONE,
                        found.after: plain(one.after) or NONE,
                    }
                    for one in rest
                ]
            )


def _labels(found: Diff) -> None:
    """Label shares before and after, the most shifted first."""
    if not found.shifts or "all" not in found.distances:
        return
    st.subheader("Labels", anchor=False)
    parts = [f"{split} {distance:.3f}" for split, distance in found.distances.items() if split != "all"]
    st.caption(
        plain(
            f"Total variation distance {found.distances['all']:.3f} of at most 1 ({', '.join(parts)}): the "
            "share of rows that would need another label for both versions to have the same mix."
        )
    )
    with st.container(key="numbers_labels"):
        st.table([_label(found, one.value, one.before, one.after) for one in found.shifts[:_LABELS]])
    if found.labels > _LABELS:
        st.caption(f"The {_LABELS} most shifted of {several(found.labels, 'label')}.")


def _label(found: Diff, value: str, before: int, after: int) -> dict[str, str]:
    shift = 100 * (after / max(1, found.rows_after) - before / max(1, found.rows_before))
    return {
        "Label": plain(value) or NONE,
        found.before: f"{count(before)} ({share(before, found.rows_before)})",
        found.after: f"{count(after)} ({share(after, found.rows_after)})",
        "Shift": f"{shift:+.1f} points",
    }


def _rows(task: Task, found: Diff) -> None:
    offered = [kind for kind in KINDS if found.counts[kind]]
    if not offered:
        return
    st.subheader("Rows", anchor=False)
    usual: Kind = "changed" if "changed" in offered else offered[0]
    wanted = st.query_params.get(KIND, usual)
    kind = st.segmented_control(
        "Rows that are", offered, default=wanted if wanted in offered else usual, key="datasets.rows",
        format_func=lambda one: f"{_WORDS[one][0]} {count(found.counts[one])}", label_visibility="collapsed",
    ) or usual  # fmt: skip
    if kind != st.query_params.get(KIND, usual):
        st.query_params[KIND] = kind
        st.query_params.pop(NUMBER, None)
    pages = -(-found.counts[kind] // PAGE)
    given = st.query_params.get(NUMBER, "1")
    number = min(int(given), pages) if given.isdecimal() and int(given) else 1
    rows = diff_rows.changes(
        project(), task.name, found.before, found.after, kind, limit=PAGE, offset=(number - 1) * PAGE
    )
    differences([pair(one, kind) for one in rows], key="datasets.changes")
    if pages > 1:
        chosen = st.pagination(pages, default=number, key=f"datasets.page.{kind}")
        if chosen != number:
            st.query_params[NUMBER] = str(chosen)
            st.rerun()


def pair(change: Change, kind: Kind) -> Pair:
    """A row as it is drawn: its outputs, or with `asked` what is asked, one version's against the other's."""
    before, after = change.before, change.after
    notes = [change.record_id]
    if change.variation:
        notes.append(f"variation {change.variation}")
    if before and after and before.decision != after.decision:
        notes.append(f"{before.decision}, now {after.decision}")
    heading = change.shown.split
    if before and after and before.split != after.split:
        heading = f"from {before.split} to {after.split}"
    if kind == "asked":
        texts = [f"{side.system}\n\n{side.prompt}".strip() if side else None for side in (before, after)]
        return Pair(heading, texts[0], texts[1], notes=tuple(notes))
    said = [side.completion if side else None for side in (before, after)]
    return Pair(
        heading, said[0], said[1], context=change.shown.text or change.shown.prompt, notes=tuple(notes)
    )
