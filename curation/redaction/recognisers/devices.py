"""Vehicle identification numbers and the addresses of cryptocurrency wallets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.redaction.recognisers.numberings import check_of
from curation.redaction.spans import CERTAIN, LIKELY, Found
from curation.redaction.subject import Code, Subject

_VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
_VIN_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_VIN_VALUES = dict(zip(_VIN_LETTERS, (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True))
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_BITCOIN = re.compile(r"[13][1-9A-HJ-NP-Za-km-z]{25,34}|(?:bc1|BC1)[A-Za-z0-9]{11,71}")
_ETHEREUM = re.compile(r"0x[0-9A-Fa-f]{40}")
_SHORTEST = 14


def vehicles_and_wallets(subject: Subject) -> Iterator[Found]:
    """Vehicle identification numbers, Bitcoin addresses and Ethereum addresses.

    A vehicle's has its check character (49 CFR 565.15) or a word beside it, a Bitcoin address its own
    check characters; an Ethereum address has no check that needs no hash function of its own.
    """
    if subject.signs.digits == 0:
        return
    for code in subject.codes:
        if len(code.text) < _SHORTEST:
            continue
        found = _vehicle(subject, code) or _wallet(code)
        if found:
            yield found


def _vehicle(subject: Subject, code: Code) -> Found | None:
    number = code.text
    if not _VIN.fullmatch(number) or number.isdigit():
        return None
    if _vin_check(number) == number[8]:
        return Found(code.start, code.end, "vehicle_id", CERTAIN, "VIN")
    if subject.kind_beside(code.start, code.end) == "vehicle_id":
        return Found(code.start, code.end, "vehicle_id", LIKELY, "VIN beside a word")
    return None


def _wallet(code: Code) -> Found | None:
    if _BITCOIN.fullmatch(code.text) and check_of("bitcoin")(code.text):
        return Found(code.start, code.end, "crypto_wallet", CERTAIN, "Bitcoin")
    if _ETHEREUM.fullmatch(code.text):
        return Found(code.start, code.end, "crypto_wallet", LIKELY, "Ethereum")
    return None


def _vin_check(number: str) -> str:
    values = (int(letter) if letter.isdigit() else _VIN_VALUES[letter] for letter in number)
    total = sum(value * weight for value, weight in zip(values, _VIN_WEIGHTS, strict=True))
    return "X" if total % 11 == 10 else str(total % 11)
