"""The eighteen identifiers of HIPAA's Safe Harbor rule, and how far this set-up finds each.

Safe Harbor (45 CFR 164.514(b)(2)(i)) asks that all eighteen be removed. Redaction by form removes some of
them and misses others, so a text that went through it does not meet the rule by that alone: this table is
for saying what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from curation.redaction.policy import Policy
from curation.redaction.recognisers.model import installed_model

Extent = Literal["found", "partly", "not found"]


@dataclass(frozen=True)
class SafeHarborIdentifier:
    """One of the eighteen: its letter in the rule, what it is, the kinds of ours that are of it.

    `by_form` is the extent without a model, `with_model` the extent when one is installed.
    """

    letter: str
    name: str
    kinds: tuple[str, ...]
    by_form: Extent
    with_model: Extent
    why: str


def _same(letter: str, name: str, kinds: tuple[str, ...], extent: Extent, why: str) -> SafeHarborIdentifier:
    return SafeHarborIdentifier(letter, name, kinds, extent, extent, why)


SAFE_HARBOR = (
    SafeHarborIdentifier(
        "A", "Names", ("person",), "not found", "partly", "Only by a language model, which misses some."
    ),
    SafeHarborIdentifier(
        "B",
        "Geographic subdivisions smaller than a state",
        ("location",),
        "not found",
        "partly",
        "Only by a language model; postal codes are not looked for.",
    ),
    _same(
        "C",
        "Dates related to a person, but for the year",
        ("date_of_birth",),
        "partly",
        "Dates beside a word about birth; no others.",
    ),
    _same(
        "D", "Telephone numbers", ("phone",), "found", "By numbering plans, forms and the words beside them."
    ),
    _same("E", "Fax numbers", ("phone",), "found", "As telephone numbers."),
    _same("F", "E-mail addresses", ("email",), "found", "By their form, also when spelled out."),
    _same(
        "G",
        "Social security numbers",
        ("us_ssn", "national_id"),
        "found",
        "By their form; nine digits alone need a word beside them.",
    ),
    _same("H", "Medical record numbers", ("medical_record",), "partly", "Only beside a word that says so."),
    _same(
        "I",
        "Health plan beneficiary numbers",
        ("medical_record", "national_id"),
        "partly",
        "Only beside a word that says so, or by check digits.",
    ),
    _same(
        "J",
        "Account numbers",
        ("account_number", "iban", "card"),
        "partly",
        "IBANs and cards by check digits; others beside a word.",
    ),
    _same(
        "K",
        "Certificate and licence numbers",
        ("licence_number", "passport"),
        "partly",
        "Only beside a word that says so.",
    ),
    _same(
        "L",
        "Vehicle identifiers and licence plates",
        ("vehicle_id",),
        "partly",
        "VINs by their check character; plates beside a word.",
    ),
    _same(
        "M",
        "Device identifiers and serial numbers",
        ("device_id", "mac_address"),
        "partly",
        "IMEI and MAC by form; others beside a word.",
    ),
    _same("N", "Web addresses", ("url",), "found", "By their form; a bare host name is left to a person."),
    _same(
        "O",
        "IP addresses",
        ("ip_address",),
        "found",
        "By their form; beside a word such as version they are taken for one.",
    ),
    _same("P", "Biometric identifiers", (), "not found", "Fingerprints and voice prints are not text."),
    _same("Q", "Full-face photographs", (), "not found", "Images are not read."),
    _same(
        "R",
        "Any other unique number, characteristic or code",
        ("national_id", "crypto_wallet"),
        "partly",
        "Numbers of some forty states, wallets and a task's own recognisers.",
    ),
)
"""In the order of the rule."""


@dataclass(frozen=True)
class Standing:
    """How far one of the eighteen is found by this set-up under a policy, and why."""

    letter: str
    name: str
    extent: Extent
    why: str


def standings(policy: Policy | None = None) -> tuple[Standing, ...]:
    """The eighteen with what this machine and this policy find of each: models are looked for now."""
    wanted = policy or Policy()
    has_model = installed_model(wanted.language, wanted.model) is not None
    return tuple(_standing(each, wanted, has_model=has_model) for each in SAFE_HARBOR)


def _standing(one: SafeHarborIdentifier, policy: Policy, *, has_model: bool) -> Standing:
    kept = [kind for kind in one.kinds if policy.actions.get(kind) == "keep"]
    if one.kinds and len(kept) == len(one.kinds):
        return Standing(one.letter, one.name, "not found", "The policy keeps them.")
    extent = one.with_model if has_model else one.by_form
    if extent == "found" and kept:
        return Standing(one.letter, one.name, "partly", f"The policy keeps {', '.join(kept)}.")
    return Standing(one.letter, one.name, extent, one.why)
