"""Duplicates: exact ones after normalisation, then near ones; of each cluster one record is kept.

    find_duplicates(["Red wok, 28 cm", "red wok 28 cm!", "Tea"]) -> [0, 0, 1]

A cluster that touches a held-out record goes with it: none of its members trains. What people say
of clusters (`keep`, `apart`, `together`) is laid over every search until they take it back.
"""

from curation.duplicates.clusters import find_duplicates
from curation.duplicates.findings import Cluster, Member, Summary, cluster, clusters, summary
from curation.duplicates.judging import apart, keep, together, undo
from curation.duplicates.rulings import Stated, standing
from curation.duplicates.search import run, search, start

__all__ = [
    "Cluster", "Member", "Stated", "Summary", "apart", "cluster", "clusters", "find_duplicates", "keep",
    "run", "search", "standing", "start", "summary", "together", "undo",
]  # fmt: skip
