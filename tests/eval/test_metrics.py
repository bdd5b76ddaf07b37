"""The measures against scikit-learn, over whatever hypothesis thinks of."""

import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, f1_score

from eval.metrics import METRICS, accuracy, exact_match, macro_f1, validity

LABEL = st.sampled_from(["a", "b", "c", "d"])
PAIRS = st.lists(st.tuples(st.one_of(st.none(), LABEL, st.just("never a reference")), LABEL), min_size=1)


def _sides(pairs: list[tuple[str | None, str]]) -> tuple[list[str | None], list[str]]:
    return [given for given, _ in pairs], [wanted for _, wanted in pairs]


@given(PAIRS)
def test_accuracy_is_scikit_learns(pairs: list[tuple[str | None, str]]) -> None:
    predictions, references = _sides(pairs)
    assert accuracy(predictions, references) == pytest.approx(
        accuracy_score(references, [label or "" for label in predictions])
    )


@given(PAIRS)
def test_macro_f1_is_scikit_learns_over_the_classes_of_the_references(
    pairs: list[tuple[str | None, str]],
) -> None:
    predictions, references = _sides(pairs)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = f1_score(
            references,
            [label or "" for label in predictions],
            labels=sorted(set(references)),
            average="macro",
            zero_division=0.0,
        )
    assert macro_f1(predictions, references) == pytest.approx(expected)


def test_macro_f1_of_a_known_case() -> None:
    # a: TP 1, FP 1, FN 1 -> 1/2; b: TP 1, FN 1 -> 2/3; the mean is 7/12
    assert macro_f1(["a", "a", "b", None], ["a", "b", "b", "a"]) == pytest.approx(7 / 12)


def test_a_prediction_outside_the_label_set_is_wrong_and_invalid() -> None:
    assert accuracy([None, "a"], ["a", "a"]) == 0.5
    assert validity([None, "a"], ["a", "a"]) == 0.5
    assert exact_match([None, "a"], ["a", "a"]) == 0.5


def test_exact_match_looks_past_outer_white_space_and_nothing_else() -> None:
    assert exact_match([" a\n", '"a"', "A"], ["a", "a", "a"]) == pytest.approx(1 / 3)


@pytest.mark.parametrize("name", METRICS)
def test_every_measure_refuses_no_rows_and_unequal_sides(name: str) -> None:
    with pytest.raises(ValueError, match="at least one"):
        METRICS[name]([], [])
    with pytest.raises(ValueError, match="1 predictions for 2 references"):
        METRICS[name](["a"], ["a", "b"])


@pytest.mark.parametrize("name", METRICS)
@given(pairs=PAIRS)
def test_every_measure_lies_between_0_and_1_and_ignores_the_order_of_rows(
    name: str, pairs: list[tuple[str | None, str]]
) -> None:
    value = METRICS[name](*_sides(pairs))
    assert 0.0 <= value <= 1.0
    assert METRICS[name](*_sides(pairs[::-1])) == pytest.approx(value)
