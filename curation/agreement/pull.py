"""The pull of a suggestion: how much more often people keep the teacher's output when they see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from curation.review_rows import APPROVED, DISCARDED, Review
from eval.statistics import LEVEL, Interval, wilson


@dataclass(frozen=True)
class Pull:
    """Shares (0-1, Wilson intervals) of kept outputs that are the teacher's.

    `blind` is of decisions taken without seeing it: how often a person says the same unasked.
    `difference` is seen minus blind, with Newcombe's interval: above zero people are pulled.
    """

    seen: Interval
    blind: Interval
    difference: Interval


def pull(reviews: Iterable[Review]) -> Pull | None:
    """The pull in these reviews; discards keep no output and do not count.

    None unless there are decisions of both kinds.
    """
    kept = [review for review in reviews if review.decision != DISCARDED]
    seen, blind = (_same([one for one in kept if one.blind is kind]) for kind in (False, True))
    if not seen.rows or not blind.rows:
        return None
    from statsmodels.stats.proportion import confint_proportions_2indep

    low, high = confint_proportions_2indep(
        round(seen.value * seen.rows), seen.rows, round(blind.value * blind.rows), blind.rows,
        method="newcomb", compare="diff", alpha=1 - LEVEL,
    )  # fmt: skip
    rows, method = seen.rows + blind.rows, f"Newcombe, {LEVEL:.0%}"
    return Pull(seen, blind, Interval(seen.value - blind.value, float(low), float(high), rows, method))


def _same(reviews: list[Review]) -> Interval:
    return wilson(sum(review.decision == APPROVED for review in reviews), len(reviews))
