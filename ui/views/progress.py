"""Progress: how far the queues are, what was decided by whom, how fast, and with which error tags."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from curation import reviewing_progress
from curation.reviewing_progress import Line, Pace, Progress
from curation.tasks import Task
from storage import argilla_client
from ui.components.links import leads
from ui.components.page import empty_state, header, stat
from ui.components.words import NONE, count, plain, share
from ui.resources import person, project
from ui.task_choice import chosen_task

_BY = {"Person": "by_person", "Queue": "by_queue", "Day": "by_day"}


def page() -> None:
    """The progress of the chosen task."""
    task = chosen_task()
    header("Progress", "See how far reviewing is and how it goes. Pauses over five minutes are not counted.")
    found = (
        reviewing_progress.progress(argilla_client.connect(project()), project(), task.name) if task else None
    )
    if task is None or found is None or not found.queues:
        empty_state(
            "No queue is open yet", "Once people review, what they decided is counted here.",
            address="labels", action="Prompts and labels",
        )  # fmt: skip
        return
    _numbers(found)
    if found.whole.decided:
        _paces(found)
        _tags(task, found)


def _numbers(found: Progress) -> None:
    whole, total = found.whole, sum(one.total for one in found.queues)
    done = sum(one.completed for one in found.queues)
    with st.container(key="stats", horizontal=True):
        stat("complete", "Complete", count(done), f"of {count(total)} records")
        stat(
            "untouched",
            "Untouched",
            share(whole.approved, whole.decided),
            f"{count(whole.approved)} approved",
        )
        stat("corrected", "Corrected", share(whole.corrected, whole.decided), count(whole.corrected))
        stat("discarded", "Discarded", share(whole.discarded, whole.decided), count(whole.discarded))
        stat("rate", "Per hour", _whole(whole.per_hour), f"{_seconds(whole)} a record (median)")


def _paces(found: Progress) -> None:
    chosen = st.segmented_control(
        "Show by", list(_BY), default="Person", key="progress.by", label_visibility="collapsed"
    )
    name = chosen or "Person"
    lines: Sequence[Line] = getattr(found, _BY[name])
    if name == "Person" and not leads("conflicts"):
        mine = person().username
        lines = [line for line in lines if line.person == mine]
    rows = [
        {name: plain(str(line.person or line.queue or line.day or ""))} | _row(line.pace) for line in lines
    ]
    if rows:
        with st.container(key="numbers_progress"):
            st.table(pd.DataFrame(rows).set_index(name))


def _row(pace: Pace) -> dict[str, str]:
    return {
        "Decided": count(pace.decided),
        "Untouched": share(pace.approved, pace.decided),
        "Corrected": share(pace.corrected, pace.decided),
        "Discarded": share(pace.discarded, pace.decided),
        "Per hour": _whole(pace.per_hour),
        "Median": _seconds(pace),
    }


def _tags(task: Task, found: Progress) -> None:
    if not found.tags:
        return
    names = {tag.code: tag.name for tag in task.error_tags}
    versions = sorted({tag.prompt_version for tag in found.tags})
    rows: dict[str, dict[str, str]] = {}
    for tag in found.tags:
        row = rows.setdefault(tag.code, {"Error tag": plain(names.get(tag.code, tag.code))})
        row[f"Prompt v{tag.prompt_version}"] = f"{count(tag.times)} ({share(tag.times, tag.decided)})"
    columns = ["Error tag", *(f"Prompt v{number}" for number in versions)]
    st.subheader("Error tags by prompt version", anchor=False)
    with st.container(key="numbers_tags"):
        st.table(pd.DataFrame(rows.values(), columns=columns).fillna(NONE).set_index("Error tag"))


def _whole(number: float | None) -> str:
    return NONE if number is None else f"{number:,.0f}"


def _seconds(pace: Pace) -> str:
    return NONE if pace.median_s is None else f"{pace.median_s:.1f} s"
