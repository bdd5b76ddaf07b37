"""The pull of a suggestion, against the figures of a published example."""

from __future__ import annotations

import pytest

from curation.agreement.pull import pull
from curation.review_rows import Review
from tests.curation.agreement.test_measuring import review


def decided(approved: int, of: int, *, blind: bool) -> list[Review]:
    made = []
    for number in range(of):
        decision = "approved" if number < approved else "corrected"
        made.append(review(f"r{number}", f"ann{blind}", "Tea", decision=decision, blind=blind))
    return made


def test_the_pull_is_the_difference_of_two_shares_with_newcombes_interval() -> None:
    found = pull([*decided(56, 70, blind=False), *decided(48, 80, blind=True)])
    assert found is not None
    assert (found.seen.value, found.blind.value) == (0.8, 0.6)
    # Newcombe (1998), Statistics in Medicine 17, example a by method 10: 0.0524 to 0.3339
    assert (found.difference.low, found.difference.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert found.difference.value == pytest.approx(0.2)


def test_there_is_no_pull_where_everybody_saw_it_or_nobody() -> None:
    assert pull(decided(3, 4, blind=False)) is None
    assert pull(decided(3, 4, blind=True)) is None
    discarded = [review("r1", "ann", None, blind=True)]
    assert pull([*decided(3, 4, blind=False), *discarded]) is None
