"""Candidates: their specs, and how an answer becomes a label."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.candidates import Adapter, Recorded, parse_candidate, parse_candidates, parse_label
from storage.errors import InvalidInput

LABELS = (
    "Home & Garden > Kitchen & Dining > Cookware",
    "Home & Garden > Kitchen & Dining > Tableware",
    "Electronics > Audio",
)


@pytest.mark.parametrize(
    "output",
    [
        "Electronics > Audio",
        "  Electronics > Audio\n",
        '"Electronics > Audio"',
        "“Electronics > Audio”",
        "**Electronics > Audio**",
        "electronics > audio.",
        "Category: Electronics > Audio",
        'Label: "Electronics  >  Audio".',
    ],
)
def test_dress_around_a_label_is_looked_past(output: str) -> None:
    assert parse_label(output, LABELS) == "Electronics > Audio"


@pytest.mark.parametrize(
    "output",
    [
        None,
        "",
        "Audio",
        "Electronics",
        "Electronics > Audio > Headphones",
        "Electronics > Adio",
        "It is Electronics > Audio",
        "Electronics > Audio, Electronics > Audio",
    ],
)
def test_parts_guesses_and_longer_texts_are_no_label(output: str | None) -> None:
    assert parse_label(output, LABELS) is None


def test_a_form_that_two_labels_share_is_neither_but_an_exact_one_is_itself() -> None:
    assert parse_label('"us"', ["US", "us"]) is None
    assert parse_label("us", ["US", "us"]) == "us"


@given(st.lists(st.text(min_size=1).map(str.strip).filter(bool), min_size=1, unique=True))
def test_every_label_names_itself(labels: list[str]) -> None:
    assert [parse_label(label, labels) for label in labels] == labels


def test_specs_come_back_from_json_as_what_they_were() -> None:
    for spec in (Adapter(run_id="run_1"), Recorded(column="teacher_v1", name="Teacher")):
        assert parse_candidate(spec.model_dump()) == spec
    assert parse_candidate({"kind": "tfidf"}).title == "TF-IDF + logistic regression"


def test_a_spec_that_cannot_be_used_says_which_key_and_what_one_looks_like() -> None:
    with pytest.raises(InvalidInput, match="run_id"):
        parse_candidate({"kind": "adapter", "run": "run_1"})
    with pytest.raises(InvalidInput, match="at least one"):
        parse_candidates([])
    with pytest.raises(InvalidInput, match="majority"):
        parse_candidates([{"kind": "majority"}, {"kind": "majority"}])
