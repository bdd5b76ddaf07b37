"""`understudy demo`: the whole loop on the sample, then the app; `--check` stops at the table.

Every step is skipped when its result stands already, so a second call is quick and one that was
stopped goes on.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.answering import JsonOption, say, tell, who
from ui.cli.following import follow
from ui.cli.train import row_as_json, scores

if TYPE_CHECKING:
    from curation.datasets import DatasetVersion
    from storage.project import Project

NAME = "demo-project"
OVERLAP_ROWS = 150
WHO = "demo"
TEACHER = "recorded-teacher"


def register(app: typer.Typer) -> None:
    """Add `understudy demo`."""
    app.command()(demo)


@dataclass
class Walk:
    """The steps taken so far, with the seconds of each."""

    project: Project
    quiet: bool
    seconds: dict[str, float] = field(default_factory=dict)

    def step(self, name: str, take: Callable[[], str]) -> None:
        """Take one step; `take` answers with what it found or made."""
        began = time.monotonic()
        if not self.quiet:
            tell(f"{name} …")
        said = take()
        self.seconds[name] = round(time.monotonic() - began, 1)
        if not self.quiet:
            tell(f"  {said} ({self.seconds[name]:.1f} s)")


def demo(
    folder: Annotated[
        Path | None, typer.Option("--project", "-p", metavar="DIR", help=f"Where to make it; else ./{NAME}.")
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Run to the table in a folder of its own, stop, exit.")
    ] = False,
    port: Annotated[int | None, typer.Option(help="The app's port.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Make the sample project, run the whole loop once, and leave the app running."""
    with _home(folder, check) as home:
        _demo(home, check, port, as_json)


def _demo(folder: Path, check: bool, port: int | None, as_json: bool) -> None:
    from storage import services
    from storage.services import ports
    from ui.cli import interruption
    from ui.cli import services as commands

    project = _project(folder)
    with interruption.noticed() as interrupted:
        chosen = ports.free_port() if check and port is None else port
        started = services.up(
            project, app_port=chosen, on_event=commands.report, checkpoint=interrupted.check
        )
        try:
            with interrupted.at_once():
                result = run(Walk(project, as_json))
            if not as_json:
                say("\n" + result["table"] + "\n")
            if as_json or check:
                say(json.dumps(result))
            if not check:
                tell(commands.welcome(project, started, no_app=False, detach=False))
                commands.watch(project, interrupted)
        except KeyboardInterrupt:
            tell("\nStopping …")
            if check:
                raise
        finally:
            services.down(project, on_event=commands.report)


@contextmanager
def _home(given: Path | None, check: bool) -> Iterator[Path]:
    """The folder of the project: the given one, the usual one, or for a check one that goes when it held."""
    if given is not None or not check:
        yield given or Path(NAME)
        return
    folder = Path(tempfile.mkdtemp(prefix="understudy-demo-"))
    folder.chmod(0o711)  # PostgreSQL's own user passes through it where we are root
    yield folder / NAME
    shutil.rmtree(folder, ignore_errors=True)  # after an error it stays: the message names logs in it


def run(walk: Walk) -> dict[str, Any]:
    """Walk the loop from the file to the table. Returns the table as text and as rows."""
    from curation.sample import product_categories as sample

    began = time.monotonic()
    walk.step("Import", lambda: _import(walk.project))
    walk.step("Duplicates", lambda: _duplicates(walk))
    walk.step("Label", lambda: _label(walk))
    walk.step("Review", lambda: _review(walk.project))
    walk.step("Dataset", lambda: _freeze(walk.project).version)
    version = _freeze(walk.project).version
    walk.step("Train", lambda: _train(walk, version))
    walk.step("Evaluate", lambda: _evaluate(walk, version))
    seconds = {**walk.seconds, "all": round(time.monotonic() - began, 1)}
    return {"task": sample.NAME, "dataset": version, "seconds": seconds, **_compare(walk.project)}


def _project(folder: Path) -> Project:
    from storage import project as projects
    from storage.errors import Conflict

    with suppress(Conflict):
        return projects.create(folder, "demo")
    return projects.open_project(folder)


def _import(project: Project) -> str:
    from curation import tasks
    from curation.imports import Terms
    from curation.sample import product_categories as sample
    from storage.errors import NotFound
    from ui.actions import imports
    from ui.actions import tasks as act

    try:
        tasks.get(project, sample.NAME)
    except NotFound:
        act.create(project, who(WHO), sample.task())
    path = sample.write(project.root / "sample")
    result = imports.run_import(
        project, who(WHO), sample.NAME, path, sample.mapping(), source="seeded generator",
        terms=Terms(sample.LICENCE, "a seeded generator of listings; no real person is in them"),
    )  # fmt: skip
    return (
        f"{result.read:,} listings, {result.held_out:,} held out, {result.rejected:,} rejected"
        if not result.again
        else "imported already"
    )


