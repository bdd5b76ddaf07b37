"""The parts of a dataset card that say how good the rows are, whence they come and what they are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from curation.datasets.card.about import About
from curation.datasets.permissions import Permission
from curation.tasks import Task

SMALL_TEST = 200
"""Below so many rows the 95% interval of a share near one half is wider than 7 points either way."""


def quality(about: About) -> str:
    """Agreement and redaction, where they were measured."""
    lines = []
    found = about.agreement
    if found is not None:
        lines.append(
            f"- **Agreement**: {found.measure} {found.value:.2f} "
            f"(95% interval {found.low:.2f} to {found.high:.2f}) on {found.records:,} records with two "
            "reviews or more."
        )
    if about.redacted is not None:
        counts = ", ".join(f"{_plain(name)} {count:,}" for name, count in sorted(about.redacted.items()))
        lines.append(
            f"- **Redaction**: replaced before anybody read the rows: {counts or 'nothing was found'}. "
            "What was not recognised is still there."
        )
    return "\n".join(["## Quality", "", *lines]) if lines else ""


def provenance(about: About) -> str:
    """Licences of the imports, and whether the rows may be trained on."""
    lines = []
    if about.import_licences:
        rows = [(name, licence or "not stated") for name, licence in sorted(about.import_licences.items())]
        lines.append(table(("import", "licence"), rows))
    if about.permission is not None:
        lines.append(_permitted(about.permission))
    if not about.licence:
        lines.append("No licence is stated for this dataset: ask its owner before you use it.")
    return "\n\n".join(["## Licences", *lines])


def limits(task: Task, facts: Mapping[str, Any], about: About) -> str:
    """What the rows must not be taken for."""
    decisions, tested = facts["decisions"], facts["rows"].get("test", 0)
    lines = [f"It holds one narrow task, `{task.name}`; nothing follows from it for any other."]
    if decisions.get("approved"):
        lines.append("Approved rows keep the teacher's words, and with them its habits and its blind spots.")
    if len(facts["reviewers"]) == 1:
        lines.append("One reviewer decided on every row; nobody measured whether another would agree.")
    if about.redacted is None:
        lines.append("Nothing is known here of a redaction: the rows may hold what names a person.")
    if tested < SMALL_TEST:
        lines.append(
            f"The test split has {tested:,} rows: a share measured on it is uncertain by several points."
        )
    lines += [" ".join(text.split()) for text in about.limits]
    return "\n".join(["## Limits", "", *(f"- {line}" for line in lines)])


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, whatever the cells hold."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(_plain(cell) for cell in line)} |" for line in lines)


def block(text: str, title: str) -> str:
    """A text as it is, fenced by more backticks than it has in a row."""
    fence = "`" * max(3, _longest_run(text, "`") + 1)
    return f"{title}:\n\n{fence}text\n{text}\n{fence}"


def _permitted(found: Permission) -> str:
    if not found.reasons:
        return f"All {found.allowed:,} rows may be trained on by what is stated of imports and teachers."
    against = "\n".join(f"- {count:,} rows {_plain(reason)}." for reason, count in found.reasons.items())
    override = found.override if found.may_export else None
    said = (
        f"Exported all the same by {_plain(override.by)} on {override.at:%Y-%m-%d}: {_plain(override.reason)}"
        if override
        else "Nobody has answered for them: this version is not for training on, nor for passing on."
    )
    return f"{against}\n\n{said}"


def _plain(cell: str) -> str:
    """A cell's text on one line that neither ends the cell nor begins a tag."""
    return " ".join(cell.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _longest_run(text: str, character: str) -> int:
    longest = run = 0
    for seen in text:
        run = run + 1 if seen == character else 0
        longest = max(longest, run)
    return longest
