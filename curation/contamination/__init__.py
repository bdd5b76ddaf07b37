"""Contamination: records that a benchmark, or any held-out file, has as well.

    contamination.start(project, task, path, columns, created_by=…)     a job, whose answer is kept
    contamination.newest(project, task), contamination.pairs(…)         what it found

A student that has trained on the questions it is measured by looks better than it is. Compared are the
texts themselves after normalisation, near copies as the search for duplicates knows them, and long
passages in common. A paraphrase is none of these and is not found.
"""

from curation.contamination.benchmark import preview_columns
from curation.contamination.findings import Checked, Pair, listing, newest, pairs, record_ids
from curation.contamination.job import check, run, start

__all__ = [
    "Checked", "Pair", "check", "listing", "newest", "pairs", "preview_columns", "record_ids", "run", "start",
]  # fmt: skip
