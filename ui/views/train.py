"""Train: a student on a dataset version, its loss as it falls, and the runs that stand."""

from __future__ import annotations

import streamlit as st

from curation import datasets
from storage import jobs
from training import runs
from training.events import RunEvent
from training.runs import Run
from ui.components import charts, job_progress
from ui.components.links import link
from ui.components.page import empty_state, header, when
from ui.components.words import NONE, count, plain, several, span
from ui.guard import guard
from ui.resources import person, project
from ui.task_choice import chosen_task
from ui.views import train_form

_RUN = "run"


def page() -> None:
    """The run in progress, the form for the next one, and the finished ones."""
    task = chosen_task()
    versions = datasets.listing(project(), task.name)[::-1] if task else []
    found = runs.listing(project(), task.name) if task else []
    header(
        "Train", "A small model learns what people approved. It runs as a job: you may close this tab.",
        number=str(len(found)) if found else "", unit="finished runs",
    )  # fmt: skip
    if task is None or not versions:
        empty_state(
            "Nothing to train on yet", "Freeze the approved rows into a dataset version first.",
            address="datasets", action="Datasets",
        )  # fmt: skip
        return
    active = [job for job in jobs.listing(project(), task=task.name) if job.kind == "train"]
    current = next((job for job in active if not job.is_terminal), None)
    if current is not None:
        job_progress.watch(current.job_id)
        _live(current.job_id)
    elif person().may("run"):
        train_form.form(task, versions)
        if active and active[0].status in ("failed", "cancelled"):
            job_progress.watch(active[0].job_id)
    for run in found:
        _run(run)


@st.fragment(run_every=2)
def _live(job_id: str) -> None:
    events = runs.events(project(), job_id)
    charts.loss(events, key="train.live")
    _samples(events)
    with st.expander("Log", icon=":material/notes:"):
        st.code(jobs.log_tail(project(), job_id, lines=40) or "Nothing yet.", language=None, wrap_lines=True)


def _samples(events: list[RunEvent]) -> None:
    newest = max((event.step for event in events if event.event == "sample"), default=None)
    if newest is None:
        return
    st.caption(f"Answers to validation rows at step {count(newest)}")
    for event in events:
        sample = event.sample if event.step == newest else None
        if sample is not None:
            sign = ":green[✓]" if sample.correct else ":orange[✗]"
            st.markdown(f"{sign} {plain(sample.output) or NONE}")


def _run(run: Run) -> None:
    opened = st.query_params.get(_RUN) == run.run_id
    with st.container(key=f"sheet_{run.run_id}", gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(
                f"**{plain(f'Student of {run.dataset_version}')}**  {plain(run.run_id)}", width="stretch"
            )
            when(run.created_at)
        st.caption(plain(_facts(run)))
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(
                "Hide curves" if opened else "Show curves", key=f"train.open.{run.run_id}", type="tertiary"
            ):
                _toggle(run.run_id, opened)
            link("evaluate", label="Evaluate it", parameters={"dataset": run.dataset_version})
        if opened:
            with guard():
                charts.loss(runs.events(project(), run.run_id), key=f"train.curve.{run.run_id}")


def _facts(run: Run) -> str:
    parts = [
        f"base {run.config.base_model}",
        f"LoRA r{run.config.lora_r}, seed {run.config.seed}",
        f"validation loss {run.validation_loss:.3f}" if run.validation_loss is not None else "",
        f"{several(run.steps, 'step')} in {span(run.seconds)}",
        f"by {run.created_by}",
    ]
    return " · ".join(part for part in parts if part)


def _toggle(run_id: str, opened: bool) -> None:
    if opened:
        del st.query_params[_RUN]
    else:
        st.query_params[_RUN] = run_id
    st.rerun()
