"""`understudy verify`, `backup`, `restore`: proving that a project is sound, copying it, taking it back."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, table, tell, who

if TYPE_CHECKING:
    from storage.keeping import Report
    from storage.keeping.backups import Made, Restored

_SHOWN = 200


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    for command in (verify, backup, restore):
        app.command()(command)


def verify(
    project: ProjectOption = None,
    seal: Annotated[
        bool, typer.Option("--seal", help="Seal sound artifacts of releases without seals.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Read every published file and compare it with what was written; exit 2 if anything differs."""
    from storage import keeping
    from ui.actions import keeping as act

    home = opened(project)
    sealed = act.seal(home, who()) if seal else []
    report = keeping.verify(home, tell=tell)
    answer(
        as_json,
        {"sound": report.sound, "sealed_now": sealed, **dataclasses.asdict(report)},
        lambda: _verified(report, sealed),
    )
    if not report.sound:
        raise typer.Exit(2)


def backup(
    target: Annotated[
        Path, typer.Argument(help="A folder of backups, or a new file whose name ends in .tar.")
    ],
    project: ProjectOption = None,
    with_secrets: Annotated[
        bool,
        typer.Option("--with-secrets", help="Take the project's keys along; then guard it as you do them."),
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Copy the project with both databases as of now, while it goes on working, and read the copy again."""
    from ui.actions import keeping as act

    made = act.backup(opened(project), who(), target, with_secrets=with_secrets, tell=tell)
    answer(as_json, dataclasses.asdict(made), lambda: _backed_up(made))


def restore(
    source: Annotated[Path, typer.Argument(help="What `understudy backup` made: a file or a folder.")],
    project: Annotated[Path, typer.Option("--project", "-p", metavar="DIR", help="The folder to make.")],
    at: Annotated[str, typer.Option(help="Which backup of a folder of them; else the newest.")] = "",
    postgres_url: Annotated[
        str | None,
        typer.Option(
            help="A PostgreSQL for its databases instead of the one its settings name; '' for its own."
        ),
    ] = None,
    database: Annotated[str | None, typer.Option(help="Another name for Understudy's database.")] = None,
    argilla_database: Annotated[str | None, typer.Option(help="Another name for Argilla's database.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new project from a backup, and verify it; nothing is left of one that fails."""
    from storage.keeping import backups

    elsewhere = backups.Elsewhere(postgres_url, database, argilla_database)
    made = backups.restore(source, project, at=at, elsewhere=elsewhere, by=who().username, tell=tell)
    answer(as_json, _facts(made), lambda: _restored(made))


def _verified(report: Report, sealed: list[str]) -> str:
    lines = []
    if report.faults:
        rows = [(fault.reference, fault.file, fault.what) for fault in report.faults[:_SHOWN]]
        lines.append(table(("artifact", "file", "fault"), rows))
        if len(report.faults) > _SHOWN:
            lines.append(f"and {len(report.faults) - _SHOWN:,} more; --json shows all.")
        lines += ["", *dict.fromkeys(fault.next_step for fault in report.faults), ""]
    lines += _listed("No manifest names these files; nothing reads them:", report.strays)
    lines += _listed(
        "Unfinished: being written now, or left by a process that was killed:", report.unfinished
    )
    if sealed:
        lines.append(f"Sealed now: {_count(len(sealed), 'artifact')} of an older release.")
    if report.unsealed:
        lines.append(
            f"Of a release without seals, where a change of the manifest would not show: "
            f"{_count(len(report.unsealed), 'artifact')}. `understudy verify --seal` seals what is sound."
        )
    if report.database:
        lines.append(f"What the database names was not compared: {report.database}")
    counted = (
        f"{_count(report.artifacts, 'artifact')}, {_count(report.files, 'file')}, "
        f"{report.size_bytes / 1e6:,.1f} MB"
    )
    if report.removed:
        counted += f"; removed on purpose: {_count(report.removed, 'artifact')}"
    if report.sound:
        lines.append(f"Sound: {counted}.")
    else:
        lines.append(f"{_count(len(report.faults), 'fault')} in {counted}. Nothing was changed.")
    return "\n".join(lines)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _listed(words: str, names: tuple[str, ...]) -> list[str]:
    if not names:
        return []
    more = [f"  and {len(names) - _SHOWN:,} more"] if len(names) > _SHOWN else []
    return [words, *(f"  {name}" for name in names[:_SHOWN]), *more]


def _backed_up(made: Made) -> str:
    lines = [
        f"{made.artifacts:,} artifacts and the databases as of {made.taken_at:%Y-%m-%d %H:%M:%S} UTC are in "
        f"{made.path}: {made.size_bytes / 1e6:,.1f} MB, {made.copied_bytes / 1e6:,.1f} MB of it in artifacts "
        f"copied now, {made.linked_bytes / 1e6:,.1f} MB in the backup before it.",
        "It was read again and is sound. It holds people's names, answers, password hashes and Argilla's API "
        "keys: keep it as you keep those.",
    ]
    if made.mended:
        lines.append(
            f"The backup before it is damaged: {', '.join(made.mended)} differ there and were copied anew. "
            "See whether that disk is well."
        )
    if made.argilla != "own":
        lines.append(
            f"Answers in the Argilla at {made.argilla} are not in it: see `understudy argilla export`."
        )
    if not made.with_secrets:
        lines.append("The project's keys are not in it (--with-secrets): a restored project makes new ones.")
    return "\n".join(lines)


def _restored(made: Restored) -> str:
    root = made.project.root
    own = made.argilla == "own"
    lines = [
        f"{root} is the project as of {made.taken_at:%Y-%m-%d %H:%M:%S} UTC, verified: "
        f"{made.report.artifacts:,} artifacts and {'both databases' if own else 'its database'}.",
        "Everybody signs in again, with the name and the password they had.",
    ]
    if not own:
        lines.append(f"Its answers are where they were, in the Argilla at {made.argilla}.")
    if not made.with_secrets:
        lines.append(
            "It makes keys of its own at its first start: programs that used the API key of the account "
            "`owner` need the new one, which is in services/secrets.json."
        )
    if made.key_variables:
        lines.append(f"It reads keys from these environment variables: {', '.join(made.key_variables)}.")
    if made.unfinished_jobs:
        lines.append(
            f"{_count(made.unfinished_jobs, 'job')} not finished at that moment will begin anew when it "
            "starts; cancel what the first project still does."
        )
    lines.append(f"Start it with: understudy up --project {root}")
    return "\n".join(lines)


def _facts(made: Restored) -> dict[str, Any]:
    facts = {each.name: getattr(made, each.name) for each in dataclasses.fields(made)}
    return {**facts, "project": made.project.root, "name": made.project.name,
            "report": dataclasses.asdict(made.report)}  # fmt: skip
