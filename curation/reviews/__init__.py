"""Reviews: people's decisions, taken on cards, stored in Argilla, mirrored into generations."""

from curation.review_rows import Review, newest_mirror
from curation.reviews.cards import (
    Card,
    ReviewProgress,
    TargetReached,
    chosen_order,
    hold,
    next_cards,
    progress,
)
from curation.reviews.conflicts import Standing, Superseded
from curation.reviews.deciding import Decision, Saved, submit, undo
from curation.reviews.mirroring import mirror

__all__ = [
    "Card", "Decision", "Review", "ReviewProgress", "Saved", "Standing", "Superseded", "TargetReached",
    "chosen_order", "hold", "mirror",
    "newest_mirror", "next_cards", "progress", "submit", "undo",
]  # fmt: skip
