"""The fields of a dataset definition, by what a person wants to decide; what they hold as a definition."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from curation import prompts
from curation.datasets.definition import LABEL, Definition, storing
from curation.exploring.slicing import extra_columns
from curation.tasks import Task
from storage.errors import InvalidInput
from ui.components.words import plain
from ui.resources import project
from ui.views import dataset_wording_form

NOTHING = "Not"


def asked(task: Task, saved: Definition, form: str) -> Definition:
    """The definition as the fields say it now. Raises InvalidInput, naming what cannot be read.

    What is typed is read once every field is drawn: one that is not drawn loses what stands in it.
    """
    columns = [*task.input_columns, *extra_columns(project(), task.name), "source"]
    rows, splits, mix, prompt, replay = st.tabs(["Rows", "Splits", "Mix", "Student prompt", "Replay"])
    values: dict[str, Any] = {"name": saved.name}
    with rows:
        values |= _rows(task, saved, form)
    with splits:
        values["splits"] = _splits(task, saved, columns, form)
    with mix:
        values |= _mix(task, saved, columns, form)
    with prompt:
        values |= dataset_wording_form.asked(task, saved, form)
    with replay:
        values["replay"] = _replay(saved, form)
    values["where"] = {
        column: tuple(value.strip() for value in held.split("|")) for column, held in pairs(values["where"])
    }
    values["caps"] = {column: _whole(most) for column, most in pairs(values["caps"])}
    return Definition(**values)


def _rows(task: Task, saved: Definition, form: str) -> dict[str, Any]:
    left, right = st.columns(2)
    found: dict[str, Any] = {}
    with left:
        names = storing.import_names(project(), task.name)
        found["imports"] = _several("Imports", names, saved.imports, f"{form}.imports", "all of them")
        versions = [prompt.number for prompt in prompts.listing(project(), task.name)]
        found["prompts"] = _several(
            "Reviewed under prompt", versions, saved.prompts, f"{form}.prompts", "any version"
        )
        found["reviewed_by"] = _several(
            "Reviewed by", [], saved.reviewed_by, f"{form}.people", "anybody; type a name", typed=True
        )
    with right:
        found["decisions"] = _several(
            "Decisions", ["approved", "corrected"], saved.decisions, f"{form}.decisions", "both"
        )
        tags = [tag.code for tag in task.error_tags]
        if tags:
            found["tags"] = _several(
                "With one of the error tags", tags, saved.tags, f"{form}.tags", "with or without"
            )
            without = _several("Without the error tags", tags, saved.without_tags, f"{form}.without", "none")
            found["without_tags"] = without or ()
        lines = [f"{column}: {' | '.join(held)}" for column, held in saved.where.items()]
        found["where"] = st.text_area(
            "Only rows where, one a line", "\n".join(lines),
            key=f"{form}.where", height=80, placeholder="language: de | fr",
            help="A column of the file or an input, and the values to keep. It chooses test rows as well.",
        )  # fmt: skip
    return found


def _splits(task: Task, saved: Definition, columns: Sequence[str], form: str) -> dict[str, Any]:
    held = saved.splits
    left, right = st.columns(2)
    share = left.number_input(
        "Rows that validate, %", 0.0, 99.0, 100 * held.validation_share, 1.0, key=f"{form}.share",
        help="Of the reviewed rows. Held-out records with a reference are always the test split.",
    )  # fmt: skip
    seed = left.number_input(
        "Seed", 0, 2**31, held.seed, key=f"{form}.seed", help="Another seed is another choice of rows."
    )
    group = _one("Never part rows with one", columns, held.group_column, f"{form}.group", right)
    strata = [*([LABEL] if task.labels else []), *columns]
    by = _one("The same share of each", strata, held.stratify_by, f"{form}.strata", right)
    return {
        "validation_share": round(share / 100, 6), "seed": int(seed),
        "group_column": group, "stratify_by": by,
    }  # fmt: skip


def _mix(task: Task, saved: Definition, columns: Sequence[str], form: str) -> dict[str, Any]:
    st.caption("Only train rows are left out for the mix: validation and test keep the one records come in.")
    left, right = st.columns(2)
    balance = None
    if task.labels:
        balance = left.number_input(
            "Most rows of a class, times the rarest", 1.0, None, saved.balance, 0.5, key=f"{form}.balance",
            placeholder="no limit",
        )  # fmt: skip
    caps = right.text_area(
        "Most train rows of one value, one column a line",
        "\n".join(f"{column}: {most}" for column, most in saved.caps.items()), key=f"{form}.caps", height=80,
        placeholder="seller: 200", help=plain(f"Columns: {', '.join(columns)}."),
    )  # fmt: skip
    return {"balance": balance, "caps": caps}


def _replay(saved: Definition, form: str) -> dict[str, Any] | None:
    st.caption("General-purpose rows among the train rows keep a student from forgetting what it knew.")
    held = saved.replay
    standing = NOTHING if held is None else "Of a file" if held.file else "Of another version"
    kinds = [NOTHING, "Of a file", "Of another version"]
    kind = st.segmented_control("Replayed", kinds, default=standing, key=f"{form}.replay", required=True)
    if kind == NOTHING or kind is None:
        return None
    share = st.number_input(
        "Share of the train rows, %",
        0.1,
        90.0,
        100 * held.share if held else 10.0,
        1.0,
        key=f"{form}.replayed",
    )
    found: dict[str, Any] = {"share": round(share / 100, 6)}
    if kind == "Of a file":
        given = (held.file if held else None) or ""
        file = st.text_input("File on this machine", given, key=f"{form}.file", placeholder="general.jsonl")
        same = held is not None and file == held.file
        return {**found, "file": file.strip(), "sha256": held.sha256 if same and held else None}
    given = (held.version if held else None) or ""
    return {
        **found,
        "version": st.text_input("Version", given, key=f"{form}.version", placeholder="other-task/v0001"),
    }


def _several(
    label: str,
    options: Sequence[Any],
    held: Sequence[Any] | None,
    key: str,
    nothing: str,
    *,
    typed: bool = False,
) -> tuple[Any, ...] | None:
    """What is chosen of several, None for no restriction."""
    offered = list(dict.fromkeys([*options, *(held or ())]))
    chosen = st.multiselect(
        label, offered, default=list(held or ()), key=key, placeholder=nothing, accept_new_options=typed
    )
    return tuple(chosen) or None


def _one(label: str, columns: Sequence[str], held: str | None, key: str, place: Any) -> str | None:
    offered = list(dict.fromkeys([*columns, *([held] if held else [])]))
    chosen: str | None = place.selectbox(
        label, offered, offered.index(held) if held else None, key=key, placeholder="nothing"
    )
    return chosen


def pairs(text: str) -> list[tuple[str, str]]:
    """Lines of `name: value`. Raises InvalidInput for a line without a colon, or a name given twice."""
    found: dict[str, str] = {}
    for line in filter(None, map(str.strip, text.splitlines())):
        name, colon, value = (part.strip(" ") for part in line.partition(": "))
        if not colon or not name or name in found:
            raise InvalidInput(
                f"The line {line!r} cannot be read.",
                next_step="Write a column, a colon and a space, and its value.",
            )
        found[name] = value
    return list(found.items())


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError as fault:
        raise InvalidInput(f"{text!r} is no number of rows.", next_step="Write it in digits.") from fault
