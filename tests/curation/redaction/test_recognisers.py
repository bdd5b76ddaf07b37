"""What each recogniser takes for an identifier, and what it leaves: forms that the test set does not vary."""

from __future__ import annotations

import pytest

from curation.redaction import Policy, Redactor

REDACTOR = Redactor(Policy(model=None))


def masked(text: str) -> str:
    return REDACTOR.redact(text).text


@pytest.mark.parametrize(
    "address",
    [
        "info@lumen-trade.example",
        "José.M+ads@sub.shop.example",
        "o_brien%x@a-b.co.uk",
        "ANN@SHOP.EXAMPLE",
        "ann @ shop.example",
        "ann (at) shop.example",
        "ann [at] shop [dot] example",
        "анна@почта.рф",
        "a.b@münchen.de",
    ],
)
def test_an_address_is_masked_whole(address: str) -> None:
    assert masked(address) == "[email]"
    assert masked(f"(<{address}>, please)") == "(<[email]>, please)"
    assert masked(f"連絡は{address}まで") == "連絡は[email]まで"


@pytest.mark.parametrize(
    "text", ["image@2x.png", "write to me @ the shop", "a@b", "@handle", "foo@1.2.3", "npm i left-pad@1.3.0"]
)
def test_what_only_has_the_sign_of_an_address_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    "number",
    [
        "+49 30 23125 123",
        "+44 (0)1632 960 123",
        "0044 1632 960123",
        "(212) 555-0123",
        "212.555.0123",
        "+1 212 555 0123",
        "+1-212-555-0123 ext. 44",
        "01632 960123",
        "030/23125-123",
        "(030) 23125 123",
        "+4930231251234",
        "+81-3-1234-5678",
        "06 12 34 56 78",
        "(11) 91234-5678",
    ],
)
def test_a_phone_number_is_masked_whole(number: str) -> None:
    assert masked(f"Ask for {number} before 6 pm.") == "Ask for [phone] before 6 pm."
    assert masked(f"{number}.") == "[phone]."


@pytest.mark.parametrize("number", ["555 0199", "7723416186", "512 345 678", "23 45 67 89"])
def test_a_word_beside_it_makes_digits_a_phone_number(number: str) -> None:
    assert masked(f"Please call {number} today") == "Please call [phone] today"
    assert number in masked(f"Please count {number} today")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("4111111111111111", "[card]"),
        ("4111-1111-1111-1111", "[card]"),
        ("3782 822463 10005", "[card]"),
        ("4111 1111 1111 1112", "4111 1111 1111 1112"),
        ("de89 3704 0044 0532 0130 00", "[iban]"),
        ("GB82WEST12345698765432", "[iban]"),
        ("NO93 8601 1117 947 is it", "[iban] is it"),
        ("IBAN DE88 3704 0044 0532 0130 00", "IBAN [iban]"),
        ("DE88370400440532013000", "DE88370400440532013000"),
        ("XX89370400440532013000", "XX89370400440532013000"),
    ],
)
def test_cards_and_accounts_are_checked(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 192.168.100.200 at night", "from [ip address] at night"),
        ("host fe80::1ff:fe23:4567:890a is down", "host [ip address] is down"),
        ("at 2001:db8::1.", "at [ip address]."),
        ("firmware 10.0.14.2", "firmware 10.0.14.2"),
        ("version 1.2.3.4.5", "version 1.2.3.4.5"),
        ("300.1.1.1", "300.1.1.1"),
        ("at 12:30:45", "at 12:30:45"),
        ("std::vector a::b", "std::vector a::b"),
        ("00-1B-44-11-3A-B7", "[mac address]"),
        ("001b.4411.3ab7", "[mac address]"),
        ("12-34-56-78-90-12", "12-34-56-78-90-12"),
    ],
)
def test_addresses_of_networks(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see https://ann:secret@shop.example/a?b=c#d.", "see [url]."),
        ("(http://a.example/x_(y))", "([url])"),
        ("open http://localhost/private now", "open [url] now"),
        ("on www.shop.example/ann!", "on [url]!"),
        ("shop.com/ann/photos", "[url]"),
        ("写真はhttps://a.jp/xにあります", "写真は[url]にあります"),
        ("node.js and end.Then", "node.js and end.Then"),
        ("see Amazon.com", "see Amazon.com"),
    ],
)
def test_links(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("born 3 March 1984 in", "born [date of birth] in"),
        ("DOB: 03/04/84", "DOB: [date of birth]"),
        ("geboren am 1. Mai 1990", "geboren am [date of birth]"),
        ("患者は1984年3月5日生まれ", "患者は[date of birth]生まれ"),
        ("shipped on 03/04/1984", "shipped on 03/04/1984"),
    ],
)
def test_dates_of_birth(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("MRN: AB-123456", "MRN: [medical record]"),
        ("account no. 1234 5678 is closed", "account no. [account number] is closed"),
        ("passport C01X00T47", "passport [passport]"),
        ("driver's license D123-4567-8901", "driver's license [licence number]"),
        ("VIN 1M8GDM9AXKP042788", "VIN [vehicle id]"),
        ("a 1M8GDM9AXKP042788 b", "a [vehicle id] b"),
        ("IMEI 490154203237518", "IMEI [device id]"),
        ("pay 1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2", "pay [crypto wallet]"),
        ("account balance 1,234,567.89 $", "account balance 1,234,567.89 $"),
        ("order 12345678", "order 12345678"),
        ("to ann@red-plate.example or 01632 960073", "to [email] or [phone]"),
        ("the customer bought 12345678 screws", "the customer bought 12345678 screws"),
        ("customer no. 12345678", "customer no. [account number]"),
        ("Kundennummer 12345678", "Kundennummer [account number]"),
        ("the phone cost 1 299 000 zł", "the phone cost 1 299 000 zł"),
        ("called on 20260506", "called on 20260506"),
    ],
)
def test_numbers_that_a_word_or_a_check_digit_names(text: str, expected: str) -> None:
    assert masked(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Set of 4, 28 cm, 1.5 l",
        "EAN 4006381333931",
        "ISBN 978-3-16-148410-0",
        "on 2026-11-21 and 01.02.2026 and 21/11/2026",
        "from 09:30 to 18:00",
        "10,000 bends, 1.000.000 units",
        "0.75 mm, 0 to 100 %, 3.14159265358979",
        "WLAN 802.11ac, Bluetooth 5.3",
        "order L00123, tracking 1Z9990001234567890",
        "52.520008, 13.404954",
        "1080x1920, 16:9, 4K",
    ],
)
def test_what_only_looks_like_an_identifier_stays(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("plain", "written"),
    [
        ("ann@shop.example", "ａｎｎ＠ｓｈｏｐ．ｅｘａｍｐｌｅ"),  # noqa: RUF001
        ("4111111111111111", "4111\u200b1111\u00ad1111\u20601111"),
        ("03-1234-5678", "０３－１２３４－５６７８"),  # noqa: RUF001
        ("03-1234-5678", "０３ー１２３４ー５６７８"),
        ("4111 1111 1111 1111", "4111\u00a01111\u202f1111\u30001111"),
        ("4111111111111111", "٤١١١١١١١١١١١١١١١"),
    ],
)
def test_wide_hidden_and_foreign_characters_hide_nothing(plain: str, written: str) -> None:
    assert masked(f"x {written} y") == masked(f"x {plain} y") != f"x {plain} y"
