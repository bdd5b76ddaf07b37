"""What a card says of a version that leaves: gathered from its imports, its reviewers and its permission."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from curation.agreement import Measure, agreements
from curation.datasets.card.about import About, Agreement
from curation.datasets.freezing import get
from curation.datasets.permissions import Permission
from curation.datasets.sharing.sources import imports_of
from storage import artifacts
from storage.project import Project


def about(
    project: Project,
    task: str,
    version: str,
    permission: Permission,
    licences: Mapping[str, str],
    licence: str,
) -> About:
    """All that is known of a version besides its own facts. `licence` is what its owner gives it."""
    return About(
        licence=licence.strip(),
        agreement=_agreement(project, task),
        redacted=_redacted(project, task, version),
        import_licences=licences,
        permission=permission,
    )


def _agreement(project: Project, task: str) -> Agreement | None:
    """Everybody's agreement on the output, in the newest queue that people shared records of."""
    for queue in agreements(project, task, fresh=False):
        found = next((each for each in queue.measures if not each.pair), None)
        if found is not None:
            return _said(found)
    return None


def _said(found: Measure) -> Agreement:
    measure, interval = (
        ("Krippendorff's alpha", found.alpha) if found.alpha else ("share alike", found.percent)
    )
    named = f"{found.title}, {measure}"
    return Agreement(named, interval.value, interval.low, interval.high, found.records)


def _redacted(project: Project, task: str, version: str) -> dict[str, int] | None:
    """What was replaced in the imports of a version, by kind; None where no import says that it looked."""
    manifest = get(project, task, version).manifest
    wanted = set(imports_of(project, task, manifest).values())
    counts: Counter[str] = Counter()
    looked = False
    for each in artifacts.listing(project, "imports", task):
        replaced = _replaced(each.facts) if each.artifact_id in wanted else None
        if replaced is not None:
            looked = True
            counts.update(replaced)
    return {kind: count for kind, count in counts.items() if count} if looked else None


def _replaced(facts: Mapping[str, Any]) -> Mapping[str, int] | None:
    """The counts that an import's manifest has; those of older releases count two kinds only."""
    if "prepared" in facts:
        return dict(facts["prepared"]["redaction"]["replaced"])
    changed = facts.get("changed")
    return {kind: changed.get(kind, 0) for kind in ("emails", "phones")} if changed is not None else None
