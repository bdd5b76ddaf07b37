"""`understudy people`: who may sign in. Argilla's accounts are the accounts."""

from __future__ import annotations

import secrets
from enum import StrEnum
from typing import Annotated

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, table


class Role(StrEnum):
    """What an account may do."""

    annotator = "annotator"
    admin = "admin"
    owner = "owner"


people = typer.Typer(
    help="Who may sign in: list them, add one, give one a new password.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add `understudy people`."""
    app.add_typer(people, name="people")


@people.command("list")
def list_people(project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Show everybody who may sign in, and as what."""
    from storage.argilla_client import connect

    found = connect(opened(project)).users()
    answer(
        as_json,
        {"people": [{"username": each.username, "role": each.role, "id": each.id} for each in found]},
        lambda: table(("username", "role"), [(each.username, each.role) for each in found]),
    )


@people.command()
def add(
    username: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[
        Role, typer.Option(help="annotator: reviews and votes; the others: all.")
    ] = Role.annotator,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an account and print its password, this once."""
    from storage.argilla_client import connect

    home = opened(project)
    password = _password()
    connect(home).create_user(username, password, role.value, [home.name])
    _answer_password(as_json, username, password, f"{username} may sign in now, as {role.value}.")


@people.command("reset-password")
def reset_password(
    username: Annotated[str, typer.Argument(help="Whose password.")],
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give an account a new password and print it, this once."""
    from storage.argilla_client import connect

    client = connect(opened(project))
    password = _password()
    client.set_password(username, password)
    _answer_password(as_json, username, password, f"The old password of {username} no longer works.")


def _answer_password(as_json: bool, username: str, password: str, sentence: str) -> None:
    answer(
        as_json,
        {"username": username, "password": password},
        f"{sentence}\nPassword: {password}   (shown this once)",
    )


def _password() -> str:
    return secrets.token_urlsafe(15)
