"""What makes a function an action: a name, a role that is asked for first, and a line in the audit log."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

from storage import audit
from storage.errors import NotAllowed, UserError
from storage.project import Project
from ui.sign_in import Action, Person

Rest = ParamSpec("Rest")
Result = TypeVar("Result")
Acting = Callable[Concatenate[Project, Person, Rest], Result]


@dataclass(frozen=True)
class Registered:
    """An action: `needs` is what the role must permit, `run` asks for it."""

    name: str
    needs: Action
    run: Callable[..., Any]


ACTIONS: dict[str, Registered] = {}


def action(name: str, needs: Action) -> Callable[[Acting[Rest, Result]], Acting[Rest, Result]]:
    """Make `work(project, by, …)` the action `name`, which only runs for people who may do `needs`.

    It raises NotAllowed for all others, before anything is read, and the log keeps that they tried.
    What was done the function writes down itself, with `note`: it alone knows what came of it.
    """

    def registered(work: Acting[Rest, Result]) -> Acting[Rest, Result]:
        @functools.wraps(work)
        def asked(project: Project, by: Person, /, *args: Rest.args, **kwargs: Rest.kwargs) -> Result:
            try:
                by.require(needs)
            except NotAllowed:
                note(project, by, "action.refuse", name, role=by.role)
                raise
            return work(project, by, *args, **kwargs)

        if name in ACTIONS:
            raise ValueError(f"two actions are called {name!r}")
        ACTIONS[name] = Registered(name, needs, asked)
        return asked

    return registered


def note(project: Project, by: Person, name: str, subject: str = "", **facts: audit.Fact) -> None:
    """Write down that `by` did `name` to `subject`. No secret and no text under judgement may stand here."""
    audit.append(project, actor=by.username, action=name, subject=subject, facts=facts)


@contextmanager
def noting(
    project: Project, by: Person, name: str, subject: str, *, refused: str, **facts: audit.Fact
) -> Iterator[None]:
    """Write down that `by` sends something while the block sends it, so that nobody waits for the log.

    Where the block is refused, a second line, `refused`, says so with what would have to be done: what
    was wrong may quote the text that was sent, which nobody could take out of the log again.
    """
    try:
        with audit.while_appending(project, actor=by.username, action=name, subject=subject, facts=facts):
            yield
    except UserError as fault:
        note(project, by, refused, subject, why=fault.next_step or type(fault).__name__, **facts)
        raise


def command_line(name: str) -> Person:
    """Whoever types commands on this machine: they can read every file, so they may do everything."""
    return Person("", name, "owner", "")
