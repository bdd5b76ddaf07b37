"""`understudy progress`: how reviewing goes, by queue, person and day."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, table

if TYPE_CHECKING:
    from curation.reviewing_progress import Line, Progress


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(progress)


def progress(
    task: Annotated[str, typer.Argument(metavar="TASK", help="The task's name.")],
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what was decided by whom on which day, and how fast. Pauses over five minutes do not count."""
    from curation import reviewing_progress
    from storage import argilla_client

    home = opened(project)
    found = reviewing_progress.progress(argilla_client.connect(home), home, task)
    answer(as_json, asdict(found), lambda: _text(found))


def _text(found: Progress) -> str:
    columns = (
        "queue",
        "person",
        "day",
        "decided",
        "approved",
        "corrected",
        "discarded",
        "per hour",
        "median s",
    )
    queues = table(
        ("queue", "records", "complete", "left"),
        [(one.queue, one.total, one.completed, one.pending) for one in found.queues],
    )
    return f"{queues}\n\n{table(columns, map(_row, found.lines))}"


def _row(line: Line) -> tuple[object, ...]:
    pace = line.pace
    return (
        line.queue, line.person, line.day, pace.decided, pace.approved, pace.corrected, pace.discarded,
        None if pace.per_hour is None else f"{pace.per_hour:.0f}",
        None if pace.median_s is None else f"{pace.median_s:.1f}",
    )  # fmt: skip
