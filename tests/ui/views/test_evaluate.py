from __future__ import annotations

import pytest

from eval.evaluations import Row
from eval.scoring import Difference, Score
from ui.views.evaluate import verdict


def row(kind: str, *, ahead: Difference | None = None) -> Row:
    score = Score(
        candidate=kind, metric="accuracy", value=0.5, low=0.4, high=0.6, rows=100, method="bootstrap"
    )
    return Row(kind, kind, kind, 100, score, score, score, score, None, ahead)


def lead(value: float, low: float, high: float) -> Difference:
    return Difference(
        left="adapter", right="recorded", metric="accuracy", value=value, low=low, high=high, rows=100,
        method="paired bootstrap", p_mcnemar=None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("ahead", "said"),
    [
        (lead(0.05, 0.02, 0.08), "The student beats the teacher** by 5.0 points (95% interval 2.0 to 8.0)"),
        (lead(-0.05, -0.08, -0.02), "The teacher is still ahead** by 5.0 points (95% interval 2.0 to 8.0)"),
        (lead(-0.01, -0.04, 0.02), "the student's lead is -1.0 points (95% interval -4.0 to 2.0)"),
    ],
)
def test_the_verdict_says_who_is_ahead_and_by_how_much(ahead: Difference, said: str) -> None:
    sentence = verdict([row("adapter"), row("recorded", ahead=ahead)])
    assert sentence is not None
    assert said in sentence.replace("\\", "")


def test_there_is_no_verdict_without_a_student() -> None:
    assert verdict([row("recorded")]) is None
