"""The steps up to a dataset version: task, dedup, teacher, prompt, label, queue, dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, table, who
from ui.cli.define import define, named
from ui.cli.following import follow
from ui.cli.tags import tag_commands

TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="The task's name.")]

task_commands = typer.Typer(help="Tasks: one narrow job each.", no_args_is_help=True)
teacher_commands = typer.Typer(help="Teachers: what gives the first labels.", no_args_is_help=True)
prompt_commands = typer.Typer(help="Prompt versions: what teachers are asked.", no_args_is_help=True)
queue_commands = typer.Typer(help="Review queues: where people decide.", no_args_is_help=True)
dataset_commands = typer.Typer(help="Dataset versions: frozen rows.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    task_commands.add_typer(tag_commands, name="tags")
    app.add_typer(task_commands, name="task")
    app.command()(dedup)
    app.add_typer(teacher_commands, name="teacher")
    app.add_typer(prompt_commands, name="prompt")
    app.command()(label)
    app.add_typer(queue_commands, name="queue")
    dataset_commands.command()(define)
    app.add_typer(dataset_commands, name="dataset")


@task_commands.command("add")
def add_task(
    name: Annotated[str, typer.Argument(help="Lower-case letters, digits, '-' and '_'.")] = "",
    inputs: Annotated[
        list[str] | None, typer.Option("--input", help="An input column; repeat for more.")
    ] = None,
    labels: Annotated[str, typer.Option(help="The labels, with commas between.")] = "",
    title: Annotated[str, typer.Option(help="What screens call it.")] = "",
    target: Annotated[str, typer.Option(help="What is asked for.")] = "label",
    held_out: Annotated[float, typer.Option(help="Share of records set apart at import, 0-0.9.")] = 0.1,
    file: Annotated[
        Path | None, typer.Option(help="A .toml or .json file with all fields of a task of any kind.")
    ] = None,
    preset: Annotated[str, typer.Option(help="Begin with a published case; `task presets` lists them.")] = "",
    sample: Annotated[bool, typer.Option("--sample", help="Bring in the preset's sample data.")] = False,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a task: a classification from options, or one of any kind from a file or a preset."""
    from curation import tasks
    from curation.sample import preset_samples
    from storage.errors import InvalidInput
    from ui.actions import samples
    from ui.actions import tasks as act

    if sum((file is not None, bool(preset), bool(inputs))) != 1:
        raise InvalidInput(
            "A task is made of --input and --labels, of a --file, or of a --preset: of one of them.",
            next_step="Say understudy task add NAME --input text --labels a,b.",
        )
    if file is not None or preset:
        wanted = tasks.from_file(file) if file is not None else tasks.preset(preset)
        changes = {"name": name or wanted.name, "title": title or wanted.title}
        wanted = tasks.Task(**{**wanted.model_dump(), **changes})
    else:
        known = tuple(label.strip() for label in labels.split(",") if label.strip())
        wanted = tasks.Task(
            name=name, title=title or name.replace("-", " ").capitalize(), input_columns=tuple(inputs or ()),
            target=target, labels=known, held_out_share=held_out,
        )  # fmt: skip
    data = preset_samples.sample(preset) if sample else None
    home = opened(project)
    made = act.create(home, who(), wanted)
    if data is not None:
        follow(home, samples.bring(home, who(), made.name, data), quiet=as_json)
    about = f"{len(made.labels):,} labels" if made.labels else made.kind
    answer(as_json, made.model_dump(), f"Task {made.name}: {about}.")


@task_commands.command("presets")
def list_presets(as_json: JsonOption = False) -> None:
    """Show the published cases that a task may begin with."""
    from curation import tasks

    answer(
        as_json,
        {"presets": [preset.model_dump() for preset in tasks.PRESETS.values()]},
        lambda: table(
            ("preset", "title", "kind"), [(one.name, one.title, one.kind) for one in tasks.PRESETS.values()]
        ),
    )


