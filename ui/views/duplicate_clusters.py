"""The clusters on the Duplicates page: each copy beside what is kept, and what a person may say of them.

Whoever may run things ticks records, in one cluster or several, and says what they are; what was
said stands below, to be taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import streamlit as st

from curation import duplicates
from curation.duplicates import Cluster, Member, Stated
from curation.tasks import Task
from eval.differences import differences, sides
from ui import notices
from ui.actions import duplicates as act
from ui.components.words import ago, plain, several
from ui.guard import guard
from ui.resources import person, project

_PAGE = "page"
_PER_PAGE = 20
_MORE = 50
_SHOWN_CHARACTERS = 600
_SAID = {
    "keep": "kept another copy", "apart": "said of {} that they are no copies",
    "together": "said of {} that they are copies",
}  # fmt: skip


def show(task: Task, total: int) -> None:
    """A page of the clusters, with a bar of what may be said of the records that are ticked."""
    stated = duplicates.standing(project(), task.name)
    if total:
        pages = -(-total // _PER_PAGE)
        wanted = st.query_params.get(_PAGE, "1")
        number = min(int(wanted), pages) if wanted.isdecimal() and int(wanted) else 1
        page = duplicates.clusters(project(), task.name, limit=_PER_PAGE, offset=(number - 1) * _PER_PAGE)
        found = [_with_more(task, cluster) for cluster in page]
        if person().may("run"):
            _bar(task, found)
        for cluster in found:
            _cluster(task, cluster)
        if pages > 1:
            _pager(pages, number)
    if stated:
        _rulings(task, stated)


def _with_more(task: Task, cluster: Cluster) -> Cluster:
    """A large cluster with as many further members as were asked for."""
    more = int(st.session_state.get(_more(cluster), 0))
    if not more:
        return cluster
    rest = duplicates.cluster(project(), task.name, cluster.number, limit=more, offset=len(cluster.members))
    return replace(cluster, members=(*cluster.members, *(rest.members if rest else ())))


def _pager(pages: int, number: int) -> None:
    chosen = st.pagination(pages, default=number, key="duplicates.page")
    if chosen != number:
        st.query_params[_PAGE] = str(chosen)
        st.rerun()


def _bar(task: Task, found: Sequence[Cluster]) -> None:
    """What the ticked records may be said to be. It stands whether or not any is ticked, so nothing jumps."""
    ticked = {
        cluster.number: [each.record_id for each in cluster.members if st.session_state.get(_tick(each))]
        for cluster in found
    }
    chosen = [record for records in ticked.values() for record in records]
    clusters = [cluster for cluster in found if ticked[cluster.number]]
    one = clusters[0] if len(clusters) == 1 else None
    copy = one is not None and len(chosen) == 1 and chosen[0] != one.members[0].record_id
    parts = one is not None and len(chosen) < one.size
    here = (project(), person(), task.name)
    with st.container(key="duplicates_bar", horizontal=True, vertical_alignment="center"):
        st.caption(f"{several(len(chosen), 'record')} ticked" if chosen else "Tick records to regroup them.")
        _button("Keep this one", "keep", copy, chosen, lambda: act.keep(*here, chosen[0]))
        _button("Not copies", "apart", parts, chosen, lambda: act.apart(*here, chosen))
        _button(
            "Copies of each other", "together", len(clusters) > 1, chosen, lambda: act.together(*here, chosen)
        )


def _button(label: str, name: str, may: bool, chosen: Sequence[str], run: Callable[[], None]) -> None:
    def pressed() -> None:
        with guard():
            run()
            for record in chosen:
                st.session_state.pop(f"duplicates.tick.{record}", None)
            notices.say("Said, and remembered for every later search.")

    st.button(label, key=f"duplicates.{name}", disabled=not may, on_click=pressed)


def _cluster(task: Task, cluster: Cluster) -> None:
    keeper = cluster.members[0]
    with st.container(key=f"sheet_cluster_{keeper.record_id}", gap="xsmall"):
        for member in cluster.members:
            with st.container(horizontal=True, vertical_alignment="top", key=f"member_{member.record_id}"):
                with st.container(width=130, horizontal=True, gap="xsmall"):
                    if person().may("run"):
                        first = plain(member.inputs.get(task.input_columns[0], ""))[:80]
                        st.checkbox(f"Tick {first}", key=_tick(member), label_visibility="collapsed")
                    if member is keeper:
                        st.badge("Kept", icon=":material/check:", color="green")
                    else:
                        st.badge(f"{member.match} {100 * member.similarity:.0f}%", color="gray")
                with st.container(width="stretch", gap=None):
                    _texts(task, member, keeper)
        left = cluster.size - len(cluster.members)
        if left > 0:
            st.button(
                f"Show {several(min(left, _MORE), 'more copy', 'more copies')} of {left:,}",
                key=f"duplicates.show_more_{keeper.record_id}", type="tertiary", on_click=_show_more,
                args=(cluster,),
            )  # fmt: skip


def _show_more(cluster: Cluster) -> None:
    st.session_state[_more(cluster)] = int(st.session_state.get(_more(cluster), 0)) + _MORE


def _texts(task: Task, member: Member, keeper: Member) -> None:
    for place, column in enumerate(task.input_columns):
        text, kept = (each.inputs.get(column, "")[:_SHOWN_CHARACTERS] for each in (member, keeper))
        words = plain(text) if member is keeper else _marked(kept, text)
        if place == 0:
            st.markdown(words or "–")
        elif words:
            st.caption(words)
    if member.source:
        st.caption(f":material/upload_file: {plain(member.source)}")


def _marked(kept: str, text: str) -> str:
    """`text` with what the kept record does not say marked in it."""
    _, ours = sides(differences(kept, text))
    return "".join(
        plain(part.text) if part.op == "equal" or part.text.isspace() else _highlighted(part.text)
        for part in ours
    )


def _highlighted(text: str) -> str:
    inner = text.strip()
    before, _, after = text.partition(inner)
    return f"{before}:orange-background[{plain(inner)}]{after}"


def _rulings(task: Task, stated: Sequence[Stated]) -> None:
    with st.expander(f"What people said of copies: {len(stated):,}", key="duplicates.rulings"):
        for each in reversed(stated):
            with st.container(horizontal=True, vertical_alignment="center"):
                said = _SAID[each.ruling.kind].format(several(len(each.ruling.records), "record"))
                st.markdown(f"{plain(each.by)} {said}, {ago(each.at)}", width="stretch")
                if person().may("run"):
                    st.button(
                        "Take back", key=f"duplicates.undo_{each.seq}", on_click=_undo, args=(task, each.seq)
                    )


def _undo(task: Task, seq: int) -> None:
    with guard():
        act.undo(project(), person(), task.name, seq)
        notices.say("Taken back.")


def _more(cluster: Cluster) -> str:
    return f"duplicates.more.{cluster.members[0].record_id}"


def _tick(member: Member) -> str:
    return f"duplicates.tick.{member.record_id}"
