"""Recall and precision of redaction per type, on texts and in languages it was not developed on."""

from __future__ import annotations

import pytest

from curation.redaction import Policy, Redactor
from tests.curation.redaction.corpus import JUDGED_ON, LOCALES, UNSEEN_LOCALES, Planted, examples
from tests.curation.redaction.measuring import Figures, measured

SIZES = {LOCALES: 4_400, UNSEEN_LOCALES: 2_000}
PROMISED = {"email": 0.99, "card": 0.95, "iban": 0.95, "phone": 0.85}
PRECISION = 0.90


@pytest.fixture(scope="module", params=SIZES, ids=["developed on", "unseen"])
def figures(request: pytest.FixtureRequest) -> dict[str, Figures]:
    judged = list(examples(JUDGED_ON, SIZES[request.param], request.param))
    redacted = Redactor(Policy(model=None)).redact_many([each.text for each in judged])
    claims = [
        [Planted(span.start, span.end, span.type) for span in each.spans if not span.uncertain]
        for each in redacted
    ]
    return measured(judged, claims)


@pytest.mark.parametrize(("type_", "recall"), PROMISED.items())
def test_recall_is_what_is_promised(figures: dict[str, Figures], type_: str, recall: float) -> None:
    assert figures[type_].planted >= 150
    assert figures[type_].recall >= recall, figures[type_]


@pytest.mark.parametrize("type_", PROMISED)
def test_precision_is_what_is_promised(figures: dict[str, Figures], type_: str) -> None:
    assert figures[type_].precision >= PRECISION, figures[type_]
