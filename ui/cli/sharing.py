"""Out of the project: whether rows may leave, checks a provider makes, files, and the Hugging Face Hub."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, table, tell, who
from ui.cli.curate import TaskArgument, teacher_commands

if TYPE_CHECKING:
    from curation.datasets.exports.provider_checks import Finding
    from curation.datasets.sharing import Standing
    from storage.project import Project

HUB = "hub:"


def register(app: typer.Typer) -> None:
    """Add this module's commands."""
    app.command()(export)
    app.command()(licence)


def export(
    task: TaskArgument,
    version: Annotated[str, typer.Argument(help="The dataset version, such as v0001.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file or folder to write.")] = None,
    format: Annotated[
        str, typer.Option(help="As in docs/exports.md: openai-chat, dpo, csv, parquet, axolotl and others.")
    ] = "openai-chat",
    split: Annotated[str, typer.Option(help="train, validation or test; else as the format is meant.")] = "",
    tools: Annotated[
        Path | None, typer.Option(help="A JSON file of functions that go with every row of a chat.")
    ] = None,
    check: Annotated[str, typer.Option(help="First list what this provider would refuse: openai.")] = "",
    to: Annotated[str, typer.Option(help="Push to the Hugging Face Hub: hub:OWNER/NAME.")] = "",
    private: Annotated[bool, typer.Option("--private/--public", help="Who may see the repository.")] = True,
    as_licence: Annotated[str, typer.Option("--licence", help="The licence you give these rows.")] = "",
    override: Annotated[
        str, typer.Option(metavar="REASON", help="Answer for rows that may not leave; the card repeats it.")
    ] = "",
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write a dataset version for other tools, or push it. Without --out or --to, say if it may leave."""
    from storage.errors import InvalidInput
    from ui.actions import datasets as act

    home = opened(project)
    if to and out is not None:
        raise InvalidInput(
            "Rows are written to a file or pushed.", next_step="Say --out or --to, one of them."
        )
    if override:
        act.answer_for(home, who(), task, version, override)
    if check:
        _checked(home, task, version, split, check, as_json, alone=out is None and not to)
    if to:
        _pushed(home, task, version, to, private, as_licence, as_json)
    if out is not None:
        made = act.export(
            home, who(), task, version, format, out,
            split=split or None, tools=_tools(tools), licence=as_licence,
        )  # fmt: skip
        left_out = f", {made.left_out:,} had nothing for it" if made.left_out else ""
        answer(
            as_json, {"path": out, **dataclasses.asdict(made)},
            f"Wrote {out}: {made.rows:,} rows{left_out}.\nsha256 {made.sha256}",
        )  # fmt: skip
    elif not to and not check:
        _told(home, task, version, as_json)


def licence(
    task: TaskArgument,
    import_id: Annotated[str, typer.Argument(metavar="IMPORT", help="The import, such as imp_….")],
    stated: Annotated[str, typer.Argument(metavar="LICENCE", help="As the Hub writes it, or `own`.")],
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """State the licence of an import that stands already."""
    from ui.actions import datasets as act

    act.state_licence(opened(project), who(), task, import_id, stated)
    answer(as_json, {"import": import_id, "licence": stated}, f"{import_id} came under {stated}.")


@teacher_commands.command("terms")
def teacher_terms(
    name: Annotated[str, typer.Argument(help="The teacher's name.")],
    may_train: Annotated[str, typer.Option(help="allowed, refused or unknown.")],
    source: Annotated[str, typer.Option(help="Where its terms stand: an address, a contract.")] = "",
    read_on: Annotated[str, typer.Option(metavar="DATE", help="The day they were read, 2026-05-31.")] = "",
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say whether a teacher's terms let a model be trained on what it said."""
    from curation import teachers
    from ui.actions import tasks as act

    home = opened(project)
    stands = teachers.get(home, name)
    said = {"may_train": may_train, "terms_source": source, "terms_date": read_on or None}
    saved = act.save_teacher(
        home, who(), teachers.parse({**stands.model_dump(), **said}), based_on=stands.revision
    )
    answer(as_json, saved.model_dump(), f"Training on what {name} said is {saved.may_train}.")


def _told(home: Project, task: str, version: str, as_json: bool) -> None:
    """Whether the rows may leave, and what left before."""
    from curation.datasets import sharing

    found = sharing.standing(home, task, version)
    past = [each for each in sharing.history(home, task) if each.version == version]
    answer(
        as_json,
        {
            "may_leave": found.permission.may_export, **dataclasses.asdict(found.permission),
            "imports": found.imports, "teachers": found.teachers, "exports": past,
        },
        lambda: "\n\n".join(
            [
                *_standing(found),
                table(
                    ("exported", "format", "rows", "by", "to", "sha256"),
                    [(e.at, e.format, e.rows, e.by, e.destination, e.sha256[:12]) for e in past],
                ),
            ]
        ),
    )  # fmt: skip


def _standing(found: Standing) -> list[str]:
    judged = found.permission
    words = [f"{count:,} rows {reason}." for reason, count in judged.reasons.items()]
    if not words:
        words = [f"All {judged.rows:,} rows may leave."]
    elif judged.override and judged.may_export:
        words.append(f"{judged.override.by} answered for them: {judged.override.reason}")
    else:
        words.append("State a licence (understudy licence), a teacher's terms (understudy teacher terms), or "
                     "answer for them with --override REASON.")  # fmt: skip
    imports = [(each.import_id, each.source, each.licence, each.verdict) for each in found.imports]
    teachers = [(each.name, each.verdict, each.source, each.read_on) for each in found.teachers]
    return [
        "\n".join(words),
        table(("import", "source", "licence", "verdict"), imports),
        table(("teacher", "may train", "terms", "read on"), teachers),
    ]


def _checked(
    home: Project, task: str, version: str, split: str, provider: str, as_json: bool, *, alone: bool
) -> None:
    """List what a provider would refuse. Leaves with status 2 where it would refuse anything."""
    from curation.datasets.exports.exporting import rows
    from curation.datasets.exports.provider_checks import checks

    found = checks(rows(home, task, version, [split or "train"]), provider)
    refused = any(each.level == "error" for each in found)
    if alone or refused:
        answer(
            as_json, {"provider": provider, "refused": refused, "findings": found},
            lambda: _listed(found) if found else f"{provider} has nothing against these rows.",
        )  # fmt: skip
    elif found:
        tell(_listed(found))
    if refused:
        raise typer.Exit(2)


def _listed(found: Sequence[Finding]) -> str:
    return table(
        ("", "row", "what", "what to do"),
        [(each.level, each.row, each.what, each.next_step) for each in found],
    )


def _pushed(
    home: Project, task: str, version: str, to: str, private: bool, as_licence: str, as_json: bool
) -> None:
    from storage.errors import InvalidInput
    from ui.actions import datasets as act

    if not to.startswith(HUB):
        raise InvalidInput(
            f"Nothing is pushed to {to!r}.", next_step="Say --to hub:OWNER/NAME, or --out FILE for a file."
        )
    with tempfile.TemporaryDirectory(prefix="understudy-push-") as folder:
        pushed = act.push(
            home, who(), task, version, to.removeprefix(HUB), private=private, licence=as_licence,
            folder=Path(folder) / "push", tell=tell,
        )  # fmt: skip
    answer(as_json, dataclasses.asdict(pushed), f"Pushed {pushed.rows:,} rows: {pushed.url}")


def _tools(path: Path | None) -> Sequence[dict[str, Any]]:
    """The functions of a JSON file. Raises InvalidInput for one that holds none."""
    import orjson

    from storage.errors import InvalidInput

    if path is None:
        return ()
    try:
        found = orjson.loads(path.read_bytes())
    except (OSError, orjson.JSONDecodeError) as fault:
        raise InvalidInput(
            f"{path} cannot be read as JSON: {fault}.", next_step="Name a JSON file."
        ) from fault
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise InvalidInput(
            f"{path} holds no list of functions.",
            next_step='Write [{"type": "function", "function": {"name": …}}].',
        )
    return found
