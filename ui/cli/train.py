"""From a dataset version to a decision: train, eval, compare, and the jobs that do it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, table, who
from ui.cli.curate import TaskArgument
from ui.cli.following import follow

if TYPE_CHECKING:
    from eval.evaluations import Row
    from eval.scoring import Score

job_commands = typer.Typer(help="Long work: look at it, stop it, take it up again.", no_args_is_help=True)
DatasetOption = Annotated[
    str, typer.Option("--dataset", help="The dataset version, such as v0001, or a name of one.")
]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(train)
    app.command("eval")(evaluate)
    app.command()(compare)
    app.add_typer(job_commands, name="jobs")


def train(
    task: TaskArgument,
    dataset: DatasetOption,
    base: Annotated[str, typer.Option(help="A folder, a hub name, or demo-base.")] = "demo-base",
    config: Annotated[Path | None, typer.Option(help="A YAML file of settings.")] = None,
    wait: Annotated[bool, typer.Option(help="Stay until it has ended.")] = True,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Train a student on a dataset version, as a job."""
    from training.config import parse_config, read_config
    from ui.actions import students as act

    home = opened(project)
    chosen = read_config(config) if config else parse_config({"base_model": base})
    job = act.train(home, who(), task, dataset, chosen)
    if wait:
        job = follow(home, job, quiet=as_json)
    answer(
        as_json, {"job": job.job_id, "run": job.artifact, "status": job.status, **job.summary},
        f"{job.artifact or job.job_id}: {job.status}",
    )  # fmt: skip


def evaluate(
    task: TaskArgument,
    dataset: DatasetOption,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Let everything that can answer the held-out rows answer them, and print the table."""
    from curation.datasets import names
    from eval import evaluations, proposals
    from ui.actions import students as act

    home = opened(project)
    dataset = names.resolve(home, task, dataset)
    offered = proposals.default_candidates(home, task, dataset)
    job = follow(home, act.evaluate(home, who(), task, dataset, offered), quiet=as_json)
    evaluation_id = str(job.artifact).rpartition("/")[2]
    rows = evaluations.table(home, task, evaluation_id)
    answer(
        as_json,
        {"evaluation": evaluation_id, "rows": [row_as_json(row) for row in rows]},
        lambda: scores(rows),
    )


def compare(
    task: TaskArgument,
    evaluation: Annotated[str, typer.Option(help="The evaluation's id.")],
    left: Annotated[str, typer.Option(help="A candidate's key.")],
    right: Annotated[str, typer.Option(help="Another candidate's key.")],
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Open two candidates' answers for voting, and count the votes there are."""
    from eval import comparisons
    from ui.actions import students as act

    home = opened(project)
    made = act.open_comparison(home, who(), task, evaluation, left, right)
    tally = comparisons.tally(home, made)
    answer(
        as_json,
        {"comparison": made.comparison_id, "votes": tally.votes, "win_rate": vars(tally.win_rate)},
        f"{made.comparison_id}: {tally.votes} votes; vote on the Side by side page.",
    )


@job_commands.command("list")
def list_jobs(project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Show the newest jobs."""
    from dataclasses import asdict

    from storage import jobs

    found = jobs.listing(opened(project))
    answer(
        as_json,
        {"jobs": [asdict(job) for job in found]},
        lambda: table(
            ("job", "status", "done", "title"),
            [(job.job_id, job.status, job.done, job.title) for job in found],
        ),
    )


@job_commands.command()
def log(job: str, project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Print the end of a job's log."""
    from storage import jobs

    text = jobs.log_tail(opened(project), job)
    answer(as_json, {"job": job, "log": text}, text)


@job_commands.command()
def cancel(job: str, project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Stop a job; what it stored is kept."""
    from ui.actions import jobs as act

    stopped = act.cancel(opened(project), who(), job)
    answer(as_json, {"job": job, "status": stopped.status}, f"{job}: stopping")


@job_commands.command()
def resume(job: str, project: ProjectOption = None, as_json: JsonOption = False) -> None:
    """Queue an interrupted, failed or cancelled job again."""
    from ui.actions import jobs as act

    queued = act.resume(opened(project), who(), job)
    answer(as_json, {"job": job, "status": queued.status}, f"{job}: {queued.status}")


def scores(rows: list[Row]) -> str:
    """The table of an evaluation for a terminal: value and 95% interval in per cent."""
    lines = [
        (
            row.title,
            _interval(row.accuracy),
            _interval(row.macro_f1),
            f"{100 * row.validity.value:.0f}%",
            "" if row.ahead is None
            else f"{100 * row.ahead.value:+.1f} ({100 * row.ahead.low:+.1f} to {100 * row.ahead.high:+.1f})",
        )
        for row in rows
    ]  # fmt: skip
    return table(("candidate", "accuracy", "macro-F1", "valid", "student ahead by"), lines)


def row_as_json(row: Row) -> dict[str, object]:
    """One line of the table as JSON."""
    ahead = (
        None if row.ahead is None else {name: getattr(row.ahead, name) for name in ("value", "low", "high")}
    )
    return {
        "candidate": row.candidate, "title": row.title, "n": row.rows, "accuracy": _bounds(row.accuracy),
        "macro_f1": _bounds(row.macro_f1), "validity": row.validity.value, "student_ahead": ahead,
    }  # fmt: skip


def _bounds(score: Score) -> dict[str, float | None]:
    return {"value": score.value, "low": score.low, "high": score.high}


def _interval(score: Score) -> str:
    if score.low is None or score.high is None:
        return f"{100 * score.value:.1f}%"
    return f"{100 * score.value:.1f}% ({100 * score.low:.1f} to {100 * score.high:.1f})"
