"""Preparing: what every text of a task goes through before anything else of the product may read it.

    preparation = preparing.of(project, task)        # a cleaning recipe and a redaction policy
    preparer = preparing.Preparer(preparation, preparing.secret(project))
    for batch in batches:
        prepared = preparer.batch(batch.numbers, batch.columns)
    preparer.report

Recipe and policy belong to the task and change by revision; an import says which revision it went by.
"""

from curation.cleaning import Rejected
from curation.preparing.preparation import DEFAULT, Preparation
from curation.preparing.prepared import Prepared, Uncertain
from curation.preparing.preparer import Preparer, libraries
from curation.preparing.report import Report
from curation.preparing.storing import of, save, secret
from curation.redaction import NO_RULINGS

__all__ = [
    "DEFAULT",
    "NO_RULINGS",
    "Preparation",
    "Prepared",
    "Preparer",
    "Rejected",
    "Report",
    "Uncertain",
    "libraries",
    "of",
    "save",
    "secret",
]  # fmt: skip
