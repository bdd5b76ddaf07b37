"""Recipes: written, read, compared, refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from curation.cleaning import DEFAULT, STEPS, WEB, Recipe, changed, parsed
from curation.cleaning.characters import Controls, Nfc, WhiteSpace
from curation.cleaning.length import Length
from storage.errors import InvalidInput
from tests.curation.cleaning.test_steps import TEXTS


@pytest.mark.parametrize("recipe", [DEFAULT, WEB, Recipe(steps=())])
def test_a_recipe_written_and_read_is_the_same(recipe: Recipe) -> None:
    assert parsed(recipe.canonical()) == recipe
    assert parsed(json.loads(recipe.canonical())) == recipe
    assert parsed(recipe.canonical()).content_hash() == recipe.content_hash()


def test_the_hash_is_of_order_and_options_and_of_nothing_else() -> None:
    assert parsed({"steps": [{"step": "length"}]}).content_hash() == Recipe(steps=(Length(),)).content_hash()
    hashes = {
        recipe.content_hash()
        for recipe in (
            DEFAULT, WEB, Recipe(steps=()), Recipe(steps=(Nfc(), Controls(), WhiteSpace())),
            Recipe(steps=(Length(),)), Recipe(steps=(Length(least_words=3),)),
        )
    }  # fmt: skip
    assert len(hashes) == 6
    assert DEFAULT.content_hash() == "3947535a24ed22fa4b74"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            {"steps": [{"step": "nfc"}, {"step": "spellcheck"}]},
            "Step 2 of the recipe is 'spellcheck', which is none",
        ),
        ({"steps": [{}]}, "Step 1 of the recipe has no name"),
        (
            {"steps": [{"step": "length", "least_words": -1}]},
            r"Step 1 of the recipe \(length\), option 'least_words'",
        ),
        ({"steps": [{"step": "nfc", "form": "D"}]}, r"Step 1 of the recipe \(nfc\), option 'form'"),
        ({"steps": [{"step": "length", "least_words": 9, "most_words": 2}]}, r"Step 1 .*leave nothing"),
        ({"steps": [{"step": "language", "languages": ["xx"]}]}, "Step 1 .*language"),
        ({"steps": [{"step": "nfc"}, {"step": "nfc"}]}, "stands in it twice"),
        ({"steps": 3}, "cannot be used"),
        ({"stages": []}, "cannot be used"),
        ("not json", "cannot be used"),
        ("[]", "cannot be used"),
    ],
)
def test_what_is_no_recipe_is_refused_with_the_place(written: Any, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as refused:
        parsed(written)
    assert refused.value.next_step


def test_every_step_has_a_name_a_title_and_says_what_it_does() -> None:
    names = [kind.model_fields["step"].default for kind in STEPS]
    assert len(set(names)) == len(names) == len({kind.title for kind in STEPS})
    assert all(kind.__doc__ for kind in STEPS)


def clean(text: str) -> str:
    """What every text went through in release 0.1; records of then must be known again."""
    text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2060\ufeff]", "", text)
    text = re.sub(r" ?\n ?", "\n", re.sub(r"[^\S\n]+", " ", text))
    return re.sub(r"\n{3,}", "\n\n", text).strip()


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  plain text ", "plain text"),
        ("two  spaces\tand a tab", "two spaces and a tab"),
        ("cafe\u0301", "caf\u00e9"),
        ("nul\0 bell\a zero\u200bwidth \ufeffmark", "nul bell zerowidth mark"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a \n\n\n\n b", "a\n\nb"),
        ("no\u00a0break", "no break"),
        ("   ", ""),
    ],
)
def test_what_the_default_does(raw: str, cleaned: str) -> None:
    assert changed(DEFAULT, [raw]) == [cleaned]


@settings(max_examples=2_000, deadline=None)
@given(st.lists(TEXTS, max_size=5))
def test_the_default_does_what_imports_did(texts: list[str]) -> None:
    assume(not any(0xD800 <= ord(letter) < 0xE000 for text in texts for letter in text))  # no file holds them
    assert changed(DEFAULT, texts) == [clean(clean(text)) for text in texts]


def test_where_a_control_character_stood_between_letter_and_accent_once_is_now_enough() -> None:
    assert clean("e\u200b\u0301") == "e\u0301"  # not composed before the second time
    assert changed(DEFAULT, ["e\u200b\u0301"]) == [clean(clean("e\u200b\u0301"))] == ["\u00e9"]


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_the_default_applied_twice_is_applied_once(text: str) -> None:
    once = changed(DEFAULT, [text])
    assert changed(DEFAULT, once) == once


def test_reading_recipes_loads_none_of_the_libraries() -> None:
    heavy = ("ftfy", "lxml", "inscriptis", "selectolax", "lingua", "py3langid", "sklearn", "pandas")
    program = f"import sys, curation.cleaning; print(*(name for name in {heavy!r} if name in sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    assert ran.stdout.split() == []
