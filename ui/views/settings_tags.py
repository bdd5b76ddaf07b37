"""The section of Settings that names the ways an output can be wrong, changed while people review."""

from __future__ import annotations

from itertools import groupby

import streamlit as st

from curation.tasks import ErrorTag, Task
from ui.actions import vocabulary as act
from ui.components.page import empty_state
from ui.components.words import plain, several
from ui.edit_base import based_on, forget
from ui.guard import guard
from ui.notices import say
from ui.resources import person, project
from ui.views import settings_rules

_FORM = "settings.tags"
_KEYS = 9
_FILTERED_FROM = 10
_NO_GROUP = ""


def draw(task: Task | None) -> None:
    """The vocabulary to read on one side, and on the other one tag at a time to change."""
    if task is None:
        empty_state("No task yet", "Error tags belong to a task. Make one in the section Task first.")
        return
    revision = based_on(_FORM, task.name, task.revision)
    left, right = st.columns([3, 2], gap="large")
    with left:
        _list(task, revision)
    with right:
        if task.offered_tags:
            _change(task, revision)
        _add(task, revision)
        with st.expander("Proposals and duties", icon=":material/rule:"):
            settings_rules.draw(task, revision)


def _list(task: Task, revision: int) -> None:
    """The offered tags under their groups, with the keys that set them; then those offered no more."""
    offered = task.offered_tags
    st.subheader(several(len(offered), "error tag"), anchor=False)
    st.caption("Reviewers set the first nine by key. A code never changes, whatever its tag is called.")
    wanted = ""
    if len(offered) >= _FILTERED_FROM:
        wanted = st.text_input(
            "Find a tag", key=f"{_FORM}.find", placeholder="jargon", label_visibility="collapsed"
        )
    places = {tag.code: number for number, tag in enumerate(offered, start=1)}
    seen = [tag for tag in offered if _matches(tag, wanted)]
    for group, tags in groupby(sorted(seen, key=lambda tag: _rank(offered, tag)), key=lambda tag: tag.group):
        if group != _NO_GROUP:
            st.caption(plain(group))
        for tag in tags:
            _row(tag, places[tag.code])
    if not seen:
        st.caption("No tag has these words." if offered else "None yet: add the first mistake you expect.")
    _gone(task, revision)


def _rank(offered: tuple[ErrorTag, ...], tag: ErrorTag) -> tuple[int, int]:
    """Groups in the order of their first tag, tags in their own."""
    first = next(number for number, each in enumerate(offered) if each.group == tag.group)
    return first, offered.index(tag)


def _row(tag: ErrorTag, place: int) -> None:
    key = f"`{place}` " if place <= _KEYS else ""
    lines = [f"{key}**{plain(tag.name)}** :small[{plain(tag.code)}]"]
    if tag.definition:
        lines.append(f":small[:gray[{plain(tag.definition)}]]")
    with st.container(key=f"row_tag_{tag.code}"):
        st.markdown("  \n".join(lines))


def _gone(task: Task, revision: int) -> None:
    gone = [tag for tag in task.error_tags if tag not in task.offered_tags]
    if not gone:
        return
    names = {tag.code: tag.name for tag in task.error_tags}
    with st.expander(f"Offered no more ({len(gone)})", icon=":material/inventory_2:"):
        for tag in gone:
            with st.container(
                key=f"row_gone_{tag.code}", horizontal=True, horizontal_alignment="distribute",
                vertical_alignment="center",
            ):  # fmt: skip
                into = names.get(tag.merged_into, tag.merged_into)
                st.markdown(
                    f"**{plain(tag.name)}**, {'merged into ' + plain(into) if tag.merged_into else 'retired'}"
                )
                if st.button("Restore", key=f"{_FORM}.restore.{tag.code}"):
                    with guard():
                        act.restore(project(), person(), task.name, tag.code, based_on=revision)
                        _done(f"{tag.name} is offered again.")


def _change(task: Task, revision: int) -> None:
    """One tag, chosen by name: its words, its place, and the two ways to take it away."""
    names = {tag.code: tag.name for tag in task.offered_tags}
    code = st.selectbox("Change a tag", list(names), key=f"{_FORM}.chosen", format_func=names.__getitem__)
    place, tag = next((n, tag) for n, tag in enumerate(task.offered_tags, start=1) if tag.code == code)
    with st.form(f"{_FORM}.change"):
        name = st.text_input("Name", tag.name, key=f"{_FORM}.name.{code}")
        definition = st.text_area(
            "When to set it", tag.definition, key=f"{_FORM}.definition.{code}", height=90
        )
        left, right = st.columns(2)
        group = left.text_input("Group", tag.group, key=f"{_FORM}.group.{code}")
        moved = right.number_input("Place", 1, len(names), place, key=f"{_FORM}.place.{code}")
        if st.form_submit_button("Save this tag", key=f"{_FORM}.save"):
            with guard():
                act.reword(
                    project(), person(), task.name, code, name=name, definition=definition, group=group,
                    place=moved if moved != place else None, based_on=revision,
                )  # fmt: skip
                _done(f"Saved {name.strip()}.")
    with st.container(horizontal=True):
        _merge(task, tag, {other: name for other, name in names.items() if other != code}, revision)
        if st.button(
            "Retire it", key=f"{_FORM}.retire", help="Offered no more; reviews that have it keep it."
        ):
            with guard():
                act.retire(project(), person(), task.name, code, based_on=revision)
                _done(f"Retired {tag.name}.")


def _merge(task: Task, tag: ErrorTag, others: dict[str, str], revision: int) -> None:
    if not others:
        return
    with st.popover("Merge it …", key=f"{_FORM}.merging"):
        st.caption(f"What was tagged {plain(tag.name)} will count as the other tag, in old reviews too.")
        into = st.selectbox(
            "Merge into", list(others), key=f"{_FORM}.into.{tag.code}", format_func=others.__getitem__
        )
        if st.button(f"Merge {plain(tag.name)} into {plain(others[into])}", key=f"{_FORM}.merge"):
            with guard():
                act.merge(project(), person(), task.name, tag.code, into, based_on=revision)
                _done(f"Merged {tag.name} into {others[into]}.")


def _add(task: Task, revision: int) -> None:
    with st.form(f"{_FORM}.adding"):
        st.markdown("**Add a tag**")
        name = st.text_input("Name", key=f"{_FORM}.new.name", placeholder="Sibling category")
        definition = st.text_area(
            "When to set it", key=f"{_FORM}.new.definition", height=90,
            placeholder="A neighbour of the right category",
        )  # fmt: skip
        group = st.text_input("Group", key=f"{_FORM}.new.group", placeholder="Place")
        if st.form_submit_button("Add this tag", key=f"{_FORM}.add", type="primary"):
            with guard():
                act.add(
                    project(), person(), task.name, name, definition=definition, group=group,
                    based_on=revision,
                )  # fmt: skip
                _done(f"Added {name.strip()}.")


def _matches(tag: ErrorTag, wanted: str) -> bool:
    text = f"{tag.name} {tag.code} {tag.group} {tag.definition}".casefold()
    return all(word in text for word in wanted.casefold().split())


def _done(sentence: str) -> None:
    forget(_FORM)
    say(sentence)
    st.rerun()
