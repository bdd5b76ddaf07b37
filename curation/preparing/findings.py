"""How many identifiers of each kind the imports that stand found, from their manifests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from storage import artifacts
from storage.project import Project


def found_by_kind(project: Project, task: str) -> Mapping[str, int]:
    """Identifiers found by the imports of a task, by kind; imports of an earlier release count none."""
    found: Counter[str] = Counter()
    for manifest in artifacts.listing(project, "imports", task):
        prepared = manifest.facts.get("prepared", {})
        found.update(prepared.get("redaction", {}).get("found", {}))
    return found
