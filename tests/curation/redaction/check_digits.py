"""Check digits by their published rules, written apart from what redaction checks them with."""

from __future__ import annotations


def check_11_10(digits: str) -> int:
    """The check digit by ISO 7064 MOD 11,10, as in the German tax number."""
    product = 10
    for digit in map(int, digits):
        product = 2 * ((digit + product) % 10 or 10) % 11
    return (11 - product) % 10


def check_nhs(digits: str) -> int:
    """The check digit of nine digits by modulus 11, 10 if they have none (NHS data dictionary)."""
    total = sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), digits, strict=True))
    return (11 - total % 11) % 11


def check_pesel(digits: str) -> int:
    """The check digit of ten digits by the weights 1, 3, 7, 9 (the Polish act on population registration)."""
    return -sum((1, 3, 7, 9)[place % 4] * int(digit) for place, digit in enumerate(digits)) % 10


def check_luhn(digits: str) -> int:
    """The check digit by the Luhn formula, as in the Swedish personnummer."""
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(reversed(digits)))
    return -sum(value // 10 + value % 10 for value in doubled) % 10


def check_dni(number: int) -> str:
    """The letter of a Spanish DNI: its remainder by 23 (Ministerio del Interior)."""
    return "TRWAGMYFPDXBNJZSQVHLCKE"[number % 23]
