"""Side by side: what two candidates answered to the same record, blind, with a vote."""

from __future__ import annotations

import secrets
from typing import cast

import streamlit as st

from curation.tasks import Task
from eval import comparisons, evaluations
from eval.comparisons import Comparison, Pair, Shown, Winner
from eval.evaluations import Evaluation
from eval.statistics import Interval
from ui.actions import students as act
from ui.components.page import empty_state, header
from ui.components.pair import Side, output_pair
from ui.components.words import count, plain, several
from ui.guard import guard
from ui.resources import person, project
from ui.task_choice import chosen_task

_EVALUATION, _COMPARISON, _AT, _SHOW = "evaluation", "comparison", "at", "show"
_DISAGREEMENTS, _EVERYTHING = "Disagreements", "Everything"
_VOTES: tuple[tuple[Winner, str, str], ...] = (
    ("left", "Left is better", "1"), ("right", "Right is better", "2"), ("tie", "As good", "0"),
)  # fmt: skip


def page() -> None:
    """The comparison of the address, one record at a time."""
    task = chosen_task()
    found = evaluations.listing(project(), task.name) if task else []
    header(
        "Side by side",
        "Read what two candidates said, without knowing which is which, and say which is better.",
    )
    if task is None or not found:
        empty_state(
            "Nothing to compare yet", "An evaluation keeps every answer; run one, then read them here.",
            address="evaluate", action="Evaluate",
        )  # fmt: skip
        return
    wanted = st.query_params.get(_EVALUATION)
    evaluation = next((one for one in found if one.evaluation_id == wanted), found[0])
    opened = _opened(task, evaluation)
    if opened is None:
        st.caption(
            "These two are not open for votes yet. Compare shows their answers as A and B; the names come "
            "after the vote."
        )
        return
    with guard():
        _compare(evaluation, opened)


def _opened(task: Task, evaluation: Evaluation) -> Comparison | None:
    """The two pickers; the comparison they name, once somebody has opened it."""
    standing = [
        one
        for one in comparisons.listing(project(), task.name)
        if one.evaluation_id == evaluation.evaluation_id
    ]
    wanted = st.query_params.get(_COMPARISON)
    current = next(
        (one for one in standing if one.comparison_id == wanted), standing[0] if standing else None
    )
    titles = {one.key: one.title for one in evaluation.candidates}
    keys = list(titles)
    usual = (current.left, current.right) if current else _usual(evaluation)
    with st.container(key="filters", horizontal=True, vertical_alignment="bottom"):
        left = st.selectbox(
            "One", keys, keys.index(usual[0]), format_func=titles.__getitem__, key="side_by_side.left"
        )
        right = st.selectbox(
            "The other", keys, keys.index(usual[1]), format_func=titles.__getitem__, key="side_by_side.right"
        )
        match = next((one for one in standing if {one.left, one.right} == {left, right}), None)
        if match is None and st.button("Compare", key="side_by_side.open", type="primary"):
            with guard():
                match = act.open_comparison(
                    project(), person(), task.name, evaluation.evaluation_id, left, right
                )
                st.query_params[_COMPARISON] = match.comparison_id
                st.query_params[_AT] = "1"
                st.rerun()
    return match


def _usual(evaluation: Evaluation) -> tuple[str, str]:
    keys = [one.key for one in evaluation.candidates]
    student = next((one.key for one in evaluation.candidates if one.spec.kind == "adapter"), keys[0])
    teacher = next((key for key in keys if key != student), student)
    named = (one.key for one in evaluation.candidates if one.spec.kind in ("recorded", "teacher_labels"))
    return next(named, teacher), student


def _compare(evaluation: Evaluation, opened: Comparison) -> None:
    total, differing = comparisons.counts(project(), opened)
    with st.container(key="filter_line", horizontal=True, vertical_alignment="center"):
        wanted = st.query_params.get(_SHOW, _DISAGREEMENTS)
        options = (_DISAGREEMENTS, _EVERYTHING)
        shown = st.segmented_control(
            "Show", options, default=wanted if wanted in options else _DISAGREEMENTS, key="side_by_side.show",
            format_func=lambda name: f"{name} ({count(differing if name == _DISAGREEMENTS else total)})",
            label_visibility="collapsed", on_change=_from_the_start,
        )  # fmt: skip
        _tally(evaluation, opened)
    only = shown != _EVERYTHING
    st.query_params[_SHOW] = shown or _DISAGREEMENTS
    pairs = differing if only else total
    given = st.query_params.get(_AT, "1")
    at = max(1, min(int(given) if given.isdecimal() else 1, pairs))
    if not pairs:
        empty_state("They never differ", "Both candidates gave the same answer to every record.")
        return
    pair = comparisons.pairs(project(), opened, disagreements_only=only, limit=1, offset=at - 1)[0]
    _pair(evaluation, opened, pair, at, pairs)


def _tally(evaluation: Evaluation, opened: Comparison) -> None:
    tally = comparisons.tally(project(), opened)
    if not tally.votes:
        st.caption("no votes yet")
        return
    name = evaluation.candidate(opened.left)
    rate = tally.win_rate
    preferred = f"{name.title if name else opened.left} preferred in {100 * rate.value:.0f}%"
    st.caption(plain(f"{preferred} of {several(tally.votes, 'vote')}, 95% interval {_percents(rate)}"))


def _percents(rate: Interval) -> str:
    """Not as ±: after a few votes the interval is far from even."""
    return f"{100 * rate.low:.0f} to {100 * rate.high:.0f}%"


def _pair(evaluation: Evaluation, opened: Comparison, pair: Pair, at: int, pairs: int) -> None:
    mine = next(
        (
            vote.shown
            for vote in comparisons.votes(project(), opened)
            if vote.record_id == pair.record_id and vote.voter == person().username
        ),
        None,
    )
    output_pair(
        inputs=pair.inputs,
        left=_side(evaluation, pair.left, "A", known=mine is not None),
        right=_side(evaluation, pair.right, "B", known=mine is not None),
        reference=pair.reference if mine is not None else None,
        chosen=mine,
        key="side_by_side.pair",
    )
    with st.container(key="vote_line", horizontal=True, vertical_alignment="center"):
        for winner, words, shortcut in _VOTES:
            st.button(
                words, key=f"side_by_side.vote.{winner}", shortcut=shortcut, disabled=not pair.differ,
                on_click=_vote, args=(opened, pair.record_id, winner, secrets.token_hex(8)),
            )  # fmt: skip
        st.button("Back", key="side_by_side.previous", type="tertiary", disabled=at == 1, shortcut="Left",
                  on_click=_go, args=(at - 1,))  # fmt: skip
        st.button("Next", key="side_by_side.next", type="tertiary", disabled=at == pairs, shortcut="Right",
                  on_click=_go, args=(at + 1,))  # fmt: skip
        st.caption(f"{count(at)} of {count(pairs)}")


def _side(evaluation: Evaluation, shown: Shown, letter: str, *, known: bool) -> Side:
    if not known:
        return Side(letter, shown.output)
    candidate = evaluation.candidate(shown.candidate)
    return Side(candidate.title if candidate else shown.candidate, shown.output, shown.correct)


def _vote(opened: Comparison, record_id: str, winner: str, client_id: str) -> None:
    act.vote(project(), person(), opened.comparison_id, record_id, cast(Winner, winner), client_id)


def _go(at: int) -> None:
    st.query_params[_AT] = str(at)


def _from_the_start() -> None:
    st.query_params[_AT] = "1"
