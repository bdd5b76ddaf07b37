"""`understudy people`: who may sign in. Argilla's accounts are the accounts.

Passwords and keys are printed once, to stdout, and are kept nowhere.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, table, who


class Role(StrEnum):
    """What an account may do."""

    annotator = "annotator"
    admin = "admin"
    owner = "owner"


NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The name to sign in with.")]
WorkspacesOption = Annotated[
    list[str] | None, typer.Option("--workspace", help="A workspace; repeat for more. Else this project's.")
]
people = typer.Typer(
    help="Who may sign in: invite them, give them roles and passwords, shut them out.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add `understudy people`."""
    app.add_typer(people, name="people")


@people.command("list")
def list_people(project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Show everybody who may sign in, or could, and as what."""
    from dataclasses import asdict

    from ui.actions import people as act

    found = act.listing(opened(project), who())
    answer(
        as_json,
        {"people": [{**asdict(each), "id": each.user_id} for each in found]},
        lambda: table(
            ("name", "role", "state", "workspaces", "last seen", "API key"),
            [
                (
                    each.username, each.role, "active" if each.active else "deactivated",
                    ", ".join(each.workspaces), each.seen_at, f"····{each.key_hint}",
                )
                for each in found
            ],
        ),
    )  # fmt: skip


@people.command("add", hidden=True)  # what it was called first
@people.command()
def invite(
    name: NameArgument,
    role: Annotated[
        Role, typer.Option(help="annotator reviews and votes, admin does all else, owner makes owners.")
    ] = Role.annotator,
    workspaces: WorkspacesOption = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an account and print its first password, this once."""
    from ui.actions import people as act

    password = act.invite(opened(project), who(), name, role.value, workspaces or [])
    _answer_secret(as_json, name, "password", password, f"{name} may sign in now, as {role.value}.")


@people.command("set-role")
def set_role(
    name: NameArgument,
    role: Annotated[Role, typer.Argument(help="The role to give.")],
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give somebody another role."""
    from ui.actions import people as act

    act.set_role(opened(project), who(), name, role.value)
    answer(as_json, {"username": name, "role": role.value}, f"{name} is {role.value} now.")


@people.command("set-workspaces")
def set_workspaces(
    name: NameArgument,
    workspaces: WorkspacesOption = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let somebody see exactly these workspaces."""
    from ui.actions import people as act

    home = opened(project)
    chosen = workspaces or [home.name]
    act.set_workspaces(home, who(), name, chosen)
    answer(as_json, {"username": name, "workspaces": chosen}, f"{name} sees {', '.join(chosen)}.")


@people.command("reset-password")
def reset_password(name: NameArgument, project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Give an account a new password and print it, this once."""
    from ui.actions import people as act

    password = act.reset_password(opened(project), who(), name)
    said = f"The old password of {name} no longer works."
    _answer_secret(as_json, name, "password", password, said)


@people.command("new-key")
def new_key(name: NameArgument, project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Give an account a new API key and print it, this once."""
    from ui.actions import people as act

    key = act.replace_key(opened(project), who(), name)
    _answer_secret(as_json, name, "api_key", key, f"The old API key of {name} no longer works.")


@people.command()
def deactivate(name: NameArgument, project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Shut somebody out at once; their answers stay."""
    from ui.actions import people as act

    act.deactivate(opened(project), who(), name)
    answer(as_json, {"username": name, "active": False}, f"{name} can come in no more.")


@people.command()
def reactivate(name: NameArgument, project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Let somebody in again, as what they were, and print their new password, this once."""
    from ui.actions import people as act

    password = act.reactivate(opened(project), who(), name)
    _answer_secret(as_json, name, "password", password, f"{name} may sign in again.")


def _answer_secret(as_json: bool, username: str, kind: str, secret: str, sentence: str) -> None:
    label = "API key" if kind == "api_key" else "Password"
    answer(
        as_json, {"username": username, kind: secret}, f"{sentence}\n{label}: {secret}   (shown this once)"
    )
