"""What finds identifiers: one small function for each form, all of them in linear time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from curation.redaction.recognisers.addresses import emails
from curation.redaction.recognisers.cards import cards
from curation.redaction.recognisers.codes import named_numbers, personal_numbers
from curation.redaction.recognisers.dates import dates_of_birth
from curation.redaction.recognisers.devices import vehicles_and_wallets
from curation.redaction.recognisers.ibans import ibans
from curation.redaction.recognisers.links import links
from curation.redaction.recognisers.networks import ip_addresses, mac_addresses
from curation.redaction.recognisers.phones import phones_in
from curation.redaction.spans import Found
from curation.redaction.subject import Subject

Recogniser = Callable[[Subject], Iterator[Found]]

__all__ = ["Recogniser", "recognisers_for"]


def recognisers_for(phone_regions: Sequence[str]) -> tuple[Recogniser, ...]:
    """Every recogniser of a form; telephone numbers as they are dialled in these regions."""
    return (
        emails,
        links,
        ip_addresses,
        mac_addresses,
        cards,
        ibans,
        phones_in(tuple(phone_regions)),
        personal_numbers,
        named_numbers,
        dates_of_birth,
        vehicles_and_wallets,
    )
