"""What a recipe would do to the first rows of an import, or with a policy to one text; nothing is stored.

Previews show text as it came: they are for owners and admins only, who get to them through `ui.actions`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson
import pyarrow.parquet as pq

from curation import cleaning
from curation.cleaning import Batch, Recipe
from curation.preparing.storing import secret
from curation.preparing.uncertain_rulings import rulings
from curation.redaction import Policy, Redacted, Redactor
from storage import artifacts
from storage.artifacts import Manifest
from storage.errors import NotFound
from storage.project import Project

ROWS = 200
CHARACTERS = 1_000_000
"""A preview reads so many rows of a file, or fewer that are so long together."""


@dataclass(frozen=True)
class Tried:
    """One text after the recipe, and what redaction made of it; `reason` is a filter's, "" for none."""

    cleaned: str
    reason: str
    redacted: Redacted


def preview(project: Project, task: str, import_id: str, recipe: Recipe) -> cleaning.Report:
    """What the recipe would do to the first rows of an import's file, as they came.

    Raises NotFound for an import that is not there, or whose raw rows were deleted.
    """
    manifest = artifacts.load(project, "imports", task, import_id)
    rows = _raw_rows(manifest)
    mapping = manifest.facts["mapping"]
    inputs = tuple(mapping["inputs"])
    names = dict.fromkeys((*inputs, *([mapping["gold"]] if mapping["gold"] else []), *mapping["extras"]))
    columns = {name: [str(row["values"].get(name, "")) for row in rows] for name in names}
    run = cleaning.run(recipe, [Batch(columns, [row["number"] for row in rows])], judged=inputs)
    for _ in run:
        pass
    return run.report


def tried(project: Project, task: str, recipe: Recipe, policy: Policy, text: str) -> Tried:
    """One text as an import would prepare it, with what people ruled. Raises as `Redactor`."""
    [cleaned] = cleaning.changed(recipe, [text])
    [reason] = cleaning.reasons(recipe, [cleaned])
    redactor = Redactor(policy, secret(project), rulings(project, task))
    return Tried(cleaned, reason or "", redactor.redact(cleaned))


def _raw_rows(manifest: Manifest) -> list[dict[str, Any]]:
    path = manifest.folder / "raw.parquet"
    if not path.is_file():
        raise NotFound(
            f"The raw rows of {manifest.facts.get('file', manifest.artifact_id)} were deleted.",
            next_step="Choose another import, or import the file again.",
        )
    found: list[dict[str, Any]] = []
    characters = 0
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(ROWS, columns=["row_number", "row"]):
            for row in batch.to_pylist():
                characters += len(row["row"])
                if found and (len(found) >= ROWS or characters > CHARACTERS):
                    return found
                found.append({"number": row["row_number"], "values": orjson.loads(row["row"])})
    return found
