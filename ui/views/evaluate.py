"""Evaluate: teacher, student, reviewers and simple baselines on the held-out rows, with intervals."""

from __future__ import annotations

import streamlit as st

from curation import datasets
from curation.datasets import DatasetVersion, names
from curation.tasks import Task
from eval import evaluations, proposals
from eval.evaluations import Evaluation, Row
from storage import jobs
from ui.actions import students as act
from ui.components import charts, job_progress
from ui.components.links import link
from ui.components.page import empty_state, header, when
from ui.components.words import NONE, count, interval, plain, several
from ui.guard import guard
from ui.resources import person, project
from ui.task_choice import chosen_task
from ui.views import dataset_names

_EVALUATION = "evaluation"


def page() -> None:
    """The newest evaluation, or the one of the address, and the next one."""
    task = chosen_task()
    found = evaluations.listing(project(), task.name) if task else []
    versions = datasets.listing(project(), task.name)[::-1] if task else []
    wanted = st.query_params.get(_EVALUATION)
    shown = next((one for one in found if one.evaluation_id == wanted), found[0] if found else None)
    header(
        "Evaluate", "May the student replace the teacher? Everyone answers the rows nobody trained on.",
        number=count(shown.rows) if shown else "", unit="held-out rows",
    )  # fmt: skip
    if task is None or not versions:
        empty_state(
            "Nothing to evaluate yet", "Freeze a dataset version first; its held-out rows are the test.",
            address="datasets", action="Datasets",
        )  # fmt: skip
        return
    running = [job for job in jobs.listing(project(), task=task.name) if job.kind == "evaluate"]
    if running and running[0].status != "succeeded":
        job_progress.watch(running[0].job_id)
    if person().may("run") and not (running and not running[0].is_terminal):
        _start(task, versions, first=not found)
    if shown is not None:
        rows = evaluations.table(project(), task.name, shown.evaluation_id)
        if sentence := verdict(rows):
            with st.container(key="verdict"):
                st.markdown(sentence)
        _show(shown, rows)
        _others(found, shown)


def _start(task: Task, found: list[DatasetVersion], *, first: bool) -> None:
    versions = [version.version for version in found]
    named = names.by_version(project(), task.name)
    described = {one.version: dataset_names.described(one, named.get(one.version, [])) for one in found}
    wanted = st.query_params.get("dataset", versions[0])
    with st.expander("Evaluate", icon=":material/balance:", expanded=first):
        version = st.selectbox(
            "Dataset",
            versions,
            index=versions.index(wanted) if wanted in versions else 0,
            key="evaluate.dataset",
            format_func=described.__getitem__,
        )
        with guard():
            offered = proposals.default_candidates(project(), task.name, version)
            titles = {candidate.key: candidate.title for candidate in offered}
            chosen = st.multiselect(
                "Candidates", list(titles), default=list(titles), format_func=titles.__getitem__,
                key=f"evaluate.candidates.{version}",
            )  # fmt: skip
            label = f"Evaluate {several(len(chosen), 'candidate')}"
            if st.button(
                label, key="evaluate.start", type="primary" if first else "secondary", disabled=not chosen
            ):
                picked = [candidate for candidate in offered if candidate.key in chosen]
                act.evaluate(project(), person(), task.name, version, picked)
                st.rerun()


def verdict(rows: list[Row]) -> str | None:
    """Who is ahead, student or teacher, as a sentence in Markdown; None where one of them is missing."""
    student = next((row for row in rows if row.kind == "adapter"), None)
    teacher = next((row for row in rows if row.kind in ("recorded", "teacher")), None)
    if student is None or teacher is None or teacher.ahead is None:
        return None
    ahead = teacher.ahead
    if ahead.low > 0:
        return (
            f"**The student beats the teacher** by {_lead(ahead.value, ahead.low, ahead.high)} "
            "on the same rows."
        )
    if ahead.high < 0:
        return (
            f"**The teacher is still ahead** by {_lead(-ahead.value, -ahead.high, -ahead.low)} "
            "on the same rows."
        )
    lead = _lead(ahead.value, ahead.low, ahead.high)
    return f"**No difference can be told** on the same rows: the student's lead is {lead}."


def _lead(value: float, low: float, high: float) -> str:
    return plain(f"{100 * value:.1f} points (95% interval {100 * low:.1f} to {100 * high:.1f})")


def _show(shown: Evaluation, rows: list[Row]) -> None:
    charts.accuracies(rows, key="evaluate.chart")
    with st.container(key="numbers_evaluate"):
        st.table([_line(row) for row in rows])
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(plain(f"{shown.dataset_version} · {shown.evaluation_id}"), width="stretch")
        when(shown.created_at)
        link(
            "side-by-side", label="Read the outputs side by side",
            parameters={_EVALUATION: shown.evaluation_id},
        )  # fmt: skip


def _line(row: Row) -> dict[str, str]:
    latency = row.latency_p50_s
    return {
        "Candidate": plain(row.title),
        "Accuracy": _score(row.accuracy.value, row.accuracy.low, row.accuracy.high, row.rows),
        "Macro-F1": _score(row.macro_f1.value, row.macro_f1.low, row.macro_f1.high, row.rows),
        "Valid labels": f"{100 * row.validity.value:.0f}%",
        "Student ahead by": NONE if row.ahead is None
        else _points(100 * row.ahead.value, 100 * row.ahead.low, 100 * row.ahead.high),
        "Per answer": NONE if latency is None else f"{1000 * latency:.0f} ms",
    }  # fmt: skip


def _score(value: float, low: float | None, high: float | None, rows: int) -> str:
    return NONE if low is None or high is None else _whole(interval(value, low, high, rows))


def _points(value: float, low: float, high: float) -> str:
    return _whole(f"{value:+.1f} ({low:+.1f} to {high:+.1f})")


def _whole(text: str) -> str:
    """A number with its interval, never broken over two lines."""
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def _others(found: list[Evaluation], shown: Evaluation) -> None:
    if len(found) < 2:
        return
    with st.expander(f"Earlier evaluations ({len(found) - 1})", icon=":material/history:"):
        for one in found:
            if one.evaluation_id != shown.evaluation_id:
                title = f"{one.dataset_version}, {several(len(one.candidates), 'candidate')}"
                link("evaluate", label=title, parameters={_EVALUATION: one.evaluation_id})
