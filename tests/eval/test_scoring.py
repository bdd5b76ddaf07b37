"""From answers to scores and paired differences."""

from __future__ import annotations

import pytest

from eval import scoring
from eval.scoring import Judged

LABELS = ("a", "b", "c")
REFERENCES = ["a", "b", "c", "a"] * 30


def _judged(name: str, outputs: list[str | None], latencies: list[float | None] | None = None) -> Judged:
    labels = [scoring.parsed(output, LABELS) for output in outputs]
    return Judged(name, outputs, labels, latencies or [None] * len(outputs))


def _by_metric(judged: Judged) -> dict[str, scoring.Score]:
    return {score.metric: score for score in scoring.scores(judged, REFERENCES)}


def test_a_quoted_label_is_right_but_no_exact_match_and_an_invented_one_is_neither() -> None:
    outputs = ['"a"' if label == "a" else "invented" if label == "b" else label for label in REFERENCES]
    found = _by_metric(_judged("teacher", outputs))
    assert found["accuracy"].value == 0.75
    assert found["validity"].value == 0.75
    assert found["exact_match"].value == 0.25
    assert found["macro_f1"].value == pytest.approx(2 / 3)
    assert all(score.low is not None and score.low <= score.value for score in found.values())


def test_an_answer_that_never_came_counts_as_wrong() -> None:
    outputs: list[str | None] = [None, *REFERENCES[1:]]
    found = _by_metric(_judged("teacher", outputs))
    assert found["accuracy"].value == pytest.approx(119 / 120)
    assert found["accuracy"].rows == 120


def test_latency_is_the_median_of_the_rows_that_were_timed_and_absent_without_any() -> None:
    timed: list[float | None] = [0.3, 0.1, 0.2, *[None] * 117]
    latency = _by_metric(_judged("base", list(REFERENCES), timed))["latency_p50_s"]
    assert (latency.value, latency.rows, latency.low) == (0.2, 3, None)
    assert "latency_p50_s" not in _by_metric(_judged("base", list(REFERENCES)))


def test_a_student_is_compared_with_every_other_candidate_on_the_same_rows() -> None:
    student = _judged("student", list(REFERENCES))
    teacher = _judged("teacher", [None if row % 5 == 0 else label for row, label in enumerate(REFERENCES)])
    twin = _judged("twin", list(REFERENCES))
    found = scoring.differences(student, [student, teacher, twin], REFERENCES)
    assert [(one.right, one.metric) for one in found] == [
        ("teacher", "accuracy"),
        ("teacher", "macro_f1"),
        ("twin", "accuracy"),
        ("twin", "macro_f1"),
    ]
    assert found[0].value == pytest.approx(0.2)
    assert found[0].excludes_zero
    assert found[0].p_mcnemar is not None
    assert found[0].p_mcnemar < 0.001
    assert not found[2].excludes_zero
    assert (found[2].low, found[2].high) == (0.0, 0.0)


def test_a_task_without_labels_takes_the_answer_as_it_is() -> None:
    assert scoring.parsed("  any text ", ()) == "any text"
    assert scoring.parsed("   ", ()) is None
