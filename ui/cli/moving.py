"""`understudy argilla`: move queues and accounts between Argillas."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, table, tell, who

if TYPE_CHECKING:
    from storage.moving import Imported, Manifest

argilla = typer.Typer(help="Argilla: move its queues and accounts to another one.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add `understudy argilla`."""
    app.add_typer(argilla, name="argilla")


@argilla.command("export")
def export_workspace(
    folder: Annotated[Path, typer.Argument(help="A folder to make.")],
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the project's queues, their answers and the accounts into a folder."""
    from ui.actions import moving

    made = moving.export(opened(project), who(), folder, tell=tell)
    answer(
        as_json, {"folder": folder.resolve(), **made.model_dump(mode="json")}, lambda: _exported(folder, made)
    )


@argilla.command("import")
def import_workspace(
    folder: Annotated[Path, typer.Argument(help="What `understudy argilla export` made.")],
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put an export into the project's Argilla; what is there already is not added again."""
    from storage.moving import handed_over
    from ui.actions import moving

    home = opened(project)
    made = moving.import_folder(home, who(), folder, tell=tell)
    answer(as_json, _facts(made), lambda: _imported(made))
    handed_over(home)


def _exported(folder: Path, made: Manifest) -> str:
    rows = [(queue.name, queue.records, queue.responses, queue.content_sha256[:12]) for queue in made.queues]
    return (
        f"{table(('queue', 'records', 'answers', 'sha-256'), rows)}\n"
        f"{len(made.queues)} queues and {made.accounts} accounts of {made.source} are in {folder}.\n"
        "It holds people's names and answers: keep it as you keep those."
    )


def _imported(made: Imported) -> str:
    rows = [
        (queue.name, queue.records, queue.new_records, queue.responses, queue.new_responses, queue.gone_on,
         "yes" if queue.linked else "no", queue.content_sha256[:12])
        for queue in made.queues
    ]  # fmt: skip
    columns = ("queue", "records", "added", "answers", "added", "since", "this project's", "sha-256")
    lines = [
        table(columns, rows),
        f"{made.target}, workspace {made.workspace}: read again, it holds what the export says.",
    ]
    others = [each for each in made.accounts.known if each.role != each.role_there]
    lines += [f"{each.username} stays {each.role_there} there (was {each.role})." for each in others]
    if made.accounts.new:
        lines += ["", "New accounts, with first passwords that are shown this once:"]
        lines.append(
            table(
                ("username", "role", "password"),
                [(a.username, a.role, a.password) for a in made.accounts.new],
            )
        )
    return "\n".join(lines)


def _facts(made: Imported) -> dict[str, Any]:
    return {
        "target": made.target,
        "workspace": made.workspace,
        "accounts": {"new": made.accounts.new, "known": made.accounts.known},
        "queues": made.queues,
    }
