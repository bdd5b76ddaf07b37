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
from curation.reviews.deciding import Saved, submit, undo
from curation.reviews.decisions import Decision
from curation.reviews.grid import Asked, Grid, grid
from curation.reviews.mirroring import mirror
from curation.reviews.together import Outcome, TakenBack, Together, submit_all, undo_all

__all__ = [
    "Asked", "Card", "Decision", "Grid", "Outcome", "Review", "ReviewProgress", "Saved", "Standing",
    "Superseded", "TakenBack", "TargetReached", "Together", "chosen_order", "grid", "hold", "mirror",
    "newest_mirror", "next_cards", "progress", "submit", "submit_all", "undo", "undo_all",
]  # fmt: skip
