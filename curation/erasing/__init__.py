"""Erasing a person's records from everything the project holds, and proving what is left.

    found = find(project, text="ines@example.org")     # what would go, and from where; nothing is changed
    job = start(project, found, by="ann", reason="request 17")
    report(project, erasure_id)                        # what was done, what else holds it, what is left
    scan(project, ["ines@example.org"]).findings

docs/erasing.md says what this reaches and what no program can.
"""

from curation.erased import fingerprint, refused
from curation.erasing.finding import Found, LineSeen, Place, RecordSeen, find
from curation.erasing.reporting import Erased, Left, listing, report
from curation.erasing.working import erase, start
from storage.erasing.scanning import Finding, Scan, scan

__all__ = [
    "Erased", "Finding", "Found", "Left", "LineSeen", "Place", "RecordSeen", "Scan", "erase", "find",
    "fingerprint", "listing", "refused", "report", "scan", "start",
]  # fmt: skip
