"""What the commands on dataset versions print for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ui.cli.answering import table

if TYPE_CHECKING:
    from curation.datasets.differences.diff_rows import Change
    from curation.datasets.differences.diffing import Diff
    from curation.datasets.leakage.report import Report
    from curation.datasets.lineage import Lineage
    from curation.datasets.names import Name
    from curation.datasets.tracing import Forward, Found, Use
    from curation.exploring import LearningCurve

_CUT = 60
_KINDS = {
    "added": "added", "removed": "removed", "changed": "with another output", "moved": "in another split",
    "asked": "asked otherwise",
}  # fmt: skip
_USES = {"runs": "run", "evaluations": "evaluation"}


def difference(found: Diff) -> str:
    """A difference in counts, shifts of labels and what the versions were made with."""
    counts = ", ".join(f"{rows:,} {_KINDS[kind]}" for kind, rows in found.counts.items())
    lines = [
        f"{found.before} ({found.rows_before:,} rows) to {found.after} ({found.rows_after:,} rows)",
        counts,
    ]
    lines += [f"{move.rows:,} moved from {move.before} to {move.after}" for move in found.moves]
    if found.distances:
        lines.append(f"label shift (total variation distance): {found.distances['all']:.3f}")
        shifts = [(one.value, one.before, one.after) for one in found.shifts[:10]]
        lines.append(table(("label", found.before, found.after), shifts))
    if found.settings:
        rows = [(one.what, one.before[:_CUT], one.after[:_CUT]) for one in found.settings]
        lines.append(table(("made with", found.before, found.after), rows))
    return "\n".join(lines)


def changed_rows(rows: list[Change]) -> str:
    """Rows that differ, with both outputs."""

    def told(row: Change, side: str) -> str:
        found = row.before if side == "before" else row.after
        return "" if found is None else f"{found.split}: {found.completion}"[:_CUT]

    lines = [(row.record_id, row.variation, told(row, "before"), told(row, "after")) for row in rows]
    return table(("record", "variation", "before", "after"), lines)


def leaks(found: Report) -> str:
    """A leakage report."""
    if not found.found:
        return f"{found.version}: none of {found.rows:,} rows says what a row of another split says."
    counts = ", ".join(f"{rows:,} by {how}" for how, rows in found.counts.items())
    rows = [
        (
            each.how,
            each.record_id,
            each.split,
            each.other_id,
            each.other_split,
            f"{100 * each.similarity:.0f}%",
        )
        for each in found.shown
    ]
    shown = table(("by", "record", "split", "other", "its split", "alike"), rows)
    return f"{found.version}: {found.found:,} of {found.rows:,} rows leak: {counts}.\n{shown}"


def moves(found: list[Name]) -> str:
    """Names, or the moves of one."""
    if not found:
        return "No version has a name yet."
    return table(
        ("name", "version", "revision", "moved by", "at", "why"),
        [(one.name, one.version, one.revision, one.by, one.at, one.why) for one in found],
    )


def chain(found: Lineage, used: list[Use]) -> str:
    """The steps of one row's lineage, oldest first."""
    steps: list[tuple[str, str, object, str]] = [
        (
            "import", found.import_id, found.imported.imported_at,
            f"row {found.row_number:,} of {found.imported.file or found.source}",
        ),
        ("record", found.record_id, None, " / ".join(found.row.inputs.values())),
    ]  # fmt: skip
    if found.label is not None:
        at = found.call.at if found.call else None
        asked = f"{found.label.teacher} under prompt v{found.label.prompt_number}: {found.label.output}"
        steps.append(("teacher", found.label.label_id, at, asked))
    for review in found.reviews:
        said = f"{review.reviewer} {review.decision}: {review.output or ''}"
        steps.append(("review", review.review_id, review.submitted_at, said))
    if found.ruling is not None:
        said = f"{found.ruling.adjudicator} {found.ruling.decision}: {found.ruling.output or ''}"
        steps.append(("adjudication", found.ruling.review_id, found.ruling.at, said))
    steps.append(("version", found.version, None, f"{found.row.split}: {found.row.completion}"))
    steps += [(_USES[use.kind], use.artifact_id, use.at, use.by) for use in used]
    return table(("step", "id", "at", "what"), [(*step[:3], step[3][:_CUT]) for step in steps])


def forward(made: Forward) -> str:
    """What came of an import."""
    lines = [f"{made.import_id}: {made.records:,} records of {made.file or 'a file'}"]
    if made.held:
        lines.append(table(("version", "rows of it"), [(one.version, one.rows) for one in made.held]))
    if made.uses:
        rows = [(_USES[use.kind], use.artifact_id, use.version, use.at) for use in made.uses]
        lines.append(table(("used by", "id", "version", "at"), rows))
    return "\n".join(lines) if made.held else f"{lines[0]}; no version holds any."


def found_rows(found: list[Found]) -> str:
    """Rows that say what was looked for."""
    return table(("record", "split", "text"), [(one.record_id, one.split, one.text[:_CUT]) for one in found])


def curve(found: LearningCurve) -> str:
    """A learning curve, and what more labels would add."""
    points = [(one.labels, f"{one.accuracy:.1%}", f"{one.low:.1%} to {one.high:.1%}") for one in found.points]
    gain = (
        f"The next {found.more} labels: {100 * found.gain:+.1f} points "
        f"(95% interval {100 * found.gain_low:+.1f} to {100 * found.gain_high:+.1f})."
    )
    return "\n".join([table(("labels", "accuracy", "95% interval"), points), gain])
