"""What imports that stand did to their texts, from their manifests and the examples they kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from curation import cleaning
from curation.cleaning import Example, StepReport
from storage import artifacts
from storage.project import Project


def found_by_kind(project: Project, task: str) -> Mapping[str, int]:
    """Identifiers found by the imports of a task, by kind; imports of an earlier release count none."""
    found: Counter[str] = Counter()
    for manifest in artifacts.listing(project, "imports", task):
        prepared = manifest.facts.get("prepared", {})
        found.update(prepared.get("redaction", {}).get("found", {}))
    return found


def done(project: Project, task: str, import_id: str) -> tuple[StepReport, ...]:
    """What each step of an import's recipe did to its rows; without examples once its raw text is deleted.

    Examples are text as it came: for owners and admins only. Raises NotFound for an unknown import.
    """
    manifest = artifacts.load(project, "imports", task, import_id)
    steps = manifest.facts.get("prepared", {}).get("cleaning", {}).get("steps", [])
    kept = next((entry.name for entry in manifest.files if entry.schema == "steps"), None)
    rows = artifacts.read_table(manifest, kept).to_pylist() if kept else []
    titles = {kind.model_fields["step"].default: kind.title for kind in cleaning.STEPS}
    return tuple(
        StepReport(**step, title=titles[step["step"]], examples=_examples(rows, step["step"]))
        for step in steps
    )


def _examples(rows: Sequence[Mapping[str, Any]], step: str) -> tuple[Example, ...]:
    """The rows that a step changed or rejected; the lines it found in many records are none."""
    return tuple(
        Example(
            number=row["row_number"], column=row["column"], before=row["before"], after=row["after"],
            reason=row["reason"],
        )
        for row in rows
        if row["step"] == step and row["row_number"] is not None
    )  # fmt: skip
