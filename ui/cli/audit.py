"""`understudy audit`: who did and saw what, and whether the log still stands as it was written."""

from __future__ import annotations

from typing import Annotated

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, table, who

audit = typer.Typer(help="The audit log: read it, check it.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `understudy audit`."""
    app.add_typer(audit, name="audit")


@audit.command("list")
def list_lines(
    actor: Annotated[str, typer.Option("--who", help="Only what this person did.")] = "",
    what: Annotated[str, typer.Option("--what", help="An action, or its first part: dataset.")] = "",
    subject: Annotated[str, typer.Option("--subject", help="Words of what it was done to.")] = "",
    days: Annotated[int, typer.Option(min=0, help="Only the last days; 0 for all.")] = 0,
    limit: Annotated[int, typer.Option("--limit", "-n", min=1, help="How many lines, newest first.")] = 50,
    before: Annotated[int | None, typer.Option(help="Go on below this line.")] = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the newest lines that fit."""
    from dataclasses import asdict
    from datetime import timedelta

    from storage.audit import Filters
    from storage.identifiers import now
    from ui.actions import audits as act

    since = now() - timedelta(days=days) if days else None
    filters = Filters(actor=actor, kind=what, words=subject, since=since)
    found = act.read(opened(project), who(), filters, before=before, limit=limit)
    answer(
        as_json,
        {"lines": [asdict(line) for line in found]},
        lambda: table(
            ("line", "at", "who", "what", "of what", "facts"),
            [(each.seq, each.at, each.actor, each.action, each.subject, _said(each.facts)) for each in found],
        ),
    )


@audit.command()
def verify(project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Read the whole log and say which lines do not stand as they were written; exit 2 if any."""
    from dataclasses import asdict

    from ui.actions import audits as act

    verdict = act.check(opened(project), who())
    answer(
        as_json,
        {"intact": verdict.intact, **asdict(verdict)},
        "\n".join(finding.what for finding in verdict.findings)
        or f"All {verdict.lines:,} lines stand as they were written; the anchor has seen "
        f"{verdict.anchored or 0:,}. The last one's hash: {verdict.last_hash}",
    )
    if not verdict.intact:
        raise typer.Exit(2)


def _said(facts: object) -> str:
    given = facts if isinstance(facts, dict) else {}
    return ", ".join(f"{name} {value}" for name, value in given.items() if value not in (None, "", []))
