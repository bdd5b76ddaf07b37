"""Side by side: the outputs of two candidates per held-out record, blind, and people's votes on them.

Votes live in an Argilla queue of the comparison's own, given by the signed-in person. Which
candidate stands left changes from record to record by a hash, so a voter cannot follow a side.
"""

from eval.comparisons.counting import Tally, Vote, count, mirror, tally, votes
from eval.comparisons.pairing import Pair, Shown, counts, pairs
from eval.comparisons.registry import WINNERS, Comparison, Winner, get, listing, swapped, winner_of
from eval.comparisons.voting import open_comparison, vote

__all__ = [
    "WINNERS", "Comparison", "Pair", "Shown", "Tally", "Vote", "Winner", "count", "counts", "get", "listing",
    "mirror", "open_comparison", "pairs", "swapped", "tally", "vote", "votes", "winner_of",
]  # fmt: skip
