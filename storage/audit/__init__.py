"""The audit log: who did and saw what, in lines that can be added and never changed.

    append(project, actor="ann", action="dataset.freeze", subject="triage/v0002", facts={"rows": 1980})
    verify(project).findings        # empty while every line stands as it was written

Each line carries the hash of the one before it, so an altered, removed or reordered line breaks the
chain; a copy of the newest hash in a file beside the database shows a chain that was cut at its end.
What this can and cannot prove stands in docs/people.md.
"""

from storage.audit.checking import Finding, Verdict, verify
from storage.audit.lines import Fact, Facts, Line
from storage.audit.reading import Filters, actors, listing
from storage.audit.writing import append, while_appending

__all__ = [
    "Fact", "Facts", "Filters", "Finding", "Line", "Verdict", "actors", "append", "listing", "verify",
    "while_appending",
]  # fmt: skip
