"""Agreement: how far reviewers agree, on which questions, and who disagrees with whom."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from curation import adjudication, agreement
from curation.agreement import Measure, QueueAgreement
from curation.tasks import Task
from eval.statistics import Interval
from ui.components.links import leads, link
from ui.components.page import empty_state, header
from ui.components.words import NONE, interval, plain, several
from ui.resources import person, project
from ui.task_choice import chosen_task
from ui.views import agreement_hidden

_EVERYBODY = "Everybody"


def page() -> None:
    """Agreement by queue, and each reviewer's decisions against what adjudicators decided."""
    task = chosen_task()
    found = agreement.agreements(project(), task.name) if task else []
    hidden = task is not None and agreement_hidden.something(task)
    action = header("Agreement", "See how far people agree who decided on the same records, and where not.")
    if task is None or not (found or hidden):
        empty_state(
            "Nobody has reviewed the same record yet",
            "Open a queue with a share that two people review each; what both decided is compared here.",
            address="labels", action="Open a queue",
        )  # fmt: skip
        return
    with action:
        link("conflicts", label="Settle conflicts", icon=":material/gavel:")
    for one in found:
        _queue(one)
    _accuracies(task)
    agreement_hidden.draw(task)


def _queue(one: QueueAgreement) -> None:
    mine = person().username
    st.subheader(plain(one.queue), anchor=False)
    st.caption(plain(f"{several(one.shared, 'record')} decided on by two people or more"))
    measures = [each for each in one.measures if leads("conflicts") or not each.pair or mine in each.people]
    groups = {each.people if each.pair else (): None for each in measures}
    for place, people in enumerate(groups):
        st.markdown(f"**{plain(' and '.join(people)) if people else _EVERYBODY}**")
        rows = [_row(each) for each in measures if (each.people if each.pair else ()) == people]
        with st.container(key=f"numbers_agreement_{one.queue}_{place}"):
            st.table(pd.DataFrame(rows).set_index("Question"))
    _differing(measures)


def _row(each: Measure) -> dict[str, str]:
    return {
        "Question": plain(each.title),
        "Agree": interval(each.percent.value, each.percent.low, each.percent.high, each.records),
        "κ": _coefficient(each.kappa),
        "α": _coefficient(each.alpha),  # noqa: RUF001 - its name
    }


def _coefficient(found: Interval | None) -> str:
    return NONE if found is None else f"{found.value:.2f} [{found.low:.2f}, {found.high:.2f}]"


def _differing(measures: list[Measure]) -> None:
    """Who disagrees with whom on the output, most often first."""
    pairs = [
        each for each in measures if each.pair and each.question in ("output", "decision") and each.differing
    ]
    for each in sorted(pairs, key=lambda each: each.percent.value):
        st.caption(
            plain(
                f"{' and '.join(each.people)} differ on {each.title.lower()} in "
                f"{len(each.differing):,} of {several(each.records, 'record')}."
            )
        )


def _accuracies(task: Task) -> None:
    """Everybody's for those who adjudicate; one's own for everybody."""
    found = adjudication.accuracies(project(), task.name)
    if not leads("conflicts"):
        found = [each for each in found if each.reviewer == person().username]
    if not found:
        return
    st.subheader("Upheld by adjudication", anchor=False)
    st.caption("Of the records that were settled, how often each person had decided as the adjudicator did.")
    rows = [
        {
            "Person": plain(each.reviewer),
            "Upheld": f"{100 * each.upheld.value:.0f}%",
            "95% interval": f"{100 * each.upheld.low:.0f} to {100 * each.upheld.high:.0f}%",
            "Records": f"{each.upheld.rows:,}",
        }
        for each in found
    ]
    with st.container(key="numbers_upheld"):
        st.table(pd.DataFrame(rows).set_index("Person"))
