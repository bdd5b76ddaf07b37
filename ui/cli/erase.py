"""`understudy erase`: find a person's records, erase them, and look for what is left."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ui.cli.answering import JsonOption, ProjectOption, answer, opened, table, tell, who
from ui.cli.following import follow

if TYPE_CHECKING:
    from curation.erasing import Erased, Found, RecordSeen, Scan

_SHOWN, _WIDE = 20, 80


def register(app: typer.Typer) -> None:
    """Add this module's command."""
    app.command()(erase)


def erase(
    text: Annotated[
        str, typer.Option("--find", help="A text: every row with these words is found, whatever their case.")
    ] = "",
    records: Annotated[
        list[str] | None, typer.Option("--record", help="A record's id; repeat for more.")
    ] = None,
    reason: Annotated[
        str, typer.Option(help="Why, such as a request's number; it is kept. Without it nothing is erased.")
    ] = "",
    count: Annotated[
        int | None, typer.Option(help="How many are to go; nothing is erased where another number is found.")
    ] = None,
    backups: Annotated[
        list[Path] | None, typer.Option("--backups", help="A backup or a folder of them to look into.")
    ] = None,
    scan: Annotated[
        list[str] | None, typer.Option("--scan", help="Only look where a text still stands; repeat for more.")
    ] = None,
    show: Annotated[
        bool, typer.Option("--list", help="The erasures that were asked for, with reports.")
    ] = False,
    project: ProjectOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what holds a person's records, and with --reason and --count erase them. See docs/erasing.md."""
    from curation import erasing
    from ui.actions import erasing as act

    home = opened(project)
    if show:
        past = erasing.listing(home)
        answer(as_json, {"erasures": [each.model_dump(mode="json") for each in past]}, lambda: _listed(past))
        return
    if scan:
        seen = act.scan(home, who(), scan)
        answer(as_json, dataclasses.asdict(seen), lambda: _scanned(seen))
        if not seen.clean:
            raise typer.Exit(2)
        return
    found = act.find(home, who(), record_ids=records or (), text=text, backups=backups or ())
    if not reason:
        answer(as_json, _facts(found), lambda: f"{_found(found)}\n\n{_ask(found)}")
        return
    if count != found.count:
        from storage.errors import InvalidInput

        tell(_found(found))
        raise InvalidInput(f"{found.count:,} are found, not {count or 0:,}: nothing was erased.",
                           next_step=f"Look at them, then repeat it with --count {found.count}.")  # fmt: skip
    job = follow(home, act.start(home, who(), found, reason), quiet=as_json)
    made = erasing.report(home, str(job.summary["erasure_id"]))
    answer(as_json, made.model_dump(mode="json"), lambda: _reported(made))
    if not made.clean:
        raise typer.Exit(2)


def _facts(found: Found) -> dict[str, object]:
    facts = {each.name: getattr(found, each.name) for each in dataclasses.fields(found)}
    rows = {name: sorted(numbers) for name, numbers in found.rows.items()}
    return {**facts, "rows": rows, "texts": len(found.texts), "count": found.count}


def _found(found: Found) -> str:
    shown = [(each.task, each.record_id, _said(each)) for each in found.records[:_SHOWN]]
    lines = [table(("task", "record", "text"), shown), *_more(len(found.record_ids), "records")]
    if found.lines:
        lines += ["", "Lines of imports that no such record was made of:"]
        loose = [(each.reference, each.row_number, each.excerpt[:_WIDE]) for each in found.lines[:_SHOWN]]
        lines.append(table(("import", "line", "text"), loose))
        lines += _more(len(found.lines), "lines")
    if found.others:
        lines += [
            "",
            "Not chosen, although they hold one of the same texts; name them too if they are meant:",
        ]
        lines += [
            f"  {each.record_id}  {' | '.join(each.inputs.values())[:80]}" for each in found.others[:_SHOWN]
        ]
    rows = [(each.kind, each.where, each.rows, each.mentions) for each in found.places]
    return "\n".join([*lines, "", table(("kind", "place", "goes", "masked"), rows), *_beyond(found)])


def _said(record: RecordSeen) -> str:
    return " | ".join(record.inputs.values())[:_WIDE]


def _beyond(found: Found | Erased) -> list[str]:
    """What holds it and cannot be rewritten."""
    kept = [f"{each.path}{f' ({each.taken_at:%Y-%m-%d})' if each.taken_at else ''}" for each in found.backups]
    named = (
        ("Trained on it; what a model learnt cannot be taken out:", found.trained),
        ("Its scores counted them:", found.evaluated),
        ("Downloaded:", found.exported),
        ("Backups that hold it, or may:", kept),
        ("Not looked into:", found.closed),
    )
    return [line for title, names in named if names for line in ("", title, *(f"  {name}" for name in names))]


def _ask(found: Found) -> str:
    return (
        f"Nothing was changed. To erase these {found.count:,}, repeat it with --count {found.count} and "
        "--reason, in which the person is not named."
    )


def _more(number: int, what: str) -> list[str]:
    return [f"and {number - _SHOWN:,} more {what}"] if number > _SHOWN else []


def _reported(made: Erased) -> str:
    rows = [(name, *numbers) for name, numbers in made.places.items()]
    lines = [
        f"{made.erasure_id}: {made.counted:,} records and lines are erased.", "",
        table(("place", "gone", "masked"), rows), *_beyond(made), "", "What no program reaches:",
        *(f"  {each}" for each in made.by_hand), "",
    ]  # fmt: skip
    if made.left:
        lines.append("Still there:")
        lines += [f"  {each.where} ({each.count:,}): {each.why or 'look into it'}" for each in made.left]
    else:
        lines.append("A look into every byte of the project found nothing of it.")
    return "\n".join(lines)


def _scanned(seen: Scan) -> str:
    if seen.clean:
        return "Nothing of it is found."
    return table(("kind", "place", "count"), [(each.kind, each.where, each.count) for each in seen.findings])


def _listed(past: list[Erased]) -> str:
    if not past:
        return "Nothing was erased yet."
    rows = [(each.erasure_id, each.asked_at, each.by, each.counted if each.finished_at else "not done",
             each.reason) for each in past]  # fmt: skip
    return table(("erasure", "asked", "by", "records", "reason"), rows)
