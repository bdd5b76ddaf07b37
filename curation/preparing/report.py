"""What a preparation did, in numbers: what a manifest keeps of it, and examples for admins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from curation import cleaning


@dataclass(frozen=True)
class Report:
    """`found` counts identifiers by kind, `replaced` and `uncertain` those of them; `dropped` counts rows.

    `cleaning` has examples of raw text, which belong to what admins alone may read.
    """

    cleaning: cleaning.Report
    found: Mapping[str, int]
    replaced: Mapping[str, int]
    uncertain: Mapping[str, int]
    dropped: Mapping[str, int]

    def facts(self) -> dict[str, Any]:
        """The counts as JSON, without a word of any text."""
        steps = [
            {"step": step.step, "seen": step.seen, "changed": step.changed, "rejected": step.rejected}
            for step in self.cleaning.steps
        ]
        return {
            "cleaning": {"read": self.cleaning.read, "kept": self.cleaning.kept, "steps": steps},
            "redaction": {
                "found": dict(self.found),
                "replaced": dict(self.replaced),
                "uncertain": dict(self.uncertain),
                "rows_dropped": dict(self.dropped),
            },
        }


@dataclass
class Tally:
    """Counts identifiers while batches go by."""

    found: Counter[str] = field(default_factory=Counter)
    replaced: Counter[str] = field(default_factory=Counter)
    uncertain: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)

    def report(self, cleaned: cleaning.Report) -> Report:
        """The counts so far, beside what cleaning did."""
        counts = (dict(sorted(each.items())) for each in vars(self).values())
        return Report(cleaned, *counts)
