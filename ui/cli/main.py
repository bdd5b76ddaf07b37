"""The `understudy` command. Exit status: 0 done, 2 the person can fix it, 1 a bug, 130 interrupted.

Each module of `MODULES` has `register(app)`, which adds its commands, and imports what is heavy
inside them, so that `understudy --help` answers at once.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

import typer

from ui.cli.answering import json_wanted, say, show_error

MODULES = (
    "services", "doctor", "questions", "people", "audit", "moving", "keeping", "curate", "importing",
    "prepare", "sharing", "handing", "versions", "progress", "explore", "train", "demo", "erase",
)  # fmt: skip
_INTERRUPTED = 130

app = typer.Typer(
    name="understudy",
    help="Turn an expensive teacher LLM's labels into a small model your team owns.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def register_commands() -> None:
    """Add the commands of every module that this installation has."""
    for name in MODULES:
        if importlib.util.find_spec(f"ui.cli.{name}") is not None:
            importlib.import_module(f"ui.cli.{name}").register(app)


def _print_version(wanted: bool) -> None:
    if wanted:
        from storage.artifacts import code_version

        say(f"understudy {code_version()}")
        raise typer.Exit


@app.callback()
def understudy(
    version: bool = typer.Option(
        False, "--version", help="Print the version and stop.", callback=_print_version, is_eager=True
    ),
) -> None:
    """Turn an expensive teacher LLM's labels into a small model your team owns."""


def main() -> None:
    """Run one command and exit; the console script."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run one command. Returns the exit status."""
    from storage.errors import UserError

    try:
        if not app.registered_commands:
            register_commands()
        app(args=arguments, prog_name="understudy", standalone_mode=True)
    except SystemExit as leaving:
        return leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except UserError as fault:
        show_error(fault.what, fault.next_step, json_wanted(arguments))
        return 2
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader went away: `| head`
        return 0
    except Exception as bug:
        what = f"This is a bug in Understudy: {type(bug).__name__}: {bug}"
        show_error(what, _logged(arguments), json_wanted(arguments))
        return 1
    return 0


def _logged(arguments: list[str]) -> str:
    """Append the traceback to this person's log; the next step names it, or is the traceback itself."""
    trace = traceback.format_exc()
    state = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    path = state / "understudy" / "bugs.log"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with path.open("a", encoding="utf-8") as stream:
            stream.write(f"{datetime.now(UTC).isoformat()} understudy {' '.join(arguments)}\n{trace}\n")
    except OSError:
        return trace
    return f"The traceback is in {path}; please report it."


if __name__ == "__main__":
    main()
