"""`understudy import` and `understudy source …`: bringing rows in, once or again and again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, table, who
from ui.cli.curate import TaskArgument

if TYPE_CHECKING:
    from curation.imports import ColumnMapping, ImportResult
    from curation.sources import Source
    from storage.project import Project

source_commands = typer.Typer(help="Sources: where rows come from again and again.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The source's name.")]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command("import")(import_rows)
    app.add_typer(source_commands, name="source")


def import_rows(
    task: TaskArgument,
    location: Annotated[
        str, typer.Argument(metavar="FILE", help="A file, a folder, or an address like https://host/a.csv.")
    ],
    inputs: Annotated[
        list[str] | None, typer.Option("--input", help="FILE_COLUMN=INPUT_COLUMN; guessed when left out.")
    ] = None,
    gold: Annotated[str, typer.Option(help="The file column with right answers (held-out rows only).")] = "",
    extras: Annotated[
        list[str] | None, typer.Option("--extra", help="A file column to keep as it is.")
    ] = None,
    member: Annotated[
        str | None, typer.Option(help="A file of an archive, a sheet, or a split or file of a folder.")
    ] = None,
    as_table: Annotated[
        bool, typer.Option("--as-table", help="Leave conversations as the columns they are.")
    ] = False,
    licence: Annotated[str, typer.Option(help="As the Hub names it (cc-by-4.0), own, or in words.")] = "",
    origin: Annotated[str, typer.Option(help="Where they are from: an address, a system, a contract.")] = "",
    consent: Annotated[str, typer.Option(help="On what ground the people in them agreed.")] = "",
    remember: Annotated[str, typer.Option(metavar="NAME", help="Keep it as a source of this name.")] = "",
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Import rows as records; what cannot be used is kept as a reject with its reason."""
    from dataclasses import asdict

    from curation import sources
    from curation.imports import Terms
    from ui.actions import imports as act

    home, where = opened(project), sources.located(location)
    path = act.bring(home, who(), task, where) if where.kind == "address" else Path(where.where)
    try:
        mapping = _mapping(home, task, path, member, as_table, inputs, gold, extras)
        said = origin or (where.shown if where.kind == "address" else "")
        terms = Terms(licence=licence, origin=said, consent=consent)
        if remember:
            saved = act.save_source(
                home, who(), task, remember, where, path, mapping, terms=terms, member=member,
                as_table=as_table,
            )  # fmt: skip
            result = act.refresh_now(home, who(), saved.source_id, brought=path)
        else:
            result = act.run_import(
                home, who(), task, path, mapping, source=path.name, terms=terms, member=member,
                as_table=as_table,
            )  # fmt: skip
    finally:
        if where.kind == "address":
            act.discard(home, who(), where)
    answer(as_json, asdict(result), _told(result))


def _mapping(
    home: Project,
    task: str,
    path: Path,
    member: str | None,
    as_table: bool,
    inputs: list[str] | None,
    gold: str,
    extras: list[str] | None,
) -> ColumnMapping:
    """What was used last for columns of these names, or a guess, with what was said instead."""
    from curation import imports, sources, tasks
    from storage.errors import InvalidInput

    shown = imports.preview(path, member=member, as_table=as_table, limits=imports.limits_of(home))
    proposed = sources.proposed(home, tasks.get(home, task), shown.columns)
    pairs = [pair.rpartition("=") for pair in inputs or []]
    if any(not column or not name for column, _, name in pairs):
        raise InvalidInput(
            f"--input {inputs} is not FILE_COLUMN=INPUT_COLUMN.", next_step="Say --input title=title."
        )
    changes = {
        **({"inputs": {column: name for column, _, name in pairs}} if pairs else {}),
        **({"gold": gold} if gold else {}),
        **({"extras": tuple(extras)} if extras else {}),
    }
    chosen = proposed.model_copy(update=changes)
    taken = {*chosen.inputs, chosen.gold}
    return chosen.model_copy(update={"extras": tuple(name for name in chosen.extras if name not in taken)})


@source_commands.command("list")
def list_sources(
    task: Annotated[str | None, typer.Argument(metavar="TASK", help="Only this task's.")] = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the sources, and what each brought when it was last refreshed."""
    from curation import sources

    found = sources.listing(opened(project), task)
    columns = ("task", "source", "where", "part", "refreshed", "brought")
    answer(
        as_json,
        {"sources": [_shown(each) for each in found]},
        lambda: table(
            columns,
            [
                (each.task, each.name, each.location.shown, each.member, each.refreshed_at, _brought(each))
                for each in found
            ],
        ),
    )


@source_commands.command("refresh")
def refresh(
    task: TaskArgument, name: NameArgument, project: ProjectOption = None, as_json: JsonOption = False
) -> None:
    """Import what is new at a source."""
    from dataclasses import asdict

    from curation import sources
    from ui.actions import imports as act

    home = opened(project)
    result = act.refresh_now(home, who(), sources.find(home, task, name).source_id)
    answer(as_json, asdict(result), _told(result))


@source_commands.command("rename")
def rename(
    task: TaskArgument,
    name: NameArgument,
    to: Annotated[str, typer.Argument(metavar="TO", help="What to call it.")],
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a source another name."""
    from curation import sources
    from ui.actions import imports as act

    home = opened(project)
    stands = sources.find(home, task, name)
    renamed = act.rename_source(home, who(), stands.source_id, to, based_on=stands.revision)
    answer(as_json, _shown(renamed), f"{name} is called {renamed.name} now.")


@source_commands.command("forget")
def forget(
    task: TaskArgument, name: NameArgument, project: ProjectOption = None, as_json: JsonOption = False
) -> None:
    """Forget a source and the upload kept with it; its records stay."""
    from curation import sources
    from ui.actions import imports as act

    home = opened(project)
    stood = act.forget_source(home, who(), sources.find(home, task, name).source_id)
    answer(as_json, _shown(stood), f"Forgot {stood.name}. Its records stay.")


def _shown(source: Source) -> dict[str, object]:
    """A source as a program reads it, without any token of its address."""
    from dataclasses import asdict

    told = {**asdict(source), "mapping": source.mapping.model_dump(mode="json")}
    return {**told, "location": {"kind": source.location.kind, "where": source.location.shown}}


def _brought(source: Source) -> str:
    if source.outcome is None:
        return ""
    return source.outcome.fault or f"{source.outcome.new:,} new, {source.outcome.known:,} known"


def _told(result: ImportResult) -> str:
    return (
        f"Read {result.read:,} rows: {result.new:,} new records ({result.held_out:,} held out), "
        f"{result.known:,} known, {result.rejected:,} rejected."
    )
