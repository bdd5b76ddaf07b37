"""The kinds of identifier that redaction knows, and what a text says in the place of one.

A kind's code is stored and stable. Its mask is the words in brackets, so that a reader, and a model,
still sees what stood there: "[email]", or "[email 3f9a12c0]" for a pseudonym.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Identifier:
    """A kind of identifier. `needs_model` marks those that only a language model's NER can find."""

    code: str
    words: str
    says: str
    needs_model: bool = False


_ALL = (
    Identifier("email", "email", "E-mail addresses"),
    Identifier("phone", "phone", "Telephone and fax numbers"),
    Identifier("card", "card", "Payment card numbers with a valid check digit"),
    Identifier("iban", "iban", "International bank account numbers with valid check digits"),
    Identifier("ip_address", "ip address", "IPv4 and IPv6 addresses"),
    Identifier("mac_address", "mac address", "MAC addresses of network adapters"),
    Identifier("url", "url", "Web addresses, with a user and password in them"),
    Identifier("us_ssn", "us ssn", "United States social security numbers"),
    Identifier(
        "national_id", "national id", "Personal, tax and health service numbers of some forty countries"
    ),
    Identifier("passport", "passport", "Passport numbers beside a word that says so"),
    Identifier("date_of_birth", "date of birth", "Dates beside a word about birth"),
    Identifier(
        "medical_record",
        "medical record",
        "Patient, record and health plan numbers beside a word that says so",
    ),
    Identifier("account_number", "account number", "Account and customer numbers beside a word that says so"),
    Identifier(
        "licence_number", "licence number", "Driving and other licence numbers beside a word that says so"
    ),
    Identifier(
        "vehicle_id", "vehicle id", "Vehicle identification numbers; plates beside a word that says so"
    ),
    Identifier("device_id", "device id", "IMEI numbers; serial numbers beside a word that says so"),
    Identifier("crypto_wallet", "crypto wallet", "Bitcoin and Ethereum addresses"),
    Identifier("person", "person", "Names of people", needs_model=True),
    Identifier("location", "location", "Places and addresses", needs_model=True),
)

IDENTIFIERS: Mapping[str, Identifier] = {each.code: each for each in _ALL}
"""Every kind by its code, in the order in which they are shown."""


def words_of(code: str) -> str:
    """What a mask says for a kind, one of ours or a custom one: `order_number` says "order number"."""
    known = IDENTIFIERS.get(code)
    return known.words if known else code.replace("_", " ")
