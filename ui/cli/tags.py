"""`understudy task tags …`: the error tags of a task, changed while people review."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, table, who

if TYPE_CHECKING:
    from curation.tasks import ErrorTag, Task

tag_commands = typer.Typer(help="Error tags of a task.", no_args_is_help=True)

TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="The task's name.")]
CodeArgument = Annotated[str, typer.Argument(metavar="CODE", help="The tag's code; it never changes.")]


@tag_commands.command("list")
def list_tags(task: TaskArgument, project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Show the error tags, those offered first and in the order of their keys."""
    from curation import tasks

    _show(as_json, tasks.get(opened(project), task))


@tag_commands.command("add")
def add(
    task: TaskArgument,
    name: Annotated[str, typer.Argument(help="What reviewers read.")],
    definition: Annotated[str, typer.Option(help="When to set it.")] = "",
    group: Annotated[str, typer.Option(help="The heading it stands under.")] = "",
    code: Annotated[str, typer.Option(help="Its code; else made of the name.")] = "",
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add an error tag."""
    from ui.actions import vocabulary as act

    _show(as_json, act.add(opened(project), who(), task, name, definition=definition, group=group, code=code))


@tag_commands.command("reword")
def reword(
    task: TaskArgument,
    code: CodeArgument,
    name: Annotated[str | None, typer.Option(help="Another name.")] = None,
    definition: Annotated[str | None, typer.Option(help="Another definition.")] = None,
    group: Annotated[str | None, typer.Option(help="Another heading.")] = None,
    place: Annotated[int | None, typer.Option(help="Its place among the offered; 1 to 9 are keys.")] = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rename a tag, define it better, or move it."""
    from ui.actions import vocabulary as act

    made = act.reword(
        opened(project), who(), task, code, name=name, definition=definition, group=group, place=place
    )
    _show(as_json, made)


@tag_commands.command("merge")
def merge(
    task: TaskArgument,
    code: CodeArgument,
    into: Annotated[str, typer.Argument(help="The code of the tag that it becomes.")],
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Merge a tag into another: it is offered no more, and old reviews follow."""
    from ui.actions import vocabulary as act

    _show(as_json, act.merge(opened(project), who(), task, code, into))


@tag_commands.command("retire")
def retire(
    task: TaskArgument, code: CodeArgument, project: ProjectOption = None, as_json: JsonOption = False
) -> None:
    """Offer a tag no more; reviews that have it keep it."""
    from ui.actions import vocabulary as act

    _show(as_json, act.retire(opened(project), who(), task, code))


@tag_commands.command("restore")
def restore(
    task: TaskArgument, code: CodeArgument, project: ProjectOption = None, as_json: JsonOption = False
) -> None:
    """Offer a retired or merged tag again."""
    from ui.actions import vocabulary as act

    _show(as_json, act.restore(opened(project), who(), task, code))


def _show(as_json: bool, task: Task) -> None:
    offered = list(task.offered_tags)
    tags = [*offered, *(tag for tag in task.error_tags if tag not in offered)]
    lines = [(tag.code, tag.name, tag.group, _state(tag), tag.definition) for tag in tags]
    answer(
        as_json,
        {"task": task.name, "revision": task.revision, "tags": [tag.model_dump() for tag in tags]},
        lambda: table(("code", "name", "group", "state", "when to set it"), lines),
    )


def _state(tag: ErrorTag) -> str:
    return f"merged into {tag.merged_into}" if tag.merged_into else "retired" if tag.retired else "offered"
