"""Prompts and labels: the prompt's versions, what the teacher said under each, and the way to review."""

from __future__ import annotations

import streamlit as st

from curation import labelling, overview, prompts, queues, teachers
from curation.labelling import LabelCounts
from curation.ordering import Handing
from curation.overview import Overview
from curation.prompts import Prompt
from curation.tasks import Task
from storage import jobs
from ui.actions import labels as act
from ui.components import job_progress
from ui.components.links import go
from ui.components.page import empty_state, header, no_task
from ui.components.words import NONE, count, noun, plain, several
from ui.guard import guard
from ui.resources import person, project
from ui.task_choice import chosen_task
from ui.views import prompt_form

PROMPT = "prompt"


def page() -> None:
    """The prompt's versions, labelling under one of them, and its review queue."""
    task = chosen_task()
    seen = overview.read(project(), task.name) if task else None
    header(
        "Prompts and labels", "What the teacher is asked, version by version, and what it answered.",
        number=count(seen.labelled.records) if seen and seen.labelled.records else "",
        unit=f"{noun(seen.labelled.records if seen else 0, 'record')} labelled",
    )  # fmt: skip
    if task is None or seen is None:
        no_task("A prompt belongs to a task.")
        return
    if seen.imported.records == 0:
        empty_state(
            "Nothing to label yet", "Bring in records first.", address="import", action="Import records"
        )
        return
    known = prompts.listing(project(), task.name)
    if not known:
        prompt_form.first(task)
        return
    prompt = _chosen(known)
    prompt_form.show(task, prompt)
    _labelling(task, prompt, seen)
    _counts(task)
    prompt_form.next_version(task, prompt)


def _chosen(known: list[Prompt]) -> Prompt:
    by_version = {prompt.version: prompt for prompt in reversed(known)}
    wanted = st.query_params.get(PROMPT)
    if "labels.prompt" not in st.session_state:
        st.session_state["labels.prompt"] = wanted if wanted in by_version else next(iter(by_version))
    if len(known) > 1:
        st.segmented_control("Prompt version", list(by_version), key="labels.prompt", required=True)
    version = str(st.session_state["labels.prompt"])
    prompt = by_version.get(version, known[-1])
    st.query_params[PROMPT] = prompt.version
    return prompt


def _labelling(task: Task, prompt: Prompt, seen: Overview) -> None:
    active = jobs.listing(project(), task=task.name, active_only=True)
    running = [job for job in active if job.kind in ("label", "queue")]
    for job in running:
        job_progress.watch(job.job_id)
    known = teachers.listing(project())
    if not known:
        empty_state(
            "No teacher yet", "Name an endpoint, or the column of your file that holds its answers.",
            address="settings", action="Add a teacher",
        )  # fmt: skip
    elif not running and person().may("run"):
        _what_next(task, prompt, seen, [teacher.name for teacher in known])


def _what_next(task: Task, prompt: Prompt, seen: Overview, names: list[str]) -> None:
    done = {
        found.teacher: found
        for found in labelling.counts(project(), task.name)
        if found.prompt_number == prompt.number
    }
    with st.container(key="sheet_labelling", horizontal=True, vertical_alignment="bottom"):
        name = str(st.selectbox("Teacher", names, key="labels.teacher"))
        missing = done[name].missing if name in done else seen.imported.trainable
        some = any(found.labelled for found in done.values())
        if missing:
            _start_button(task, prompt, name, missing, accented=not some)
        if some:
            _queue_buttons(task, prompt)
    if not missing:
        st.caption(f"{plain(name)} has labelled every record under {prompt.version}.")


def _start_button(task: Task, prompt: Prompt, name: str, missing: int, *, accented: bool) -> None:
    label, kind = f"Label {several(missing, 'record')}", "primary" if accented else "secondary"
    if st.button(label, key="labels.start", type=kind):  # type: ignore[arg-type]
        with guard():
            act.label(project(), person(), task.name, prompt.number, name)
            st.rerun()


def _queue_buttons(task: Task, prompt: Prompt) -> None:
    name = queues.queue_name(task.name, prompt.number)
    is_open = name in {queue.name for queue in queues.listing(project(), task.name)}
    label = "Add what was labelled since" if is_open else f"Open a review queue for {prompt.version}"
    handing = None if is_open else _shares()
    if st.button(label, key="labels.queue", type="secondary" if is_open else "primary"):
        with guard():
            act.start_queue(project(), person(), task.name, prompt.number, handing=handing)
            st.rerun()
    if is_open and st.button(f"Review {prompt.version}", key="labels.review", type="primary"):
        go("review", {"queue": name})


def _shares() -> Handing:
    """What a new queue measures people by; fixed for a record when it is added."""
    with st.popover("Hidden shares", icon=":material/visibility_off:"):
        blind = st.number_input(
            "Decided without the teacher's output, %", 0, 100, 0, key="labels.blind",
            help="Shows how good people are alone, and how far a suggestion pulls them.",
        )  # fmt: skip
        gold = st.number_input(
            "With a known output, %", 0, 50, 0, key="labels.gold",
            help="Adjudicated or marked records among the others show how sure a reviewer's hand stays.",
        )  # fmt: skip
    return Handing(blind_share=blind / 100, gold_share=gold / 100)


def _counts(task: Task) -> None:
    found = labelling.counts(project(), task.name)
    if not found:
        return
    st.subheader("Who labelled what", anchor=False)
    with st.container(key="numbers_labels"):
        st.table([_row(counts) for counts in reversed(found)], border="horizontal", hide_index=True)


def _row(counts: LabelCounts) -> dict[str, str]:
    return {
        "Teacher": plain(counts.teacher),
        "Prompt": f"v{counts.prompt_number}",
        "Labelled": f"{count(counts.labelled)} of {count(counts.to_label)}",
        "Without an answer": count(counts.failed),
        "Cost": NONE if counts.price_usd is None else f"\\${counts.price_usd:,.2f}",
    }
