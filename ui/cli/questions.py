"""`understudy sql`: questions to the project's published files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, table, tell

if TYPE_CHECKING:
    from storage.questions import Answer


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(sql)


def sql(
    statement: Annotated[str, typer.Argument(help="One SELECT over the views.")] = "",
    project: ProjectOption = None,
    task: Annotated[str | None, typer.Option(help="Only this task's rows.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="Rows at most.")] = 1000,
    time_limit: Annotated[float, typer.Option(min=0.1, help="Seconds the query may take.")] = 30.0,
    as_json: JsonOption = False,
) -> None:
    """Ask the project's files one SELECT, read-only. Without a statement: the views and their columns."""
    from storage import questions

    home = opened(project)
    if not statement:
        views = questions.views(home)
        answer(as_json, {"views": views}, lambda: table(("view", "columns"), _listed(views)))
        return
    found = questions.ask(home, statement, task=task, limit=limit, time_limit_s=time_limit)
    answer(as_json, {"columns": found.columns, "rows": _rows(found), "truncated": found.truncated},
           lambda: table(found.columns, found.rows))  # fmt: skip
    if found.truncated and not as_json:
        tell(f"Only the first {limit} rows are shown; raise --limit for more.")


def _rows(found: Answer) -> list[dict[str, Any]]:
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def _listed(views: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, ", ".join(columns)) for name, columns in views.items()]
