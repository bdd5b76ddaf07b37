"""Learning curves: known laws are found, intervals hold the truth, too little is refused."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import curve_fit
from scipy.special import ndtr

from curation.exploring import power_law, proxy
from curation.exploring.learning_curve import SHARES, Right, measured, predicted
from curation.exploring.power_law import Numbers
from storage.errors import InvalidInput
from tests.curation.exploring.made_texts import CLASSES, drawn

RUNS = 200


def error(law: tuple[float, float, float], labels: Numbers | float) -> Numbers:
    """The error of a law `(onset, exponent, floor)` where guessing errs in three of four."""
    onset, exponent, floor = law
    return np.asarray(floor + (0.75 - floor) * (1 + labels / onset) ** -exponent)


@pytest.mark.parametrize("law", [(100.0, 0.5, 0.1), (10.0, 0.3, 0.0), (400.0, 1.5, 0.2)])
def test_a_law_without_noise_is_found(law: tuple[float, float, float]) -> None:
    sizes = np.array([100.0, 200.0, 300.0, 400.0])
    found = power_law.fit(sizes, error(law, sizes)[None, :], np.ones(4), 0.75)
    assert found.errors(500)[0] == pytest.approx(float(error(law, 500)), abs=2e-3)
    assert found.gain(400, 100)[0] == pytest.approx(float(error(law, 400) - error(law, 500)), abs=2e-3)
    assert found.errors(0)[0] == pytest.approx(0.75)


def test_the_fit_is_as_near_as_that_of_scipy() -> None:
    dice = np.random.default_rng(1)
    sizes = np.array([50.0, 100.0, 150.0, 200.0, 400.0])
    weights = np.array([1.0, 2.0, 3.0, 4.0, 8.0]) / 18
    for _ in range(20):
        errors = error((60.0, 0.7, 0.1), sizes) + dice.normal(0, 0.004, 5)
        found = power_law.fit(sizes, errors[None, :], weights, 0.75)

        def form(n: Numbers, onset: float, exponent: float, floor: float) -> Numbers:
            return error((onset, exponent, floor), n)

        best, _ = curve_fit(
            form, sizes, errors, p0=(50.0, 0.5, 0.1), sigma=weights**-0.5,
            bounds=([4, 0.1, 0], [8_000, 2, 0.75]), max_nfev=10_000,
        )  # fmt: skip
        ours, theirs = (
            np.sqrt((weights * (errors - form(sizes, *law)) ** 2).sum())
            for law in ((found.onset[0], found.exponent[0], found.floor[0]), best)
        )
        assert ours <= theirs + 1e-3


def test_a_curve_that_falls_or_does_not_move_promises_nothing() -> None:
    sizes = np.array([100.0, 200.0, 300.0, 400.0])
    curves = np.array([[0.75, 0.75, 0.75, 0.75], [0.8, 0.85, 0.9, 0.95], [0.0, 0.0, 0.0, 0.0]])
    laws = power_law.fit(sizes, curves, np.ones(4), 0.75)
    assert laws.gain(400, 100) == pytest.approx([0, 0, 0], abs=2e-3)
    assert (laws.gain(400, 100) >= 0).all()
    with pytest.raises(ValueError, match="2 sizes"):
        power_law.fit(sizes[:2], curves[:, :2], np.ones(2), 0.75)


def answered(sizes: Numbers, rows: int, errors: Numbers, seed: int) -> Right:
    """Answers that err as often as `errors` say; rows are easy or hard at every size, and seeds differ."""
    dice = np.random.default_rng(seed)
    seeds = 4
    hard = dice.normal(size=rows)[None, None, :] * 0.8**0.5
    level = ndtr(hard + dice.normal(size=(seeds, len(sizes), rows)) * 0.2**0.5)
    return np.asarray(level < (1 - errors + dice.normal(0, 0.005, (seeds, len(sizes))))[:, :, None])


@pytest.mark.parametrize(("rows", "law"), [(300, (60.0, 0.6, 0.1)), (400, (300.0, 1.2, 0.05))])
def test_the_interval_of_the_gain_holds_the_truth(rows: int, law: tuple[float, float, float]) -> None:
    """200 runs per law: the truth lies in the 95% interval in at least 90% of them, and it says something."""
    sizes = np.array(SHARES) * rows * 0.8
    truth = float(error(law, rows) - error(law, rows + 100))
    curves = [
        predicted(sizes, answered(sizes, rows, error(law, sizes), seed), np.arange(rows), 0.75)
        for seed in range(RUNS)
    ]
    held = np.mean([curve.gain_low <= truth <= curve.gain_high for curve in curves])
    width = np.median([curve.gain_high - curve.gain_low for curve in curves])
    assert held >= 0.9
    assert width < truth
    assert np.median([curve.gain for curve in curves]) == pytest.approx(truth, rel=0.2)


@pytest.mark.soak
@pytest.mark.timeout(900)
@pytest.mark.parametrize(("count", "telling"), [(250, 0.25)])
def test_the_predicted_gain_is_that_of_fresh_labels(count: int, telling: float) -> None:
    """Ten tasks each; the true gain is measured with new labels and 2,000 new texts, 24 times."""

    def accuracy(labels: int, seed: int) -> float:
        texts, given = drawn(labels + 2_000, seed, telling)
        labelled = proxy.prepared(texts, given, range(len(texts)))
        asked = np.arange(labels, labels + 2_000)
        found = proxy.probabilities(labelled, np.arange(labels), asked)
        return float((found.argmax(axis=1) == labelled.codes[asked]).mean())

    gains = [accuracy(count + 100, 20_000 + seed) - accuracy(count, 10_000 + seed) for seed in range(24)]
    truth, unsure = np.mean(gains), 2 * np.std(gains) / 24**0.5
    curves = [measured(*drawn(count, seed, telling), range(count)) for seed in range(10)]
    held = sum(curve.gain_low - unsure <= truth <= curve.gain_high + unsure for curve in curves)
    assert held >= 9
    assert np.median([curve.gain for curve in curves]) == pytest.approx(truth, rel=0.35)


def test_from_more_labels_than_were_used_the_next_bring_less() -> None:
    sizes = np.array(SHARES) * 240
    right = answered(sizes, 300, error((60.0, 0.6, 0.1), sizes), seed=1)
    used, sampled = (predicted(sizes, right, np.arange(300), 0.75, of=of) for of in (None, 30_000))
    assert (used.labels, used.of, sampled.labels, sampled.of) == (300, 300, 300, 30_000)
    assert used.points == sampled.points
    assert 0 <= sampled.gain < used.gain / 10


def test_a_curve_is_measured_on_real_texts_and_rises() -> None:
    texts, labels = drawn(400, seed=1)
    done: list[tuple[int, int]] = []
    curve = measured(texts, labels, range(400), progress=lambda *step: done.append(step))
    assert [point.labels for point in curve.points] == [80, 160, 240, 320]
    accuracies = [point.accuracy for point in curve.points]
    assert accuracies == sorted(accuracies)
    assert 0.25 < accuracies[0] < accuracies[-1] < 1
    assert all(point.low < point.accuracy < point.high for point in curve.points)
    assert curve.gain_low <= curve.gain <= curve.gain_high
    assert curve.gain_high > 0
    assert done[-1] == (80, 80)
    assert measured(texts, labels, range(400)) == curve


def test_copies_are_not_more_labels() -> None:
    texts, labels = drawn(60, seed=2)
    copied = measured(texts * 4, labels * 4, list(range(60)) * 4)
    with pytest.raises(InvalidInput, match="60 labelled records"):
        measured(texts, labels, range(60))
    leaked = measured(texts * 4, labels * 4, range(240))
    assert leaked.points[-1].accuracy > copied.points[-1].accuracy + 0.2


@pytest.mark.parametrize(
    ("count", "labels", "said"),
    [(99, 4, "99 labelled records with 4 labels"), (300, 1, "300 .* with 1 labels")],
)
def test_too_little_is_refused_with_what_it_takes(count: int, labels: int, said: str) -> None:
    texts, _ = drawn(count, seed=3)
    with pytest.raises(InvalidInput, match=said) as refused:
        measured(texts, [CLASSES[number % labels] for number in range(count)], range(count))
    assert "100 records" in refused.value.next_step