@task_commands.command("list")
def list_tasks(project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Show the project's tasks."""
    from curation import tasks

    found = tasks.listing(opened(project))
    answer(
        as_json,
        {"tasks": [task.model_dump() for task in found]},
        lambda: table(
            ("task", "title", "labels"), [(task.name, task.title, len(task.labels)) for task in found]
        ),
    )


def dedup(task: TaskArgument, project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Find exact and near copies; one of each cluster is kept."""
    from ui.actions import duplicates as act

    home = opened(project)
    job = follow(home, act.find(home, who(), task), quiet=as_json)
    answer(as_json, {"job": job.job_id, **job.summary}, lambda: _facts(job.summary))


@teacher_commands.command("add")
def add_teacher(
    name: Annotated[str, typer.Argument(help="What to call it.")],
    column: Annotated[str, typer.Option(help="A recorded teacher: the extra column with its labels.")] = "",
    model: Annotated[str, typer.Option(help="A model behind an OpenAI-compatible endpoint.")] = "",
    base_url: Annotated[str, typer.Option(help="The endpoint.")] = "https://api.openai.com/v1",
    key_env: Annotated[
        str, typer.Option(help="The environment variable that holds the key.")
    ] = "OPENAI_API_KEY",
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Define a teacher: a recorded column, or a model behind an endpoint."""
    from curation import teachers
    from ui.actions import tasks as act

    given = (
        {"kind": "recorded", "name": name, "column": column}
        if column
        else {"kind": "openai", "name": name, "model": model, "base_url": base_url, "key_env": key_env}
    )
    saved = act.save_teacher(opened(project), who(), teachers.parse(given))
    answer(as_json, saved.model_dump(), f"Teacher {saved.name} is defined.")


@teacher_commands.command("list")
def list_teachers(project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Show the project's teachers."""
    from curation import teachers

    found = teachers.listing(opened(project))
    answer(
        as_json,
        {"teachers": [teacher.model_dump() for teacher in found]},
        lambda: table(("teacher", "kind"), [(teacher.name, teacher.kind) for teacher in found]),
    )


@prompt_commands.command("add")
def add_prompt(
    task: TaskArgument,
    template: Annotated[str, typer.Option(help="The text, with {input_column} and {labels}.")],
    system: Annotated[str, typer.Option(help="The system text.")] = "",
    reason: Annotated[str, typer.Option(help="Why this version exists.")] = "",
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make the next prompt version; it never changes again."""
    from ui.actions import tasks as act

    made = act.create_prompt(opened(project), who(), task, system=system, template=template, reason=reason)
    answer(as_json, {"task": task, "number": made.number}, f"Prompt {made.version} of {task}.")


@prompt_commands.command("list")
def list_prompts(task: TaskArgument, project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Show a task's prompt versions."""
    from dataclasses import asdict

    from curation import prompts

    found = prompts.listing(opened(project), task)
    answer(
        as_json,
        {"prompts": [asdict(prompt) for prompt in found]},
        lambda: table(("version", "reason", "template"), [(p.version, p.reason, p.template) for p in found]),
    )


def label(
    task: TaskArgument,
    prompt: Annotated[int, typer.Option(help="The prompt version's number.")],
    teacher: Annotated[str, typer.Option(help="The teacher's name.")],
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a teacher for the label of every record that has none under this prompt."""
    from ui.actions import labels as act

    home = opened(project)
    job = follow(home, act.label(home, who(), task, prompt, teacher), quiet=as_json)
    answer(as_json, {"job": job.job_id, **job.summary}, lambda: _facts(job.summary))


@queue_commands.command("open")
def open_queue(
    task: TaskArgument,
    prompt: Annotated[int, typer.Option(help="The prompt version's number.")],
    overlap: Annotated[int, typer.Option(help="Rows that two people review.")] = 0,
    blind_share: Annotated[float, typer.Option(help="Share shown without the teacher's output, 0-1.")] = 0.0,
    gold_share: Annotated[float, typer.Option(help="Share of cards with a known output, 0-0.5.")] = 0.0,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open the review queue of a prompt version, or add the labels that came since.

    The shares count where the queue is new; `queue set` changes them.
    """
    from curation import ordering
    from curation.ordering import Handing
    from ui.actions import labels as act

    handing = ordering.changed(Handing(), blind_share=blind_share, gold_share=gold_share)
    queue = act.open_queue(opened(project), who(), task, prompt, overlap_rows=overlap, handing=handing)
    answer(as_json, {"queue": queue.name}, f"Queue {queue.name} is open; review it on the Review page.")


@queue_commands.command("list")
def list_queues(project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Show the review queues and how far each is."""
    from curation import queues
    from storage import argilla_client

    home = opened(project)
    client = argilla_client.connect(home)
    found = [(queue, client.progress(queue.argilla_id)) for queue in queues.listing(home)]
    answer(
        as_json,
        {"queues": [{"queue": q.name, "total": p.total, "completed": p.completed} for q, p in found]},
        lambda: table(("queue", "records", "completed"), [(q.name, p.total, p.completed) for q, p in found]),
    )


@dataset_commands.command("freeze")
def freeze(
    task: TaskArgument,
    definition: Annotated[
        str, typer.Option(help="A saved definition's name, or a .yaml or .json file; else the default.")
    ] = "",
    validation_share: Annotated[
        float | None, typer.Option(help="Share that validates, 0-1, instead of the definition's.")
    ] = None,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Freeze what is approved and corrected now as the next version."""
    from ui.actions import datasets as act

    home = opened(project)
    built_from = named(home, task, definition)
    made = act.freeze(home, who(), task, definition=built_from, validation_share=validation_share)
    rows = ", ".join(f"{count:,} {split}" for split, count in made.rows.items())
    result = {"version": made.version, "rows": dict(made.rows), "sha256": made.content_hash}
    answer(as_json, result, f"{made.version}: {rows}.")


@dataset_commands.command("list")
def list_datasets(task: TaskArgument, project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Show a task's dataset versions."""
    from curation import datasets
    from curation.datasets import names

    home = opened(project)
    found, named = datasets.listing(home, task), names.by_version(home, task)
    answer(
        as_json,
        {
            "datasets": [
                {"version": one.version, "names": named.get(one.version, []), "rows": dict(one.rows)}
                for one in found
            ]
        },
        lambda: table(
            ("version", "names", "train", "validation", "test"),
            [
                (
                    one.version, ", ".join(named.get(one.version, [])),
                    *(one.rows[split] for split in ("train", "validation", "test")),
                )
                for one in found
            ],
        ),
    )  # fmt: skip


def _facts(summary: object) -> str:
    facts = summary if isinstance(summary, dict) else {}
    return ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in facts.items()) or "Done."
