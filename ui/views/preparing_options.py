"""The steps of a recipe in plain words, and the widgets by which their options are set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, get_args, get_origin

import streamlit as st
from pydantic.fields import FieldInfo

from curation import cleaning
from curation.cleaning import language
from curation.cleaning.steps import Step
from ui.views.preparing_draft import FORM

WHAT: Mapping[str, str] = {
    "html": "Tags, scripts and entities go; what a reader of the page would see stays, line by line.",
    "mojibake": "Texts that were read in the wrong encoding are repaired: schÃ¶n becomes schön.",
    "controls": "Characters that nobody sees are removed; every kind of line end becomes a line break.",
    "nfc": "Letters with accents that can be written in two ways are written in one.",
    "white_space": "One space between words, none at an end.",
    "boilerplate": "Menus, signatures and disclaimers: lines that stand in many records are removed.",
    "length": "Records that are too short or too long are rejected.",
    "language": "Records in other languages are rejected.",
    "quality": "Records that read like debris are rejected, by rules published for web texts.",
}
"""What each step does, in a sentence."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "html": {},
    "mojibake": {
        "straight_quotes": "Straighten curly quotes",
        "ligatures": "Write ligatures out: ﬁ becomes fi",
        "widths": "Full-width letters become usual ones",
    },
    "controls": {
        "zero_width": "Remove characters without width",
        "bidi": "Characters that reverse the reading order",
        "tags": "Remove invisible letters, in which instructions can be hidden",
    },
    "nfc": {},
    "white_space": {"line_breaks": "Keep line breaks", "most_blank_lines": "Blank lines in a row, at most"},
    "boilerplate": {
        "share": "In more than this share of the records, 0 to 1",
        "least_records": "In this many records at least",
        "most_characters": "Only lines of at most so many characters",
        "digits_alike": "Lines that differ in numbers alone are one line",
    },
    "length": {
        "least_characters": "Characters, at least",
        "most_characters": "Characters, at most",
        "least_words": "Words, at least",
        "most_words": "Words, at most",
    },
    "language": {
        "languages": "Languages that stay (ISO 639)",
        "unknown": "Where the language cannot be told",
    },
    "quality": {
        "least_letters": "Share of letters among the characters, at least",
        "most_capitals": "Share of capitals among the letters, at most",
        "least_words_with_letters": "Share of words with a letter, at least",
        "most_symbols": "Hashes and ellipses a word, at most",
        "least_mean_word": "Characters a word on average, at least",
        "most_mean_word": "Characters a word on average, at most",
        "most_bullet_lines": "Share of lines that are bullet points, at most",
        "most_ellipsis_lines": "Share of lines that end in an ellipsis, at most",
        "most_repeated_lines": "Share of lines that stood before, at most",
        "most_repeated_line_characters": "Share of characters in such lines, at most",
        "repeated_words": "Reject texts that repeat runs of words",
        "placeholder": "Reject the placeholder text lorem ipsum",
        "from_words": "Rules on words and lines judge texts of so many words and more",
    },
}
"""Each option of each step; a test holds that none is left out."""

CHOICES: Mapping[str, Mapping[str, str]] = {
    "bidi": {"keep": "stay", "remove": "are removed", "show": "are shown by name: [RLO]"},
    "unknown": {"keep": "the record stays", "reject": "the record is rejected"},
}


def title_of(name: str) -> str:
    """How pages call a step."""
    return _kind(name).title


def draw(name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Draw a step's options; what they say now."""
    fields = _kind(name).model_fields
    return {
        option: _widget(f"{FORM}.option.{name}.{option}", words, option, fields[option], options.get(option))
        for option, words in WORDS[name].items()
    }


def _widget(key: str, words: str, option: str, field: FieldInfo, value: Any) -> Any:
    if isinstance(value, bool):
        return st.checkbox(words, value, key=key)
    if option in CHOICES:
        known = list(CHOICES[option])
        return st.selectbox(
            words, known, index=known.index(value), key=key, format_func=CHOICES[option].__getitem__
        )
    if option == "languages":
        return st.multiselect(words, sorted(language.KNOWN), list(value), key=key)
    if _optional(field):  # a field that is drawn empty may be emptied again: it holds no bound then
        st.session_state.setdefault(key, None if value is None else _number_type(field)(value))
        value = None
    least, most = _bounds(field)
    if _number_type(field) is float:
        begun = None if value is None else float(value)
        return st.number_input(words, least, most, begun, step=0.01, key=key, placeholder="no bound")
    low, high = (None if bound is None else int(bound) for bound in (least, most))
    return st.number_input(words, low, high, value, step=1, key=key, placeholder="no bound")


def _number_type(field: FieldInfo) -> type[int] | type[float]:
    return int if int in (field.annotation, *get_args(field.annotation)) else float


def _optional(field: FieldInfo) -> bool:
    return type(None) in get_args(field.annotation) and get_origin(field.annotation) is not Literal


def _bounds(field: FieldInfo) -> tuple[float | None, float | None]:
    """The least and the most that a number may be; a bound that may not be reached counts as if it might."""
    found: dict[str, float] = {}
    for rule in field.metadata:
        for name in ("ge", "gt", "le", "lt"):
            if hasattr(rule, name):
                found[name] = getattr(rule, name)
    least, most = found.get("ge", found.get("gt")), found.get("le", found.get("lt"))
    return None if least is None else float(least), None if most is None else float(most)


def _kind(name: str) -> type[Step]:
    return next(kind for kind in cleaning.STEPS if kind.model_fields["step"].default == name)
