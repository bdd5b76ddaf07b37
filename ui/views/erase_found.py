"""What would be erased, as a person recognises it: the records, the loose lines, the places, what stays."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.erasing import Erased, Found, RecordSeen
from ui.components.page import stat
from ui.components.words import count, plain, several
from ui.task_choice import all_tasks

_SHOWN = 20
GROUPED = st.column_config.NumberColumn(format="localized")
"""A column of counts: `1,204`."""
_KINDS = {
    "artifact": "Artifacts", "database": "Database", "argilla": "Argilla", "file": "Logs and jobs",
    "upload": "Uploads", "exploration": "Explorations",
}  # fmt: skip


def show(found: Found) -> None:
    """All of it, the most important first."""
    with st.container(key="stats", horizontal=True):
        stat("records", "Records", count(len(found.record_ids)), "with their labels and reviews")
        stat("lines", "Other lines", count(found.loose), "of imports, rejects among them")
        stat("places", "Places", count(len(found.places)), "files, tables and queues")
        stat("trained", "Trained on it", count(len(found.trained)), "runs; these cannot be rewritten")
    _records(found.records, len(found.record_ids))
    if found.lines:
        with st.expander(f"{several(len(found.lines), 'line')} that no such record was made of"):
            for line in found.lines[:_SHOWN]:
                st.caption(plain(f"{line.reference}, line {line.row_number}"))
                st.text(line.excerpt)
            _more(len(found.lines))
    if found.others:
        st.warning(
            f"{several(len(found.others), 'record')} not chosen hold one of the same texts. If they are "
            "meant too, leave this and look for them by their ids.",
            icon=":material/help:",
        )
        with st.expander("Those that are not chosen"):
            _records(found.others, len(found.others))
    _places(found)
    beyond(found.trained, found.evaluated, found.exported, backups_of(found))
    if found.shared:
        st.caption(
            f"{several(found.shared, 'text')} of theirs stand in other records as well, such as a label or a "
            "brand: those go with the records’ rows and are not looked for elsewhere."
        )


def backups_of(found: Found | Erased) -> list[str]:
    """Each backup with its date."""
    return [
        f"{each.path}, {each.taken_at:%Y-%m-%d}" if each.taken_at else each.path for each in found.backups
    ]


def beyond(
    trained: Sequence[str], evaluated: Sequence[str], exported: Sequence[str], backups: Sequence[str]
) -> None:
    """What holds the records and cannot be rewritten."""
    named = (
        ("Trained on them: what a model learnt cannot be taken out", trained),
        ("Evaluations that counted them: the scores stay", evaluated),
        ("Downloaded: ask who has the file", exported),
        ("Backups that hold them, or may", backups),
    )
    for title, names in named:
        if names:
            st.markdown(f"**{title}**")
            st.markdown("\n".join(f"- {plain(name)}" for name in names))


def _records(records: Sequence[RecordSeen], total: int) -> None:
    titles = {task.name: task.title for task in all_tasks()}
    for record in records[:_SHOWN]:
        with st.container(key=f"sheet_{record.task}_{record.record_id}", gap="xxsmall"):
            for name, value in record.inputs.items():
                st.caption(plain(name))
                st.text(value)
            st.caption(plain(f"{titles.get(record.task, record.task)} · {record.record_id}"))
    _more(total)


def _more(total: int) -> None:
    if total > _SHOWN:
        st.caption(f"and {total - _SHOWN:,} more")


def _places(found: Found) -> None:
    if not found.places:
        return
    with st.expander(f"{several(len(found.places), 'place')} that hold it"):
        st.dataframe(
            {
                "Kind": [_KINDS[each.kind] for each in found.places],
                "Place": [each.where for each in found.places],
                "Rows that go": [each.rows for each in found.places],
                "Rows masked": [each.mentions for each in found.places],
            },
            hide_index=True,
            column_config={"Rows that go": GROUPED, "Rows masked": GROUPED},
        )
