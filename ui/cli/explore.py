"""`understudy explore` and `understudy contamination`: what data is like, what a benchmark has of it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, table, who
from ui.cli.following import follow

if TYPE_CHECKING:
    from curation.contamination import Checked
    from curation.exploring import Exploration, LabelErrors, LearningCurve

TaskArgument = Annotated[str, typer.Argument(metavar="TASK", help="The task's name.")]


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(explore)
    app.command()(contamination)


def explore(
    task: TaskArgument,
    part: Annotated[str, typer.Option(help="data, label_errors or learning_curve.")] = "data",
    whose: Annotated[str, typer.Option(help="Whose labels: people or teacher.")] = "people",
    flag: Annotated[bool, typer.Option("--flag", help="Flag the label errors for review.")] = False,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Look at a task's records: their shapes, labels that are probably wrong, or what more labels bring."""
    from curation import exploring
    from storage.errors import InvalidInput
    from ui.actions import exploring as act

    if whose not in ("people", "teacher"):
        raise InvalidInput(f"Nobody is called {whose!r} here.", next_step="Say --whose people or teacher.")
    home = opened(project)
    follow(home, act.explore(home, who(), task, part, whose=whose), quiet=as_json)  # type: ignore[arg-type]
    if part == "data":
        seen = exploring.newest_data(home, task)
        assert seen is not None
        answer(as_json, asdict(seen.found), lambda: _data(seen.found))
    elif part == "label_errors":
        errors = exploring.newest_label_errors(home, task)
        assert errors is not None
        flagged = (
            act.flag(home, who(), task, {one.record_id: one.why for one in errors.found.suspects})
            if flag
            else None
        )
        answer(as_json, {**asdict(errors.found), "flagged": flagged}, lambda: _errors(errors.found, flagged))
    else:
        curve = exploring.newest_curve(home, task)
        assert curve is not None
        answer(as_json, asdict(curve.found), lambda: _curve(curve.found))


def contamination(
    task: TaskArgument,
    path: Annotated[
        Path, typer.Argument(help="A benchmark or held-out file of any format that is imported.")
    ],
    columns: Annotated[
        list[str] | None, typer.Option("--column", help="A column of it that is asked; repeat for more.")
    ] = None,
    version: Annotated[str, typer.Option(help="A dataset version; else all records.")] = "",
    member: Annotated[str, typer.Option(help="The file in an archive, sheet or split that is meant.")] = "",
    threshold: Annotated[float, typer.Option(help="How alike near copies are, 0.7-1.")] = 0.9,
    leave_out: Annotated[
        bool, typer.Option("--leave-out", help="Leave the records that are found out.")
    ] = False,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Find the records that a benchmark has as well: word for word, nearly, or in long passages."""
    from curation import contamination as checks
    from curation import tasks
    from storage.errors import InvalidInput
    from ui.actions import exploring as act

    home = opened(project)
    known = tasks.get(home, task)
    chosen = columns or [
        name for name in checks.preview_columns(path, member or None) if name in known.input_columns
    ]
    if not chosen:
        raise InvalidInput(
            f"{path.name} has none of the task's columns.",
            next_step=f"Say --column with one of {', '.join(checks.preview_columns(path, member or None))}.",
        )
    job = act.check(
        home, who(), task, path, chosen, member=member or None, version=version or None, threshold=threshold
    )
    follow(home, job, quiet=as_json)
    found = checks.newest(home, task)
    assert found is not None
    ids = checks.record_ids(home, task, found.artifact_id)
    gone = (
        act.leave_out(home, who(), task, ids, why=f"stands in {found.name}"[:500]) if leave_out and ids else 0
    )
    result: dict[str, Any] = {**asdict(found), "found": found.found, "record_ids": ids, "left_out": gone}
    answer(as_json, result, lambda: _checked(found, gone))


def _data(found: Exploration) -> str:
    lengths = found.lengths
    lines = [f"{found.records:,} records; lengths in characters from {lengths.rows:,} of {lengths.of:,}."]
    if lengths.percentiles:
        median, usual = lengths.percentiles[3], lengths.percentiles[5]
        lines.append(f"Median {median:,}, 95% {usual:,}, longest {lengths.longest:,}.")
    lines += [f"Warning: {warning}" for warning in found.warnings]
    rows = [
        (name, value, rows, f"{100 * rows / sum(counts.values()):.1f}%")
        for name in found.countable
        for counts in (found.counts(name),)
        for value, rows in list(counts.items())[:5]
    ]
    return "\n".join([*lines, "", table(("of", "value", "records", "share"), rows)])


def _errors(found: LabelErrors, flagged: int | None) -> str:
    head = (
        f"{found.found:,} suspects of {found.judged:,} records judged; the model agrees with "
        f"{found.accuracy:.0%}."
    )
    shown = [
        (s.record_id, s.given, f"{s.confidence:.0%}", s.suggested, f"{s.probability:.0%}")
        for s in found.suspects[:20]
    ]
    last = [] if flagged is None else [f"Flagged {flagged:,} for review."]
    return "\n".join([head, table(("record", "given", "", "more likely", ""), shown), *last])


def _curve(found: LearningCurve) -> str:
    rows = [(p.labels, f"{p.accuracy:.1%}", f"{p.low:.1%} to {p.high:.1%}") for p in found.points]
    gain = (
        f"The next {found.more} labels would add about {100 * found.gain:.1f} points "
        f"({100 * found.gain_low:.1f} to {100 * found.gain_high:.1f})."
    )
    return f"{table(('labels', 'accuracy', '95%'), rows)}\n{gain}"


def _checked(found: Checked, gone: int) -> str:
    text = (
        f"{found.found:,} of {found.records:,} records stand in {found.name} ({found.rows:,} rows): "
        f"{found.exact:,} word for word, {found.near:,} nearly, {found.passage:,} in passages."
    )
    return f"{text}\nLeft out {gone:,}." if gone else text
