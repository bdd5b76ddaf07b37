"""What is passed over at once holds nothing that a recogniser would find."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.redaction import Redactor
from curation.redaction.candidates import _matched, may_hold
from curation.redaction.folding import fold
from curation.redaction.policy import LEAST_REPORTED, REGIONS
from curation.redaction.prefilter import holds_nothing
from curation.redaction.recognisers import recognisers_for
from curation.redaction.recognisers.ibans import LENGTHS
from curation.redaction.recognisers.numberings import BY_SHAPE
from curation.redaction.subject import Subject
from tests.curation.redaction.corpus import UNSEEN_LOCALES, examples

RECOGNISERS = recognisers_for(REGIONS)
PIECES = st.sampled_from([
    "12", "3456", "789012", "5550100", "-", "/", ".", " ", ":", "(", ")", "+", "\n", ",", "A", "ab", "x7",
    "DE89", "call ", "tel. ", "born ", "MRN ", "account no. ", "passport ", "licence ", "card ", "生年月日",
    "電話", "order ", "1984", "May", "@", "shop.example", "www.", "://", "a1b2c3d4e5", "0x", "fe80:", "::1",
    "aa-bb-cc-dd-ee-ff", "’",
])  # fmt: skip


def found(text: str) -> list[str]:
    """The kinds that the recognisers of forms report in a folded text that is not plainly empty."""
    if holds_nothing(text):
        return []
    subject = Subject(text)
    return [each.type for one in RECOGNISERS for each in one(subject) if each.score >= LEAST_REPORTED]


def _both(texts: list[str]) -> list[bool]:
    """May hold something by its signs and by the automaton, however few the texts are."""
    return [may and match for may, match in zip(may_hold(texts), _matched(texts), strict=True)]


def passed_over(texts: list[str]) -> Iterator[str]:
    folded = [fold(text).text for text in texts]
    return (text for text, candidate in zip(folded, _both(folded), strict=True) if not candidate)


@settings(max_examples=1_000, deadline=None)
@given(st.lists(PIECES, max_size=12).map("".join))
def test_nothing_is_found_in_what_is_passed_over(text: str) -> None:
    for other in passed_over([text]):
        assert found(other) == []


@settings(max_examples=1_000, deadline=None)
@given(st.text(max_size=60))
def test_nor_in_any_other_text(text: str) -> None:
    for other in passed_over([text]):
        assert found(other) == []


@pytest.mark.parametrize("locales", [None, UNSEEN_LOCALES])
def test_of_the_test_set_nothing_is_lost(locales: tuple[str, ...] | None) -> None:
    made = examples(77, 3_000) if locales is None else examples(77, 3_000, locales)
    texts = [example.text for example in made]
    passed = list(passed_over(texts))
    assert all(found(text) == [] for text in passed)
    assert len(passed) > 100


@pytest.mark.parametrize("shape", sorted(BY_SHAPE))
def test_every_numbering_is_a_candidate_in_every_way_to_part_its_groups(shape: str) -> None:
    dice = random.Random(shape)
    for gap in ("-", " ", ".", "/", " - "):
        groups = shape.split("-")
        written = gap.join(groups).translate({ord("9"): str(dice.randint(0, 9)), ord("A"): dice.choice("KX")})
        assert _both([f"It is {written}."]) == [True], written


@pytest.mark.parametrize("country", sorted(LENGTHS))
def test_every_country_of_ibans_begins_a_candidate(country: str) -> None:
    assert _matched([f"to {country}12 ABCD EFGH", f"to {country.lower()} 12"]) == [True, True]


def test_most_numbers_are_passed_over() -> None:
    texts = [
        "row-123456",
        "72931",
        "no. 123456 | 45.99 EUR",
        "In 2026 we sold 1,234,567 of 10.5 kg",
        "v3.11.7",
    ]
    assert may_hold(texts * 30) == [False] * 30 * len(texts)


def test_half_a_character_is_no_obstacle() -> None:
    assert _both(["\ud83d", "ann@shop.example \ude00"]) == [False, True]
    assert Redactor().redact("ann@shop.example \ude00").text == "[email] \ude00"
