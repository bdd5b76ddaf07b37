"""Cleaning: a recipe of steps, listed, ordered, previewed, and stored with what it made.

    running = cleaning.run(recipe, batches)
    for batch in running:
        keep(batch.numbers, batch.columns)
    running.report            # per step: rows changed or rejected, ten examples

A step either changes texts, and does so once and for all, or rejects records with a reason.
"""

from curation.cleaning.recipe import DEFAULT, STEPS, WEB, Recipe, parsed
from curation.cleaning.reporting import Example, FoundLine, Report, StepReport
from curation.cleaning.rows import Batch, Rejected
from curation.cleaning.running import Cleaned, Cleaner, Run, changed, reasons, run

__all__ = [
    "DEFAULT", "STEPS", "WEB", "Batch", "Cleaned", "Cleaner", "Example", "FoundLine", "Recipe", "Rejected",
    "Report", "Run", "StepReport", "changed", "parsed", "reasons", "run",
]  # fmt: skip
