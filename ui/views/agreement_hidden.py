"""The parts of the Agreement page that hidden gold and blind records are for."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from curation import agreement
from curation.gold import drift
from curation.tasks import Task
from eval.statistics import Interval
from ui.components.links import leads
from ui.components.words import interval, plain
from ui.resources import person, project


def something(task: Task) -> bool:
    """Whether there is anything to show, from the newest mirror."""
    return bool(_weeks(task)) or agreement.human_baseline(project(), task.name) is not None


def draw(task: Task) -> None:
    """Accuracy on known records by week, the human baseline, and the pull of the teacher's output."""
    _drift(task)
    _baseline(task)
    _pull(task)


def _weeks(task: Task) -> list[drift.WeekOnGold]:
    """Everybody's for those who adjudicate; one's own for everybody."""
    found = drift.drift(project(), task.name)
    return found if leads("conflicts") else [each for each in found if each.reviewer == person().username]


def _drift(task: Task) -> None:
    found = _weeks(task)
    if not found:
        return
    st.subheader("On records of a known output", anchor=False)
    st.caption("How often each person decided as is right, by week; nobody is told which records these are.")
    rows = [
        {"Person": plain(each.reviewer), "Week from": f"{each.week:%Y-%m-%d}", **_columns(each.accuracy)}
        for each in found
    ]
    with st.container(key="numbers_gold"):
        st.table(pd.DataFrame(rows).set_index("Person"))


def _columns(share: Interval) -> dict[str, str]:
    return {
        "Right": f"{100 * share.value:.0f}%",
        "95% interval": f"{100 * share.low:.0f} to {100 * share.high:.0f}%",
        "Records": f"{share.rows:,}",
    }


def _baseline(task: Task) -> None:
    found = agreement.human_baseline(project(), task.name)
    if found is None or (found.right is None and found.alike is None):
        return
    st.subheader("People without the teacher", anchor=False)
    said = []
    if found.right is not None:
        said.append(f"On records of a known output they are right in {_share(found.right)}.")
    if found.alike is not None:
        said.append(f"Two who answer the same record say the same in {_share(found.alike)}.")
    st.caption(plain(" ".join(said)))


def _pull(task: Task) -> None:
    """How often people say what the teacher said, with and without seeing it."""
    found = agreement.suggestion_pull(project(), task.name)
    if found is None:
        return
    points = found.difference
    st.subheader("The pull of the teacher's output", anchor=False)
    st.caption(
        plain(
            f"People keep it in {_share(found.seen)} where they see it, and say the same in "
            f"{_share(found.blind)} where they do not: {100 * points.value:+.1f} points "
            f"(95% interval {100 * points.low:+.1f} to {100 * points.high:+.1f})."
        )
    )


def _share(found: Interval) -> str:
    return interval(found.value, found.low, found.high, found.rows)
