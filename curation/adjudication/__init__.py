"""Adjudication: records that people decided differently, and the decision that is final."""

from curation.adjudication.accuracy import ReviewerAccuracy, accuracies
from curation.adjudication.conflicts import Conflicted, Version, conflicts
from curation.adjudication.deciding import Verdict, adjudicate
from curation.adjudication.keeping import history, rulings

__all__ = [
    "Conflicted", "ReviewerAccuracy", "Verdict", "Version", "accuracies", "adjudicate", "conflicts",
    "history", "rulings",
]  # fmt: skip
