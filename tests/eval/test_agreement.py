"""Coefficients of agreement: by hand, against the libraries, and intervals that cover what they should."""

from __future__ import annotations

import krippendorff
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import aggregate_raters
from statsmodels.stats.inter_rater import fleiss_kappa as theirs_fleiss

from eval.statistics import (
    agreement,
    cohens_kappa,
    fleiss_kappa,
    krippendorffs_alpha,
    percent_agreement,
)
from eval.statistics.agreement import _alphas, _coded, _cohens, _fleisses, _ordinal_alphas

# Two people and fifty records: both yes 20, only the first yes 5, only the second yes 10, both no 15
FIFTY = [("yes", "yes")] * 20 + [("yes", "no")] * 5 + [("no", "yes")] * 10 + [("no", "no")] * 15

answers = st.sampled_from([1, 2, 3, 4, None])
tables = st.integers(2, 4).flatmap(
    lambda people: st.lists(st.tuples(*[answers] * people), min_size=1, max_size=40)
)
pairs = st.lists(st.tuples(st.integers(1, 4), st.integers(1, 4)), min_size=2, max_size=40)


def test_the_coefficients_of_a_table_reckoned_by_hand() -> None:
    assert percent_agreement(FIFTY) == pytest.approx(0.7)
    assert cohens_kappa(FIFTY) == pytest.approx(0.4)  # chance 0.5 x 0.6 + 0.5 x 0.4 = 0.5
    chance = 0.55**2 + 0.45**2
    assert fleiss_kappa(FIFTY) == pytest.approx((0.7 - chance) / (1 - chance))
    assert krippendorffs_alpha(FIFTY) == pytest.approx(1 - 99 * 30 / (100**2 - 55**2 - 45**2))


def test_near_ratings_disagree_less_than_far_ones_where_the_order_counts() -> None:
    near = [(1, 2), (2, 2), (3, 4), (5, 5), (4, 4), (1, 1)]
    far = [(1, 5), (2, 2), (3, 1), (5, 5), (4, 4), (1, 1)]
    assert (krippendorffs_alpha(near, "ordinal") or 0) > (krippendorffs_alpha(far, "ordinal") or 0)


@given(pairs)
def test_cohens_kappa_is_scikit_learns_in_every_resample_too(rows) -> None:
    if len({answer for row in rows for answer in row}) < 2:
        assert cohens_kappa(rows) is None
        return
    first, second = zip(*rows, strict=True)
    expected = float(cohen_kappa_score(first, second))
    assert cohens_kappa(rows) == pytest.approx(expected)
    codes, _ = _coded(rows)
    assert _cohens(codes, np.ones((1, len(rows))))[0] == pytest.approx(expected)


@given(st.lists(st.tuples(*[st.integers(1, 4)] * 3), min_size=1, max_size=40))
def test_fleiss_kappa_is_statsmodels_in_every_resample_too(rows) -> None:
    if len({answer for row in rows for answer in row}) < 2:
        assert fleiss_kappa(rows) is None
        return
    expected = float(theirs_fleiss(aggregate_raters(np.array(rows))[0]))
    assert fleiss_kappa(rows) == pytest.approx(expected)
    codes, _ = _coded(rows)
    assert _fleisses(codes, np.ones((1, len(rows))))[0] == pytest.approx(expected)


@pytest.mark.parametrize(("level", "formula"), [("nominal", _alphas), ("ordinal", _ordinal_alphas)])
@given(tables)
def test_alpha_is_krippendorffs_in_every_resample_too(level, formula, rows) -> None:
    shared = [row for row in rows if sum(answer is not None for answer in row) > 1]
    if len({answer for row in shared for answer in row} - {None}) < 2:
        assert krippendorffs_alpha(rows, level) is None
        return
    people = [
        [np.nan if answer is None else answer for answer in person] for person in zip(*shared, strict=True)
    ]
    expected = krippendorff.alpha(reliability_data=people, level_of_measurement=level)
    assert krippendorffs_alpha(rows, level) == pytest.approx(expected)
    codes, _ = _coded(shared)
    assert formula(codes, np.ones((1, len(shared))))[0] == pytest.approx(expected)


@given(tables)
@settings(max_examples=40)
def test_an_interval_holds_its_value_and_stays_in_range(rows) -> None:
    for coefficient in ("percent", "fleiss", "alpha"):
        found = agreement(rows, coefficient, resamples=200)
        if found is not None:
            assert -1.0 <= found.low <= found.high <= 1.0 + 1e-9
            assert found.rows <= len(rows)


def test_the_interval_is_that_of_resampling_records_one_by_one() -> None:
    found = agreement(FIFTY, "cohen", resamples=4000)
    assert found is not None
    rng = np.random.default_rng(9)
    rows = np.array(FIFTY)
    draws = [cohen_kappa_score(*rows[rng.integers(50, size=50)].T) for _ in range(1000)]
    assert [found.low, found.high] == pytest.approx(np.quantile(draws, [0.025, 0.975]), abs=0.04)


def test_95_percent_intervals_cover_the_true_agreement_about_95_times_of_100() -> None:
    rng = np.random.default_rng(4)
    covered, rounds = 0, 300
    for seed in range(rounds):
        same = rng.random(150) < 0.8
        rows = [(1, 1) if hit else (1, 2) for hit in same]
        found = agreement(rows, "percent", resamples=400, seed=seed)
        covered += found is not None and found.low <= 0.8 <= found.high
    assert 0.91 <= covered / rounds <= 0.98


def test_full_agreement_is_not_claimed_with_certainty() -> None:
    found = agreement([("a", "a")] * 20, "percent")
    assert found is not None
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low < 0.9
    kappa = agreement([("a", "a")] * 10 + [("b", "b")] * 10, "cohen")
    assert kappa is not None
    assert "says nothing about the error" in kappa.method


def test_there_is_no_coefficient_of_nothing_and_none_where_all_answers_are_one() -> None:
    for coefficient in ("percent", "cohen", "fleiss", "alpha"):
        assert agreement([], coefficient) is None
        assert agreement([("a", None)], coefficient) is None
    for coefficient in ("cohen", "fleiss", "alpha"):
        assert agreement([("a", "a")] * 5, coefficient) is None


def test_cohens_kappa_is_of_two_and_fleiss_of_equally_many_answers() -> None:
    with pytest.raises(ValueError, match="of two people"):
        cohens_kappa([("a", "b", "c")])
    mixed = [("a", "a", None), ("a", "b", None), ("b", "b", None), ("a", "a", "b")]
    assert fleiss_kappa(mixed) == fleiss_kappa([row[:2] for row in mixed[:3]])
