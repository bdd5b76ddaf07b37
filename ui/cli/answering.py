"""How a command answers: tables and sentences for people, one JSON object for programs.

Results go to stdout, progress and errors to stderr. With `--json` stdout holds exactly one object,
for an error `{"error": …, "next_step": …}`.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from storage.project import Project
    from ui.sign_in import Person

ProjectOption = Annotated[
    Path | None,
    typer.Option(
        "--project", "-p", metavar="DIR", help="The project; else $UNDERSTUDY_PROJECT, else this folder."
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]


def opened(given: Path | None) -> Project:
    """The project a command works on. Raises NotFound."""
    from storage.project import find_project

    return find_project(given)


def who(name: str = "command line") -> Person:
    """Who acts when a command does: by that name, and with leave to do everything."""
    from ui.actions.registry import command_line

    return command_line(name)


def answer(as_json: bool, result: Mapping[str, Any], text: Callable[[], str] | str) -> None:
    """Print a command's result: `result` as one JSON object, or the `text` for people."""
    if as_json:
        say(json.dumps(dict(result), default=_plain, ensure_ascii=False, allow_nan=False))
        return
    written = text if isinstance(text, str) else text()
    if written:
        say(written)


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Text in aligned columns; empty cells show as `-`."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [max(len(line[place]) for line in [list(columns), *cells]) for place in range(len(columns))]
    lines = [[column.upper() for column in columns], *cells]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def say(text: str) -> None:
    """Print to stdout, at once."""
    print(text, flush=True)  # noqa: T201


def tell(text: str) -> None:
    """Print progress to stderr, at once."""
    print(text, file=sys.stderr, flush=True)  # noqa: T201


def json_wanted(arguments: Sequence[str]) -> bool:
    """Whether this command line asks for JSON."""
    return "--json" in arguments


def show_error(what: str, next_step: str, as_json: bool) -> None:
    """Print an error to stderr, and with `as_json` the object to stdout."""
    tell(what)
    if next_step:
        tell(next_step)
    if as_json:
        say(json.dumps({"error": what, "next_step": next_step}, ensure_ascii=False))


def _cell(value: object) -> str:
    if value is None or value == "":
        return "-"
    if isinstance(value, datetime):
        return f"{value.astimezone():%Y-%m-%d %H:%M:%S}"
    # a line break or an escape sequence in somebody's text must not redraw the terminal
    return "".join(character if character.isprintable() else "·" for character in str(value))


def _plain(value: object) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.asdict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    return str(value)
