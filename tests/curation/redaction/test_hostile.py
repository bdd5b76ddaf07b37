"""Texts made to be slow, and texts as long as a record may be."""

from __future__ import annotations

import time

import pytest

from curation.redaction import Policy, Redactor

REDACTOR = Redactor(Policy(model=None))
UNITS = (
    "@", "1", ".", "a@a@a@", "1 ", "a.", "0 1 ", "+1", "(1", "1-", "1.", ":", "a:", "[", "[email", "://", "a://",
    "[at]", "ab12 ", "12 34 ", "01 01 ", "1234567 ", "a@b.", "1/1/", "www.", "x12-",
    "\uff11", "1\u200b", "DE89 ", "4111 ", " @", "born 1 ", "-", "a-", "é", "電1",
)  # fmt: skip


def seconds(text: str) -> float:
    began = time.process_time()
    REDACTOR.redact(text)
    return time.process_time() - began


@pytest.mark.parametrize("unit", UNITS)
def test_no_text_takes_more_than_linear_time(unit: str) -> None:
    short, long = (unit * (size // len(unit)) for size in (50_000, 200_000))
    seconds(short)
    once, four_times = min(seconds(short), seconds(short)), seconds(long)
    assert four_times < 10 * max(once, 0.05), (once, four_times)


@pytest.mark.slow
@pytest.mark.parametrize("unit", ["@", "1", ".", "a@a@a@"])
def test_a_megabyte_of_signs_is_read_in_seconds(unit: str) -> None:
    assert seconds(unit * (1_000_000 // len(unit))) < 10


def test_a_text_of_300_000_characters_is_redacted_to_its_end() -> None:
    filler = "The parcel came on 3 May 2026 and weighed 1.5 kg, order 123-4567. "
    text = filler * (300_000 // len(filler)) + "Mail ann@shop.example"
    redacted = REDACTOR.redact(text)
    assert redacted.text.endswith("Mail [email]")
    assert [span.type for span in redacted.spans if not span.uncertain] == ["email"]


@pytest.mark.parametrize(
    "text", ["", " ", "\0", "\ud800", "ann@shop.example\ud800", "\u200b", "\u200b" * 50, "]", "[]"]
)
def test_odd_texts_pass(text: str) -> None:
    assert REDACTOR.redact(text).text == text.replace("ann@shop.example", "[email]")
