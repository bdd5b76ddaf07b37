"""The test set itself: repeatable, exact, and with enough in it that looks like an identifier."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.curation.redaction.check_digits import check_11_10, check_dni, check_luhn, check_nhs, check_pesel
from tests.curation.redaction.corpus import DEVELOPED_ON, JUDGED_ON, LOCALES, Example, Planted, examples
from tests.curation.redaction.measuring import Figures, is_found, is_right, measured

SIZE = 1_100


@pytest.fixture(scope="module")
def developed_on() -> list[Example]:
    return list(examples(DEVELOPED_ON, SIZE))


def test_a_seed_makes_the_same_texts_each_time(developed_on: list[Example]) -> None:
    assert list(examples(DEVELOPED_ON, SIZE)) == developed_on


def test_the_texts_judged_on_are_others_than_those_developed_on(developed_on: list[Example]) -> None:
    judged_on = {each.text for each in examples(JUDGED_ON, SIZE)}
    assert not judged_on & {each.text for each in developed_on}


def test_every_locale_and_type_is_there(developed_on: list[Example]) -> None:
    assert len(LOCALES) >= 8
    assert Counter(each.locale for each in developed_on) == dict.fromkeys(LOCALES, SIZE // len(LOCALES))
    planted = Counter(span.type for each in developed_on for span in each.planted)
    assert set(planted) == {
        "email", "phone", "card", "iban", "ip_address", "mac_address", "url", "us_ssn", "national_id",
        "date_of_birth", "account_number", "medical_record", "licence_number", "passport",
    }  # fmt: skip
    assert min(planted[each] for each in ("email", "phone", "card", "iban")) >= 40


def test_spans_are_exact(developed_on: list[Example]) -> None:
    for each in developed_on:
        past = 0
        for span in each.planted:
            value = each.text[span.start : span.end]
            assert past <= span.start
            assert value == value.strip()
            assert value
            assert any(letter.isalnum() for letter in value)
            past = span.end


def test_a_third_of_the_texts_and_more_holds_no_identifier_but_digits(developed_on: list[Example]) -> None:
    empty = [each for each in developed_on if not each.planted]
    assert len(empty) > SIZE / 3
    with_digits = [each for each in empty if any(letter.isdigit() for letter in each.text)]
    assert len(with_digits) > 0.8 * len(empty)


def test_an_identifier_left_in_part_is_not_found() -> None:
    text = "Card 4111 1111 1111 1111."
    planted = Planted(5, 24, "card")
    assert is_found(text, planted, [Planted(5, 24, "card")])
    assert is_found(text, planted, [Planted(0, 25, "card")])
    assert not is_found(text, planted, [Planted(5, 19, "card")])
    assert not is_found(text, planted, [Planted(5, 24, "phone")])


def test_a_span_that_is_mostly_something_else_is_not_right() -> None:
    planted = [Planted(10, 20, "email")]
    assert is_right(planted, Planted(10, 20, "email"))
    assert is_right(planted, Planted(5, 20, "email"))
    assert not is_right(planted, Planted(0, 40, "email"))
    assert not is_right(planted, Planted(10, 20, "url"))


def test_figures_count_each_type() -> None:
    example = Example("a 1 b 2", (Planted(2, 3, "phone"), Planted(6, 7, "phone")), "en_US")
    claims = [[Planted(2, 3, "phone"), Planted(0, 1, "email")]]
    figures = measured([example], claims)
    assert figures == {"email": Figures(0, 0, 1, 0), "phone": Figures(2, 1, 1, 1)}
    assert (figures["phone"].recall, figures["phone"].precision) == (0.5, 1.0)
    assert (figures["email"].recall, figures["email"].precision) == (1.0, 0.0)


def test_check_digits_are_those_of_published_examples() -> None:
    assert check_nhs("943476591") == 9
    assert check_11_10("8609574271") == 9
    assert check_pesel("4405140135") == 9
    assert check_luhn("811218987") == 6
    assert check_dni(12_345_678) == "Z"
