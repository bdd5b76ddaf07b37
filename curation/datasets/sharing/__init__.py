"""Sharing: whether a version may leave and by whose word, where it goes, and what has left."""

from curation.datasets.sharing.leaving import (
    TRAINED_ON,
    ImportTerms,
    Standing,
    TeacherTerms,
    answer_for,
    card,
    check,
    share,
    standing,
    state_licence,
)
from curation.datasets.sharing.past import PastExport, history
from curation.datasets.sharing.words import withdraw
from curation.datasets.splits import SPLITS

__all__ = [
    "SPLITS",
    "TRAINED_ON",
    "ImportTerms",
    "PastExport",
    "Standing",
    "TeacherTerms",
    "answer_for",
    "card",
    "check",
    "history",
    "share",
    "standing",
    "state_licence",
    "withdraw",
]
