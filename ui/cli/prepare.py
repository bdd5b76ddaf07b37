"""`understudy prepare …`: what a task's texts go through before they are records."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, table, who

if TYPE_CHECKING:
    from curation.cleaning import Recipe
    from curation.preparing import Preparation
    from curation.redaction import Policy

prepare_commands = typer.Typer(help="Cleaning and redaction of a task's texts.", no_args_is_help=True)

TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="The task's name.")]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.add_typer(prepare_commands, name="prepare")


@prepare_commands.command("show")
def show(task: TaskArgument, project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Show the recipe and the policy that stand."""
    from curation import preparing, tasks

    home = opened(project)
    tasks.get(home, task)
    _show(as_json, task, preparing.of(home, task))


@prepare_commands.command("set")
def change(
    task: TaskArgument,
    recipe: Annotated[str, typer.Option(help="default, web, or a JSON file with the steps.")] = "",
    policy: Annotated[
        Path | None, typer.Option(help="A JSON file with the policy; it replaces the one that stands.")
    ] = None,
    actions: Annotated[
        list[str] | None, typer.Option("--action", help="KIND=mask, pseudonym, drop_row or keep; repeat.")
    ] = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change the recipe or the policy, for imports from now on; records that stand stay as they are."""
    from curation import preparing
    from storage.errors import InvalidInput
    from ui.actions import preparing as act

    if not recipe and policy is None and not actions:
        raise InvalidInput(
            "Nothing was said that could be set.", next_step="Give --recipe, --policy or --action."
        )
    home = opened(project)
    stands = preparing.of(home, task)
    made = act.save(
        home, who(), task, _recipe(recipe) if recipe else stands.recipe,
        _policy(stands.policy, policy, actions or []), based_on=stands.revision,
    )  # fmt: skip
    _show(as_json, task, made)


@prepare_commands.command("standings")
def show_standings(task: TaskArgument, project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Show how far each of the eighteen Safe Harbor identifiers is found by this set-up."""
    from dataclasses import asdict

    from curation import preparing, redaction, tasks

    home = opened(project)
    tasks.get(home, task)
    found = redaction.standings(preparing.of(home, task).policy)
    answer(
        as_json,
        {"task": task, "standings": [asdict(one) for one in found]},
        lambda: table(
            ("", "identifier", "here", "why"), [(one.letter, one.name, one.extent, one.why) for one in found]
        ),
    )


@prepare_commands.command("try")
def attempt(
    task: TaskArgument,
    text: Annotated[
        str, typer.Argument(help="The text; read from standard input where it is left out.")
    ] = "",
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Clean and redact one text as an import would. Nothing of it is kept."""
    from dataclasses import asdict

    from curation import preparing, tasks
    from ui.actions import preparing as act

    home = opened(project)
    tasks.get(home, task)
    stands = preparing.of(home, task)
    given = text or sys.stdin.read()
    tried = act.attempt(home, who(), task, stands.recipe, stands.policy, given)
    spans = tried.redacted.spans
    lines = [
        (one.type, f"{one.score:.2f}", tried.cleaned[one.start : one.end], one.replacement or "kept",
         "doubtful" if one.uncertain else "", one.recogniser)
        for one in spans
    ]  # fmt: skip

    def written() -> str:
        found = table(("kind", "score", "value", "becomes", "", "recogniser"), lines) if spans else ""
        rejected = f"A filter rejects it: {tried.reason}" if tried.reason else ""
        dropped = f"Its row is left out for: {', '.join(tried.redacted.dropped_for)}."
        said = (found, rejected, dropped if tried.redacted.dropped_for else "")
        return "\n".join((tried.redacted.text, *filter(None, said)))

    answer(
        as_json,
        {
            "task": task, "cleaned": tried.cleaned, "text": tried.redacted.text, "reason": tried.reason,
            "dropped_for": list(tried.redacted.dropped_for), "spans": [asdict(one) for one in spans],
        },
        written,
    )  # fmt: skip


def _recipe(given: str) -> Recipe:
    from curation import cleaning

    named = {"default": cleaning.DEFAULT, "web": cleaning.WEB}
    return named[given] if given in named else cleaning.parsed(_read(Path(given)))


def _policy(stands: Policy, path: Path | None, actions: list[str]) -> Policy:
    from curation.redaction import written
    from storage.errors import InvalidInput

    policy = stands if path is None else written.parsed(_read(path))
    pairs = [pair.partition("=") for pair in actions]
    if any(not kind or not action for kind, _, action in pairs):
        raise InvalidInput(
            f"--action {actions} is not KIND=ACTION.", next_step="Say --action email=pseudonym."
        )
    chosen: Mapping[str, Any] = policy.model_dump(mode="json")
    named = {kind: action for kind, _, action in pairs}
    own = [{**each, "action": named.pop(each["name"], each["action"])} for each in chosen["custom"]]
    return written.parsed({**chosen, "actions": {**chosen["actions"], **named}, "custom": own})


def _read(path: Path) -> bytes:
    from storage.errors import InvalidInput

    try:
        return path.read_bytes()
    except OSError as fault:
        raise InvalidInput(
            f"{path} cannot be read: {fault.strerror}.", next_step="Check the path."
        ) from fault


def _show(as_json: bool, task: str, preparation: Preparation) -> None:
    from curation.redaction import IDENTIFIERS

    recipe, policy = preparation.recipe, preparation.policy
    own = [(each.name, each.action, each.pattern) for each in policy.custom]

    def written() -> str:
        steps = [
            (number, each.step, " ".join(f"{name}={value}" for name, value in each if name != "step"))
            for number, each in enumerate(recipe.steps, start=1)
        ]
        kinds = [(code, policy.actions.get(code, "mask"), kind.says) for code, kind in IDENTIFIERS.items()]
        return "\n\n".join(
            (
                f"Revision {preparation.revision}" if preparation.revision else "The default",
                table(("", "step", "options"), steps),
                table(("identifier", "action", ""), [*kinds, *own]),
            )
        )

    answer(
        as_json,
        {
            "task": task, "revision": preparation.revision, "recipe": recipe.model_dump(mode="json"),
            "policy": policy.model_dump(mode="json"),
        },
        written,
    )  # fmt: skip
