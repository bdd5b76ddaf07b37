"""Groups against their reference shares."""

from __future__ import annotations

import numpy as np
import pytest

from curation.exploring import against_reference
from storage.errors import InvalidInput


def test_a_group_that_is_missing_comes_first_and_how_many_would_mend_it() -> None:
    groups = against_reference({"north": 700, "south": 300}, {"north": 0.5, "south": 0.4, "west": 0.1})
    assert [(group.name, group.verdict, group.rare) for group in groups] == [
        ("south", "too few", False), ("west", "too few", True), ("north", "too many", False),
    ]  # fmt: skip
    south, west, north = groups
    assert (300 + south.missing) / (1000 + south.missing) >= 0.4
    assert (300 + south.missing - 1) / (1000 + south.missing - 1) < 0.4
    assert west.missing == 112
    assert north.missing == 0
    assert south.low < south.share == 0.3 < south.high < 0.4


def test_small_numbers_prove_nothing() -> None:
    assert {group.verdict for group in against_reference({"a": 3, "b": 1}, {"a": 0.5, "b": 0.5})} == {
        "as expected"
    }
    assert all(group.rare for group in against_reference({"a": 3, "b": 1}))


def test_without_a_reference_groups_should_be_equal() -> None:
    groups = against_reference({"a": 900, "b": 50, "c": 50})
    assert {group.name: group.verdict for group in groups} == {
        "a": "too many",
        "b": "too few",
        "c": "too few",
    }
    [only] = against_reference({"a": 9})
    assert (only.share, only.verdict) == (1.0, "as expected")


def test_a_group_without_a_reference_is_named_as_such() -> None:
    groups = against_reference({"a": 90, "other": 10}, {"a": 1})
    assert {group.name: group.verdict for group in groups} == {
        "a": "too few",
        "other": "not in the reference",
    }
    assert {group.name: group.missing for group in groups} == {"a": 0, "other": 0}


def test_shares_may_be_percent() -> None:
    assert against_reference({"a": 9, "b": 1}, {"a": 60, "b": 40}) == against_reference(
        {"a": 9, "b": 1}, {"a": 0.6, "b": 0.4}
    )


@pytest.mark.parametrize(
    ("counts", "reference", "said"),
    [
        ({}, None, "no rows"),
        ({"a": 0}, None, "no rows"),
        ({"a": 1}, {"a": 0.5}, "add up to 0.5"),
        ({"a": 1}, {"a": 1.5, "b": -0.5}, "'b' is -0.5"),
        ({"a": 1}, {"a": float("nan")}, "'a' is nan"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    counts: dict[str, int], reference: dict[str, float] | None, said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        against_reference(counts, reference)


def test_no_more_than_one_table_in_twenty_calls_a_fair_sample_unfair() -> None:
    dice = np.random.default_rng(5)
    shares = {"a": 0.4, "b": 0.3, "c": 0.2, "d": 0.08, "e": 0.02}
    wrong = 0
    for _ in range(400):
        drawn = dice.multinomial(800, list(shares.values()))
        groups = against_reference(dict(zip(shares, drawn.tolist(), strict=True)), shares)
        wrong += any(group.verdict != "as expected" for group in groups)
    assert wrong <= 30  # 20 expected at most; more than 30 would happen once in 70 such tests
