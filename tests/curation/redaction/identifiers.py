"""Identifiers of invented people, as they are written in a locale.

Faker makes them wherever it can, so that no recogniser is measured against its own arithmetic.
Where it has none, the check digit is computed from the published rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from itertools import pairwise
from random import Random

from faker import Faker

from tests.curation.redaction.check_digits import check_11_10, check_dni, check_luhn, check_nhs, check_pesel

_ACCOUNTS = ("########", "##########", "#### ####", "####-######", "######-##", "######")
_RECORDS = ("#######", "########", "##-##-##", "?######", "??-######", "##########")
_LICENCES = ("?#######", "?##-####-####", "#########", "??######?", "?########", "??#######")
_PASSPORTS = ("#########", "?########", "??#######", "#######", "C##?##?##")
_CAPITALS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def patterned(dice: Random, pattern: str) -> str:
    """`pattern` with a digit for each # and a capital letter for each ?."""
    letters = (
        dice.choice("0123456789") if each == "#" else dice.choice(_CAPITALS) if each == "?" else each
        for each in pattern
    )
    return "".join(letters)


def one_of(patterns: tuple[str, ...]) -> Callable[[Faker, Random], str]:
    """What makes a value of one of these patterns."""
    return lambda fake, dice: patterned(dice, dice.choice(patterns))


def _nhs(dice: Random) -> str:
    while True:
        digits = patterned(dice, "#########")
        if check_nhs(digits) < 10:
            plain = f"{digits}{check_nhs(digits)}"
            return dice.choice((plain, f"{plain[:3]} {plain[3:6]} {plain[6:]}"))


def _tax_id(dice: Random) -> str:
    digits = dice.sample("0123456789", 10)
    while digits[0] == "0":
        dice.shuffle(digits)
    digits[dice.randrange(1, 10)] = digits[0]  # one digit stands twice, and so one is missing
    plain = "".join(digits)
    plain += str(check_11_10(plain))
    return dice.choice((plain, f"{plain[:2]} {plain[2:5]} {plain[5:8]} {plain[8:]}"))


def _dni(dice: Random) -> str:
    if dice.random() < 0.5:
        number = patterned(dice, "########")
        return f"{number}{dice.choice(('', '-'))}{check_dni(int(number))}"
    first, number = dice.randrange(3), patterned(dice, "#######")
    return f"{'XYZ'[first]}{number}{check_dni(int(f'{first}{number}'))}"


def _pesel(dice: Random) -> str:
    born = _day_of_birth(dice)
    digits = f"{born.year % 100:02}{born.month + 20 * (born.year >= 2000):02}{born.day:02}" + patterned(
        dice, "####"
    )
    return f"{digits}{check_pesel(digits)}"


def _personnummer(dice: Random) -> str:
    born = _day_of_birth(dice)
    digits = f"{born:%y%m%d}" + patterned(dice, "###")
    plain = f"{digits}{check_luhn(digits)}"
    century = dice.choice(("", str(born.year // 100)))
    return f"{century}{plain[:6]}-{plain[6:]}"


_OWN: Mapping[str, Callable[[Random], str]] = {
    "en_GB": _nhs,
    "de_DE": _tax_id,
    "es_ES": _dni,
    "pl_PL": _pesel,
    "sv_SE": _personnummer,
}
"""Where Faker has none, or takes today's date or dice that are not its own into it."""


def national_id(fake: Faker, dice: Random) -> str:
    """The number by which a state knows a person of this locale."""
    locale = fake.locales[0]
    if locale in _OWN:
        return _OWN[locale](dice)
    return str(fake.cpf() if locale == "pt_BR" else fake.ssn())


def _day_of_birth(dice: Random) -> date:
    return date.fromordinal(dice.randrange(date(1930, 1, 1).toordinal(), date(2015, 12, 31).toordinal()))


def date_of_birth(dates: list[str], months: list[str], dice: Random) -> str:
    """A day between 1930 and 2015, as one of `dates` writes it."""
    day = _day_of_birth(dice)
    return dice.choice(dates).format(
        year=day.year,
        short=f"{day.year % 100:02}",
        month=day.month,
        day=day.day,
        name=months[day.month - 1] if months else "",
    )


def email(fake: Faker, dice: Random) -> str:
    """An address: private, of a company, of a reserved domain, with a tag now and then."""
    made = str(dice.choice((fake.email, fake.free_email, fake.company_email, fake.ascii_safe_email))())
    local, domain = made.split("@")
    return (
        f"{local}+{fake.word().encode('ascii', 'ignore').decode() or 'x'}@{domain}"
        if dice.random() < 0.1
        else made
    )


def card(fake: Faker, dice: Random) -> str:
    """A card number with its right check digit: bare, or in the groups that are printed on it."""
    number = str(
        fake.credit_card_number(dice.choice(("visa16", "mastercard", "amex", "discover", "diners", "jcb16")))
    )
    if dice.random() < 0.4:
        return number
    groups = {14: (4, 10), 15: (4, 10)}.get(len(number), (4, 8, 12))
    edges = pairwise((0, *groups, len(number)))
    return " ".join(number[start:end] for start, end in edges)


def iban(fake: Faker, dice: Random) -> str:
    """An IBAN of the locale's country: bare, or in fours."""
    number = str(fake.iban())
    return number if dice.random() < 0.5 else " ".join(number[at : at + 4] for at in range(0, len(number), 4))


def ip_address(fake: Faker, dice: Random) -> str:
    """An IPv4 or an IPv6 address."""
    return str(fake.ipv4() if dice.random() < 0.7 else fake.ipv6())


def url(fake: Faker, dice: Random) -> str:
    """An address on the web: of a person's page, with a query, with a user and password in it."""
    name = fake.user_name()
    host = fake.domain_name()
    forms = (
        f"https://{host}/{name}",
        f"http://www.{host}/",
        f"https://{host}/p?id={dice.randrange(10**6)}&u={name}",
        f"https://{name}:{patterned(dice, '??##??##')}@{host}/private",
        f"www.{host}/{name}",
        f"ftp://{host}/pub/{name}.zip",
    )
    return dice.choice(forms)


MAKERS: Mapping[str, Callable[[Faker, Random], str]] = {
    "email": email,
    "phone": lambda fake, dice: str(fake.phone_number()),
    "card": card,
    "iban": iban,
    "ip_address": ip_address,
    "mac_address": lambda fake, dice: dice.choice((str.lower, str.upper))(str(fake.mac_address())),
    "url": url,
    "us_ssn": lambda fake, dice: str(fake.ssn()),
    "national_id": national_id,
    "account_number": one_of(_ACCOUNTS),
    "medical_record": one_of(_RECORDS),
    "licence_number": one_of(_LICENCES),
    "passport": one_of(_PASSPORTS),
}
"""What makes one identifier of a type; dates of birth need the locale's way to write a date."""
