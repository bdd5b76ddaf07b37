"""Intervals: against row-by-row resampling, against scipy, and against the truth they should cover."""

from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from eval.metrics import accuracy, macro_f1
from eval.statistics import bootstrap_interval, mcnemar, paired_bootstrap_difference, wilson

LABELS = ["a", "b", "c", "d", "e"]


def _answers(
    rng: np.random.Generator, rows: int, share_right: float, wanted: list[str] | None = None
) -> tuple[list[str | None], list[str]]:
    """Answers of a candidate that is right with a probability, else wrong or not in the label set."""
    references = wanted or [str(label) for label in rng.choice(LABELS, rows)]
    wrong: list[str | None] = [*LABELS, None]
    predictions = [
        label if rng.random() < share_right else wrong[int(rng.integers(len(wrong)))] for label in references
    ]
    return predictions, references


@pytest.mark.parametrize(("metric", "measure"), [("accuracy", accuracy), ("macro_f1", macro_f1)])
def test_the_bootstrap_by_cells_agrees_with_resampling_rows_one_by_one(metric, measure) -> None:
    rng = np.random.default_rng(3)
    predictions, references = _answers(rng, 80, 0.6)
    interval = bootstrap_interval(metric, predictions, references, resamples=4000)
    draws = []
    for _ in range(1000):
        chosen = rng.integers(80, size=80)
        draws.append(measure([predictions[row] for row in chosen], [references[row] for row in chosen]))
    assert interval.value == pytest.approx(measure(predictions, references))
    assert interval.rows == 80
    assert [interval.low, interval.high] == pytest.approx(np.quantile(draws, [0.025, 0.975]), abs=0.02)


@given(
    st.lists(
        st.tuples(st.sampled_from([*LABELS, None, "other"]), st.sampled_from(LABELS)), min_size=1, max_size=60
    )
)
def test_the_bootstrapped_value_is_the_measure_itself(pairs) -> None:
    predictions, references = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    for metric, measure in (("accuracy", accuracy), ("macro_f1", macro_f1)):
        interval = bootstrap_interval(metric, predictions, references, resamples=50)
        assert interval.value == pytest.approx(measure(predictions, references))
        assert 0.0 <= interval.low <= interval.high <= 1.0


def test_95_percent_intervals_cover_the_true_accuracy_about_95_times_of_100() -> None:
    rng = np.random.default_rng(11)
    truth, covered, rounds = 0.8, 0, 400
    for seed in range(rounds):
        right = rng.random(200) < truth
        predictions = ["a" if hit else None for hit in right]
        interval = bootstrap_interval("accuracy", predictions, ["a"] * 200, resamples=500, seed=seed)
        covered += interval.low <= truth <= interval.high
    assert 0.91 <= covered / rounds <= 0.98


def test_the_same_seed_gives_the_same_interval_and_more_rows_a_narrower_one() -> None:
    few = bootstrap_interval("accuracy", *_answers(np.random.default_rng(1), 50, 0.7))
    again = bootstrap_interval("accuracy", *_answers(np.random.default_rng(1), 50, 0.7))
    many = bootstrap_interval("accuracy", *_answers(np.random.default_rng(1), 5000, 0.7))
    assert few == again
    assert many.high - many.low < (few.high - few.low) / 5


def test_an_accuracy_of_zero_is_not_claimed_with_certainty() -> None:
    interval = bootstrap_interval("accuracy", [None] * 600, ["a"] * 600)
    assert (interval.value, interval.low) == (0.0, 0.0)
    assert 0.0 < interval.high < 0.01
    assert "Wilson" in interval.method


def test_a_macro_f1_whose_resamples_are_all_equal_says_so() -> None:
    assert "says nothing about the error" in bootstrap_interval("macro_f1", [None] * 9, ["a"] * 9).method


@pytest.mark.parametrize("metric", ["accuracy", "macro_f1"])
def test_the_paired_bootstrap_sees_a_real_difference_that_separate_intervals_hide(metric) -> None:
    rng = np.random.default_rng(5)
    theirs, references = _answers(rng, 600, 0.75)
    ours = [
        label if guess != label and rng.random() < 0.15 else guess
        for guess, label in zip(theirs, references, strict=True)
    ]
    difference = paired_bootstrap_difference(metric, ours, theirs, references)
    assert difference.excludes_zero
    assert difference.low > 0.0
    left = bootstrap_interval(metric, ours, references)
    right = bootstrap_interval(metric, theirs, references)
    assert left.low < right.high, "the two intervals alone overlap"
    mirrored = paired_bootstrap_difference(metric, theirs, ours, references)
    assert mirrored.value == pytest.approx(-difference.value)


def test_two_candidates_of_the_same_skill_are_told_apart_about_5_times_of_100() -> None:
    rng = np.random.default_rng(17)
    alarms, rounds = 0, 300
    for seed in range(rounds):
        ours, references = _answers(rng, 150, 0.7)
        theirs, _ = _answers(rng, 150, 0.7, references)
        found = paired_bootstrap_difference("accuracy", ours, theirs, references, resamples=400, seed=seed)
        alarms += found.excludes_zero
    assert alarms / rounds <= 0.09


@given(st.integers(1, 500), st.data())
def test_wilson_is_scipys(trials: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, trials))
    theirs = binomtest(successes, trials).proportion_ci(method="wilson")
    ours = wilson(successes, trials)
    assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_wilson_takes_halves_and_knows_nothing_before_the_first_trial() -> None:
    assert wilson(4.5, 9).value == 0.5
    assert (wilson(0, 0).low, wilson(0, 0).high) == (0.0, 1.0)
    with pytest.raises(ValueError, match="7 successes of 5 trials"):
        wilson(7, 5)


def test_mcnemar_is_the_exact_binomial_of_the_rows_they_disagree_on() -> None:
    ours = [True] * 21 + [False] * 9 + [True] * 60 + [False] * 10
    theirs = [False] * 21 + [True] * 9 + [True] * 60 + [False] * 10
    assert mcnemar(ours, theirs) == pytest.approx(2 * sum(comb(30, hits) for hits in range(10)) / 2**30)
    assert mcnemar([True, False], [True, False]) == 1.0


def test_a_thousand_classes_and_six_hundred_rows_cost_little() -> None:
    rng = np.random.default_rng(0)
    references = [f"class {number}" for number in rng.integers(1000, size=600)]
    predictions = [label if rng.random() < 0.5 else "class 0" for label in references]
    interval = bootstrap_interval("macro_f1", predictions, references)
    assert 0.0 < interval.low < interval.high < 1.0
