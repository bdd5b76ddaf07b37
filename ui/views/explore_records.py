"""The shapes of the records on the Explore page: lengths, labels, languages, and any column."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from curation import exploring
from curation.exploring import Exploration, Explored, Slices
from curation.exploring.distributions import Counts, Whose
from curation.exploring.exploration import OTHERS
from curation.tasks import Task
from storage import jobs
from ui.actions import exploring as act
from ui.components import shape_charts
from ui.components.page import empty_state, stat, when
from ui.components.words import count, plain, several
from ui.guard import guard
from ui.resources import person, project

_BY = "by"
_WHOSE: dict[Whose, str] = {"people": "People", "teacher": "Teacher", "gold": "Held-out references"}


def draw(task: Task, action: DeltaGenerator) -> None:
    """What was counted last, how old it is, and the next look."""
    seen = exploring.newest_data(project(), task.name)
    with action:
        _look(task, first=seen is None)
    if seen is None:
        empty_state(
            "Not looked at yet",
            "Lengths, labels, languages and every column are counted once and kept. A million records take "
            "about a minute.",
        )
        return
    age(seen)
    found = seen.found
    for warning in found.warnings:
        st.warning(plain(warning), icon=":material/warning:")
    _numbers(found)
    _lengths(found)
    left, right = st.columns(2, gap="large")
    with left:
        _labels(found)
    with right:
        _counted("Languages", found.languages, "explore.languages", found.counts("language"))
    _columns(found)


def age(seen: Explored[Exploration]) -> None:
    """How old the answer is, and what came since."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        st.caption("Counted", width="content")
        when(seen.at)
        if seen.new_records:
            st.caption(
                f"· {several(seen.new_records, 'record')} came since. Look again to count them.",
                width="content",
            )
        elif seen.labels_changed:
            st.caption("· labels or decisions came since", width="content")


def _look(task: Task, *, first: bool) -> None:
    active = jobs.listing(project(), task=task.name, active_only=True)
    running = any(job.kind == "explore" and job.args.get("part") == "data" for job in active)
    if running or not person().may("run"):
        return
    label = "Look at the records" if first else "Look again"
    if st.button(label, key="explore.start", type="primary" if first else "secondary"):
        with guard():
            act.explore(project(), person(), task.name, "data")
            st.rerun()


def _numbers(found: Exploration) -> None:
    lengths = found.lengths
    if not lengths.rows:
        return
    with st.container(key="stats", horizontal=True):
        stat("median", "Half are up to", f"{count(lengths.percentiles[3])}", "characters long")
        stat(
            "usual",
            "95% are up to",
            f"{count(lengths.percentiles[5])}",
            f"the longest has {count(lengths.longest)}",
        )
        stat(
            "languages",
            "Languages",
            count(found.languages.distinct),
            _of(found.languages.rows, found.languages.of),
        )
        stat("columns", "Columns kept", count(len(found.columns) - 1), "beside the inputs")


def _lengths(found: Exploration) -> None:
    st.subheader("Lengths", anchor=False)
    st.caption(f"All inputs of a record together, {_of(found.lengths.rows, found.lengths.of)}")
    shape_charts.histogram(found.lengths, key="explore.lengths")


def _labels(found: Exploration) -> None:
    known = [whose for whose in _WHOSE if whose in found.labels]
    if not known:
        st.subheader("Labels", anchor=False)
        st.caption("None yet: a teacher gives the first ones.")
        return
    st.subheader("Labels", anchor=False)
    whose = known[0]
    if len(known) > 1:
        whose = st.segmented_control(
            "Whose", known, key="explore.whose", default=known[0], required=True,
            format_func=_WHOSE.__getitem__, label_visibility="collapsed",
        )  # fmt: skip
    counts = found.labels[whose]
    st.caption(f"{several(counts.distinct, 'label')} on {several(counts.rows, 'record')}")
    shape_charts.bars(found.counts(f"label ({whose})"), key="explore.labels")


def _counted(title: str, counts: Counts, key: str, by_value: dict[str, int]) -> None:
    st.subheader(title, anchor=False)
    st.caption(_of(counts.rows, counts.of))
    shape_charts.bars(by_value, key=key)


def _columns(found: Exploration) -> None:
    names = [each.column for each in found.columns]
    st.subheader("By column", anchor=False)
    wanted = st.query_params.get(_BY, names[0])
    place = names.index(wanted) if wanted in names else 0
    chosen = st.selectbox("Column", names, place, key="explore.by", label_visibility="collapsed")
    st.query_params[_BY] = str(chosen)
    slices = found.columns[names.index(str(chosen))]
    _slices(slices)
    if found.columns_left_out:
        st.caption(plain(f"Not counted, after the first 40: {', '.join(found.columns_left_out)}"))


def _slices(slices: Slices) -> None:
    if slices.distinct == slices.rows > 1:
        st.caption(f"Every record has another value: {several(slices.distinct, 'value')}.")
        return
    st.caption(f"{several(slices.distinct, 'value')} on {several(slices.rows, 'record')}")
    rest = slices.rows - sum(each.rows for each in slices.slices)
    table = [
        {
            "Value": "(none)" if each.value is None else each.value or "(empty)", "Records": each.rows,
            "Share": 100 * each.share, "Held out": each.held_out, "Reviewed": each.reviewed,
        }
        for each in slices.slices
    ]  # fmt: skip
    if rest:
        table.append({"Value": OTHERS, "Records": rest, "Share": 100 * rest / slices.rows})
    st.dataframe(
        table, hide_index=True, key="explore.slices", width="stretch",
        height=min(420, 35 * (len(table) + 1) + 3),
        column_config={
            "Value": st.column_config.TextColumn(width="medium"),
            **{
                name: st.column_config.NumberColumn(format="localized")
                for name in ("Records", "Held out", "Reviewed")
            },
            "Share": st.column_config.ProgressColumn(format="%.1f%%", min_value=0, max_value=100),
        },
    )  # fmt: skip


def _of(rows: int, of: int) -> str:
    """Of how many rows it speaks: `of 3,000 records`, or of a sample of them."""
    if rows < of:
        return f"from an even sample of {count(rows)} of {count(of)} records"
    return f"of {several(rows, 'record')}"
