"""`understudy queue set` and `understudy gold …`: what people are handed, and what is known to be right."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, table, who
from ui.cli.curate import TaskArgument, queue_commands

gold_commands = typer.Typer(help="Records whose right output is known.", no_args_is_help=True)

RecordArgument = Annotated[str, typer.Argument(metavar="RECORD", help="The record's id.")]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.add_typer(gold_commands, name="gold")


@queue_commands.command("set")
def set_queue(
    queue: Annotated[str, typer.Argument(metavar="QUEUE", help="The queue's name.")],
    order: Annotated[
        str | None, typer.Option(help="random, newest, uncertain, slice:COLUMN or slice:COLUMN=VALUE.")
    ] = None,
    slices: Annotated[
        list[str] | None, typer.Option("--slice", help="A column that people may order by; repeat for more.")
    ] = None,
    lease_minutes: Annotated[int | None, typer.Option(help="How long a card is held for its page.")] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(help="300/day or 2000/all for everybody, ann=300/day, ann=none; repeat for more."),
    ] = None,
    gold_share: Annotated[
        float | None, typer.Option(help="Share of cards with a known output, 0-0.5.")
    ] = None,
    blind_share: Annotated[
        float | None, typer.Option(help="Share shown without the teacher's output, of records added later.")
    ] = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change how a queue hands its cards out; without options, show it."""
    from curation import ordering
    from ui.actions import handing as act

    home = opened(project)
    stands = ordering.of(home, queue)
    given: dict[str, Any] = {
        "order": order, "slices": slices, "lease_minutes": lease_minutes, "gold_share": gold_share,
        "blind_share": blind_share,
    }  # fmt: skip
    wanted = {name: value for name, value in given.items() if value is not None}
    if target:
        wanted["targets"] = ordering.retargeted(stands.handing, target)
    if wanted:
        handing = ordering.changed(stands.handing, **wanted)
        stands = act.set_queue(home, who(), queue, handing, stands.revision)
    told = stands.handing.model_dump(mode="json")
    lines = [(name, value) for name, value in told.items() if name != "targets"]
    lines += [
        (f"target of {name or 'everybody'}", f"{t['count']}/{t['per']}")
        for name, t in told["targets"].items()
    ]
    answer(
        as_json,
        {"queue": queue, "revision": stands.revision, **told},
        lambda: table(("setting", "value"), lines),
    )


@gold_commands.command("mark")
def mark(
    task: TaskArgument,
    record: RecordArgument,
    output: Annotated[str | None, typer.Option(help="What is right; else the file's reference.")] = None,
    discard: Annotated[bool, typer.Option("--discard", help="It is rightly discarded.")] = False,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Name the right output of a record, so that people can be measured by it."""
    from ui.actions import handing as act

    named = act.mark(opened(project), who(), task, record, output=output, discard=discard)
    said = f"Right for {record}: {named}" if named is not None else f"{record} is rightly discarded."
    answer(as_json, {"record": record, "output": named}, said)


@gold_commands.command("unmark")
def unmark(
    task: TaskArgument, record: RecordArgument, project: ProjectOption = None, as_json: JsonOption = False
) -> None:
    """Take a named output back."""
    from ui.actions import handing as act

    was = act.unmark(opened(project), who(), task, record)
    answer(as_json, {"record": record, "was_marked": was}, "Taken back." if was else "It was not marked.")


@gold_commands.command("list")
def list_gold(task: TaskArgument, project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Show the outputs that admins named; those of adjudicators are on the Conflicts page."""
    from curation.gold import known

    found = list(known.marked(opened(project), task).values())
    answer(
        as_json,
        {"gold": [{"record": each.record_id, "output": each.output, "at": each.at} for each in found]},
        lambda: table(
            ("record", "right output"), [(each.record_id, each.output or "discard") for each in found]
        ),
    )
