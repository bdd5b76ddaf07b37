"""Filling a record into a template."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.templates import placeholders, render, with_labels
from storage.errors import InvalidInput

INPUTS = {"title": "Cast iron pan", "brand": "Lodge"}


def test_columns_are_filled_in_and_the_messages_are_openais() -> None:
    asked = render("You file products.", "Title: {title}\nBrand: { brand }", INPUTS)
    assert asked.text == "Title: Cast iron pan\nBrand: Lodge"
    assert asked.messages() == [
        {"role": "system", "content": "You file products."},
        {"role": "user", "content": asked.text},
    ]


def test_an_empty_system_text_sends_no_system_message() -> None:
    assert [message["role"] for message in render("", "{title}", INPUTS).messages()] == ["user"]


def test_an_unknown_column_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match=r"\{titel\}.*Known columns: \{title\}, \{brand\}"):
        render("", "Title: {titel}", INPUTS)


def test_doubled_braces_are_literal() -> None:
    assert render("", 'Answer {{"label": "{title}"}}', INPUTS).text == 'Answer {"label": "Cast iron pan"}'


@pytest.mark.parametrize("template", ["a { b", "a } b", "{title}}", "{{title}"])
def test_a_lone_brace_is_refused_and_its_place_named(template: str) -> None:
    with pytest.raises(InvalidInput, match=r"lone '[{}]' at character"):
        render("", template, INPUTS)


def test_what_a_record_says_is_never_a_placeholder() -> None:
    assert (
        render("", "{title} {brand}", {"title": "{brand} {{x}}", "brand": "Lodge"}).text
        == "{brand} {{x}} Lodge"
    )


def test_the_label_set_is_filled_in_one_per_line_and_its_braces_survive_rendering() -> None:
    template = with_labels("One of:\n{labels}\nTitle: {title}", ["Cookware", "Sets {2}"], ["title"])
    assert placeholders(template) == ["title"]
    assert render("", template, INPUTS).text == "One of:\n- Cookware\n- Sets {2}\nTitle: Cast iron pan"


def test_an_input_column_called_labels_is_left_to_the_record() -> None:
    assert with_labels("{labels}", ["Cookware"], ["labels"]) == "{labels}"


def test_placeholders_are_listed_once_in_order() -> None:
    assert placeholders("{b} {a} {b} {{c}}") == ["b", "a"]


@given(st.text(), st.text())
def test_any_text_can_stand_in_a_record_and_comes_out_as_it_is(title: str, brand: str) -> None:
    assert render("", "<{title}|{brand}>", {"title": title, "brand": brand}).text == f"<{title}|{brand}>"
