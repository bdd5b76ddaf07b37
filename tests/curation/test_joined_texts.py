"""Questions asked of many texts at once have the answers that each text alone would give."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.cleaning.characters import Controls, Nfc, WhiteSpace
from curation.cleaning.steps import rough, untidy
from curation.joined_texts import Joined
from curation.redaction.candidates import LINKED_DIGITS, _signed
from curation.redaction.prefilter import holds_nothing
from curation.text_columns import TextColumn

PIECES = st.sampled_from([
    "a", "B", " ", "  ", "\n", "\t", "\x7f", "\0", "1", "23", "@", "at)", "AT]", ":", "://", ".", ".x", "é",
    "\ud83d",
])  # fmt: skip
TEXTS = st.lists(st.lists(PIECES, max_size=6).map("".join), max_size=8)


WRITABLE = TEXTS.filter(lambda texts: not any("\ud83d" in text for text in texts))


def is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and "  " not in text and text == text.strip()


@settings(max_examples=1_000, deadline=None)
@given(TEXTS)
def test_rough_texts_are_those_that_are_not_plain(texts: list[str]) -> None:
    assert rough(texts) == [place for place, text in enumerate(texts) if not is_plain(text)]


@settings(max_examples=1_000, deadline=None)
@given(TEXTS)
def test_tidy_lines_are_plain_and_one_blank_line_apart_at_most(texts: list[str]) -> None:
    def is_tidy(text: str) -> bool:
        lines = text.split("\n")
        return (
            all(map(is_plain, lines)) and "" not in (lines[0], lines[-1]) and "\n\n\n" not in text
        ) or not text

    found = untidy(texts)
    assert found == [place for place, text in enumerate(texts) if not is_tidy(text)]
    left = [text for place, text in enumerate(texts) if place not in found]
    for step in (Controls(), Nfc(), WhiteSpace(), WhiteSpace(most_blank_lines=5)):
        assert step.leaves_lines
        assert step.apply(left) == left
    assert not WhiteSpace(line_breaks=False).leaves_lines
    assert not WhiteSpace(most_blank_lines=0).leaves_lines


@settings(max_examples=1_000, deadline=None)
@given(WRITABLE, WRITABLE)
def test_a_column_of_arrow_has_the_answers_of_a_list(before: list[str], texts: list[str]) -> None:
    column = TextColumn(TextColumn.of([*before, *texts]).array.slice(len(before)))
    for ask in (rough, untidy, _signed):
        assert ask(column) == ask(texts)


@settings(max_examples=1_000, deadline=None)
@given(TEXTS)
def test_no_text_with_a_sign_of_an_identifier_is_left_out(texts: list[str]) -> None:
    chosen = set(_signed(texts))
    for place, text in enumerate(texts):
        assert place in chosen or holds_nothing(text) or (text.isdecimal() and len(text) < LINKED_DIGITS)
        assert place not in chosen or not text.isascii() or not holds_nothing(text) or "at" in text.lower()


@given(TEXTS)
def test_positions_are_counted_where_they_lie(texts: list[str]) -> None:
    joined = Joined(texts)
    found = joined.counts(np.flatnonzero(joined.bytes == ord("1"))).tolist()
    assert found == [text.count("1") for text in texts if text.isascii()]
    assert joined.others == [place for place, text in enumerate(texts) if not text.isascii()]