def _duplicates(walk: Walk) -> str:
    from curation import duplicates
    from curation.sample import product_categories as sample
    from ui.actions import duplicates as act

    if duplicates.summary(walk.project, sample.NAME) is None:
        follow(walk.project, act.find(walk.project, who(WHO), sample.NAME), quiet=walk.quiet)
    found = duplicates.summary(walk.project, sample.NAME)
    if found is None:
        raise RuntimeError("the search for duplicates left nothing")
    return f"{found.copies:,} copies in {found.clusters:,} clusters"


def _label(walk: Walk) -> str:
    from curation import teachers
    from curation.sample import product_categories as sample
    from ui.actions import labels
    from ui.actions import tasks as act

    teacher = teachers.parse(
        {"kind": "recorded", "name": TEACHER, "column": sample.TEACHER_COLUMN, **sample.TEACHER_TERMS}
    )
    if TEACHER not in {each.name for each in teachers.listing(walk.project)}:
        act.save_teacher(walk.project, who(WHO), teacher)
    prompt = act.create_prompt(
        walk.project, who(WHO), sample.NAME, system=sample.PROMPT_SYSTEM, template=sample.PROMPT_TEMPLATE,
        reason=sample.PROMPT_REASON,
    )  # fmt: skip
    job = follow(
        walk.project,
        labels.label(walk.project, who(WHO), sample.NAME, prompt.number, teacher.name),
        quiet=walk.quiet,
    )
    return f"{job.summary.get('labelled', 0):,} labels under prompt {prompt.version}"


def _review(project: Project) -> str:
    from curation.reviews import scripted
    from curation.sample import product_categories as sample
    from ui.actions import labels as act

    queue = act.open_queue(project, who(WHO), sample.NAME, 1, overlap_rows=OVERLAP_ROWS)
    outcome = scripted.review(project, queue.name)
    made = sum(outcome.decisions.values())
    return f"{made:,} decisions by scripted reviewers, {outcome.left_for_people} records wait for you"


def _freeze(project: Project) -> DatasetVersion:
    from curation import datasets
    from curation.sample import product_categories as sample
    from ui.actions import datasets as act

    standing = datasets.listing(project, sample.NAME)
    return standing[-1] if standing else act.freeze(project, who(WHO), sample.NAME)


def _train(walk: Walk, version: str) -> str:
    from curation.sample import product_categories as sample
    from training import runs
    from training.config import DEMO_BASE, defaults_for
    from ui.actions import students as act

    standing = [run for run in runs.listing(walk.project, sample.NAME) if run.dataset_version == version]
    if not standing:
        config = defaults_for(DEMO_BASE)
        follow(
            walk.project, act.train(walk.project, who(WHO), sample.NAME, version, config), quiet=walk.quiet
        )
        standing = runs.listing(walk.project, sample.NAME)
    run = standing[0]
    return f"{run.run_id}: {run.steps} steps"


def _evaluate(walk: Walk, version: str) -> str:
    from curation.sample import product_categories as sample
    from eval import evaluations, proposals
    from ui.actions import students as act

    if not evaluations.listing(walk.project, sample.NAME):
        offered = proposals.default_candidates(walk.project, sample.NAME, version)
        job = act.evaluate(walk.project, who(WHO), sample.NAME, version, offered)
        follow(walk.project, job, quiet=walk.quiet)
    newest = evaluations.listing(walk.project, sample.NAME)[0]
    return f"{len(newest.candidates)} candidates on {newest.rows} held-out rows"


def _compare(project: Project) -> dict[str, Any]:
    from curation.sample import product_categories as sample
    from eval import evaluations
    from ui.actions import students as act

    newest = evaluations.listing(project, sample.NAME)[0]
    rows = evaluations.table(project, sample.NAME, newest.evaluation_id)
    by_kind = {row.kind: row.candidate for row in reversed(rows)}
    act.open_comparison(
        project, who(WHO), sample.NAME, newest.evaluation_id, by_kind["recorded"], by_kind["adapter"]
    )
    return {
        "evaluation": newest.evaluation_id,
        "table": scores(rows),
        "rows": [row_as_json(row) for row in rows],
    }
