"""What one does with dataset versions once they stand: diff, leakage, name, lineage, more-labels.

Wherever a version is asked for, a name that stands for one will do.
"""

from __future__ import annotations

from typing import Annotated

import typer

from ui.cli import version_tables
from ui.cli.answering import JsonOption, ProjectOption, answer, opened, who
from ui.cli.curate import TaskArgument, dataset_commands
from ui.cli.following import follow

VersionArgument = Annotated[
    str, typer.Argument(metavar="VERSION", help="A dataset version, such as v0001, or a name of one.")
]


def register(app: typer.Typer) -> None:
    """The commands join `understudy dataset`, which another module adds; `app` needs nothing more."""
    dataset_commands.command("diff")(diff)
    dataset_commands.command("leakage")(leakage)
    dataset_commands.command("name")(name)
    dataset_commands.command("lineage")(lineage)
    dataset_commands.command("more-labels")(more_labels)


def diff(
    task: TaskArgument,
    before: VersionArgument,
    after: VersionArgument,
    show: Annotated[
        str, typer.Option(help="Show rows too: added, removed, changed, moved or asked (asked otherwise).")
    ] = "",
    limit: Annotated[int, typer.Option(help="How many rows to show.", min=1, max=10_000)] = 20,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what differs between two versions: rows, outputs, splits, labels, and how they were made."""
    from dataclasses import asdict

    from curation.datasets import names
    from curation.datasets.differences import diff_rows, diffing

    home = opened(project)
    old, new = (names.resolve(home, task, version) for version in (before, after))
    found = diffing.compare(home, task, old, new)
    rows = diff_rows.changes(home, task, old, new, show, limit=limit) if show else []  # type: ignore[arg-type]
    result = {**asdict(found), "changes": [asdict(row) for row in rows]}
    answer(
        as_json,
        result,
        lambda: "\n\n".join(
            [version_tables.difference(found), *([version_tables.changed_rows(rows)] if rows else [])]
        ),
    )


def leakage(
    task: TaskArgument, version: VersionArgument, project: ProjectOption = None, as_json: JsonOption = False
) -> None:
    """Look for rows that say in one split what a row of another says. Exits with 2 where any does."""
    from curation.datasets.leakage import report
    from ui.actions import versions as act

    home = opened(project)
    job = follow(home, act.look_for_leaks(home, who(), task, version), quiet=as_json)
    found = report.newest(home, task, str(job.args["version"]))
    assert found is not None  # the job has just ended well
    answer(as_json, report.as_json(found), lambda: version_tables.leaks(found))
    if found.found:
        raise typer.Exit(2)


def name(
    task: TaskArgument,
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="production, candidate, or your own.")] = "",
    version: Annotated[str, typer.Argument(metavar="[VERSION]", help="What it is to stand for.")] = "",
    why: Annotated[str, typer.Option(help="The reason, kept with the move.")] = "",
    remove: Annotated[bool, typer.Option("--remove", help="Take the name away.")] = False,
    based_on: Annotated[
        int, typer.Option(help="Refuse the move where the name is not at this revision any more.", min=-1)
    ] = -1,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let a name stand for a version; without VERSION show the moves of NAME, without NAME all names."""
    from dataclasses import asdict

    from curation.datasets import names
    from ui.actions import versions as act

    home = opened(project)
    base = None if based_on < 0 else based_on
    if remove:
        gone = act.take_name_away(home, who(), task, name, based_on=base, why=why)
        answer(as_json, asdict(gone), f"{name} stands for no version any more.")
    elif version:
        target = names.resolve(home, task, version)
        moved = act.name_version(home, who(), task, name, target, based_on=base, why=why)
        answer(as_json, asdict(moved), f"{name} stands for {moved.version}.")
    else:
        found = names.history(home, task, name) if name else names.listing(home, task)
        answer(as_json, {"names": [asdict(each) for each in found]}, lambda: version_tables.moves(found))


def lineage(
    task: TaskArgument,
    version: Annotated[str, typer.Argument(metavar="[VERSION]", help="A dataset version or a name.")] = "",
    row: Annotated[str, typer.Argument(metavar="[ROW]", help="A record's id, or words of the row.")] = "",
    from_import: Annotated[
        str, typer.Option("--import", metavar="ID", help="Go forward from this import instead.")
    ] = "",
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Follow a row back to its file, teacher and reviewers and forward to runs; or an import forward."""
    from dataclasses import asdict

    from curation import datasets
    from curation.datasets import names, tracing
    from storage.errors import InvalidInput, NotFound

    home = opened(project)
    if from_import:
        made = tracing.forward(home, task, from_import)
        answer(as_json, asdict(made), lambda: version_tables.forward(made))
        return
    if not version or not row:
        raise InvalidInput(
            "A row's lineage takes a version and a row.",
            next_step="Say understudy dataset lineage TASK VERSION ROW, or give --import ID.",
        )
    stands = names.resolve(home, task, version)
    found = tracing.find(home, task, stands, row)
    if not found:
        raise NotFound(f"No row of {stands} is or says {row!r}.", next_step="Try fewer words of it.")
    if len({each.record_id for each in found}) > 1:
        answer(
            as_json, {"version": stands, "rows": [asdict(each) for each in found]},
            lambda: version_tables.found_rows(found),
        )  # fmt: skip
        return
    chain = datasets.lineage(home, task, stands, found[0].record_id)
    used = tracing.uses(home, task, stands)
    result = {**asdict(chain), "uses": [asdict(use) for use in used]}
    answer(as_json, result, lambda: version_tables.chain(chain, used))


def more_labels(task: TaskArgument, project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Measure how accuracy grows with labels, and what the next 100 are predicted to add."""
    from dataclasses import asdict

    from curation.datasets import more_labels as measuring
    from ui.actions import versions as act

    home = opened(project)
    follow(home, act.measure_more_labels(home, who(), task), quiet=as_json)
    measured = measuring.newest(home, task)
    assert measured is not None  # the job has just ended well
    curve = measured.curve
    answer(
        as_json,
        asdict(curve),
        lambda: version_tables.curve(curve),
    )
