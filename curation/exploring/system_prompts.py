"""The warning that one system prompt stands in nearly all rows.

A student that saw one wording only clings to it: with any other it answers worse. Prompt variations,
spread over the rows when a dataset version is built, cure it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import orjson

from curation.exploring import sampling
from storage import views
from storage.project import Project

WARNED_ABOVE = 0.9
LEAST_ROWS = 20
EXCERPT_CHARACTERS = 300


@dataclass(frozen=True)
class SystemPrompts:
    """The system prompts of some rows. `share` (0-1) is of the rows that have the most frequent one.

    `most_frequent` is cut after 300 characters; `warning` is empty where there is nothing to warn of.
    `rows` were looked at, out of `of`.
    """

    rows: int
    of: int
    distinct: int
    most_frequent: str
    share: float
    warning: str


def counted(prompts: Mapping[str, int], rows: int, *, of: int | None = None) -> SystemPrompts:
    """Of system prompts with how many rows have each; rows beyond these have none."""
    if not prompts:
        return SystemPrompts(rows, of or rows, 0, "", 0.0, "")
    text, times = max(prompts.items(), key=lambda pair: (pair[1], pair[0]))
    share = times / rows
    warning = ""
    if share > WARNED_ABOVE and rows >= LEAST_ROWS:
        warning = (
            f"{share:.0%} of {rows:,} rows have the same system prompt. A student may cling to it and "
            "answer worse under any other: add prompt variations when a dataset version is built."
        )
    shown = text[:EXCERPT_CHARACTERS] + ("…" if len(text) > EXCERPT_CHARACTERS else "")
    return SystemPrompts(rows, of or rows, len(prompts), shown, share, warning)


def of_dataset(project: Project, task: str, version: str) -> SystemPrompts:
    """Of the training rows of a dataset version."""
    with views.connect(project, task, only=("dataset_rows",)) as connection:
        rows = views.answered(connection, _OF_DATASET, (version,))
    return counted(
        {row["system"]: row["times"] for row in rows if row["system"]}, sum(row["times"] for row in rows)
    )


def of_conversations(project: Project, task: str, column: str) -> SystemPrompts:
    """Of an input column that holds conversations as JSON lists of `{"role", "content"}`; sampled."""
    sample = sampling.read(project, "records", "records", task, ["inputs"])
    found = (_system_of(text, column) for text in sample.table.column("inputs").to_pylist())
    return counted(_tallied(found), sample.table.num_rows, of=sample.of)


def _tallied(prompts: Iterable[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for prompt in prompts:
        if prompt:
            counts[prompt] = counts.get(prompt, 0) + 1
    return counts


def _system_of(inputs: str, column: str) -> str:
    """What the system says first in the conversation, or nothing."""
    text = orjson.loads(inputs).get(column, "")
    if not text.lstrip().startswith("["):
        return ""
    try:
        turns = orjson.loads(text)
    except orjson.JSONDecodeError:
        return ""
    said = (turn for turn in turns if isinstance(turn, dict) and turn.get("role") == "system")
    return str(next(said, {}).get("content") or "")


_OF_DATASET = """
SELECT coalesce(system, '') AS system, count(*) AS times FROM dataset_rows
WHERE artifact = ? AND split = 'train' GROUP BY ALL
"""
