"""Whether groups stand in the records as they do where the student will be used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from curation import exploring
from curation.exploring import Group, reference
from curation.exploring.exploration import NONE, OTHERS
from curation.exploring.representation import RARE_ROWS
from curation.tasks import Task
from ui import uploads
from ui.components import shape_charts
from ui.components.page import empty_state
from ui.components.words import count, plain, several
from ui.guard import guard
from ui.resources import project
from ui.views.explore_records import age

_COLUMN = "group"
_MOST_DRAWN = 25


def draw(task: Task) -> None:
    """The groups of a column beside a reference, or beside equal shares."""
    seen = exploring.newest_data(project(), task.name)
    if seen is None:
        empty_state(
            "Not looked at yet", "Look at the records first: the groups are counted then.",
            address="explore", action="To the records",
        )  # fmt: skip
        return
    age(seen)
    names = [
        name for name in seen.found.countable if 1 < len(set(seen.found.counts(name)) - {NONE, OTHERS}) <= 100
    ]
    if not names:
        empty_state(
            "No groups to compare",
            "No column has between 2 and 100 values. Keep such columns when importing.",
        )
        return
    wanted = st.query_params.get(_COLUMN, names[0])
    place = names.index(wanted) if wanted in names else 0
    column = str(st.selectbox("Groups by", names, place, key="explore.group"))
    st.query_params[_COLUMN] = column
    counts = {name: rows for name, rows in seen.found.counts(column).items() if name != NONE}
    with guard():
        wanted_shares = _reference(column)
        found = exploring.against_reference(counts, wanted_shares)
        _drawn(found, equal=not wanted_shares)


def _reference(column: str) -> Mapping[str, float] | None:
    with st.expander("Compare with shares that you know", key="explore.reference"):
        typed = st.text_area(
            "The share each group should have, one a line", key=f"explore.reference.{column}", height=140,
            placeholder="de: 60%\nfr: 25%\nit: 15%",
            help="From a census, last year’s traffic, wherever the student will work. They add up to 100.",
        )  # fmt: skip
        file = st.file_uploader("Or a file with two columns: group and share", key="explore.reference_file")
    if file is not None:
        return reference.read(uploads.keep(project(), file.name, file))
    return reference.parse(typed) or None


def _drawn(found: Sequence[Group], *, equal: bool) -> None:
    against = "equal shares" if equal else "the shares you gave"
    behind = [group for group in found if group.verdict == "too few"]
    st.markdown(f"**{several(len(behind), 'group')} of {count(len(found))} below {against}**")
    st.caption(
        "The stroke is the share it should have. Intervals hold for all groups together, so chance alone "
        "puts one wrong in a table of twenty."
    )
    shape_charts.groups(found[:_MOST_DRAWN], key="explore.groups")
    if len(found) > _MOST_DRAWN:
        st.caption(f"The {_MOST_DRAWN} furthest behind are drawn; the table has all.")
    st.dataframe(
        [
            {
                "Group": group.name, "Records": group.rows, "Share": 100 * group.share,
                "Should be": None if group.reference is None else 100 * group.reference,
                "Verdict": group.verdict, "Missing": group.missing,
            }
            for group in found
        ],
        hide_index=True, key="explore.group_table", width="stretch",
        height=min(420, 35 * (len(found) + 1) + 3),
        column_config={
            "Records": st.column_config.NumberColumn(format="localized"),
            "Share": st.column_config.NumberColumn(format="%.1f%%"),
            "Should be": st.column_config.NumberColumn(format="%.1f%%"),
            "Missing": st.column_config.NumberColumn(
                format="localized", help="So many more would bring it to its share."
            ),
        },
    )  # fmt: skip
    _rare(found)


def _rare(found: Sequence[Group]) -> None:
    rare = [group for group in found if group.rare]
    if rare:
        names = ", ".join(f"{group.name} ({count(group.rows)})" for group in rare[:30])
        more = f" and {several(len(rare) - 30, 'other')}" if len(rare) > 30 else ""
        st.warning(
            plain(
                f"Under {RARE_ROWS} records, too few to say how well a student does on them: {names}{more}."
            ),
            icon=":material/groups:",
        )
