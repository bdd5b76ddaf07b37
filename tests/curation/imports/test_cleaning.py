"""Cleaning and redaction of single texts."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.imports.cleaning import clean
from curation.imports.redaction import redact


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
def test_cleaning(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@given(st.text())
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = clean(text)
    assert clean(once) == once
    assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize(
    "text",
    [
        "info@lumen-trade.example",
        "Jos\u00e9.M+ads@sub.shop.example",
        "o_brien%x@a-b.co.example",
    ],
)
def test_an_address_is_masked_whole(text: str) -> None:
    assert redact(text).text == "[email]"
    assert redact(f"(<{text}>, please)").text == "(<[email]>, please)"


@pytest.mark.parametrize(
    "number",
    [
        "+49 30 23125 123",
        "+44 1632 960123",
        "+44 (0)1632 960 123",
        "0044 1632 960123",
        "(212) 555-0123",
        "212-555-0123",
        "212.555.0123",
        "+1 212 555 0123",
        "01632 960123",
        "030/23125-123",
        "(030) 23125 123",
        "+4930231251234",
    ],
)
def test_a_phone_number_is_masked_whole(number: str) -> None:
    found = redact(f"Call {number} before 6 pm.")
    assert found.text == "Call [phone] before 6 pm."
    assert (found.emails, found.phones) == (0, 1)
    assert redact(f"{number}.").text == "[phone]."


@pytest.mark.parametrize(
    "text",
    [
        "Set of 4, 28 cm, 1.5 l",
        "EAN 4006381333931",
        "ISBN 978-3-16-148410-0",
        "on 2026-11-21 and 01.02.2026 and 21/11/2026",
        "from 09:30 to 18:00",
        "10,000 bends, 1.000.000 units",
        "version 3.11.7, IP 192.168.100.200",
        "0.75 mm, 0 to 100 %",
        "WLAN 802.11ac, Bluetooth 5.3",
        "order L00123, card 4111 1111 1111 1111",
        "write to me @ the shop",
        "a@b",
    ],
)
def test_what_only_looks_like_a_contact_stays(text: str) -> None:
    assert redact(text).text == text


@given(st.text(alphabet="0123456789+()-./ @ab", max_size=60))
def test_redaction_twice_is_redaction_once(text: str) -> None:
    once = redact(text)
    assert redact(once.text).text == once.text


@pytest.mark.parametrize("unit", ["a", "1", "1 ", "a.", "@", "+1", "(1", "0 1", "1-"])
def test_no_text_makes_redaction_slow(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    started = time.process_time()
    redact(text)
    assert time.process_time() - started < 2
