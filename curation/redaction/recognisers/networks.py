"""IPv4 and IPv6 addresses, and the MAC addresses of network adapters."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from curation.redaction.context import OTHER
from curation.redaction.recognisers.dates import is_date_at
from curation.redaction.spans import CERTAIN, FAINT, LIKELY, WEAK, Found
from curation.redaction.subject import Subject

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = re.compile(
    rf"(?<![\w.])(?<!\d,)(?:{_OCTET}\.){{3}}{_OCTET}(?:/[0-3]?\d(?!\d))?(?![\w-]|\.\d|\.[A-Za-z])", re.ASCII
)
_IPV6 = re.compile(
    r"(?<![A-Za-z0-9.])(?<![0-9A-Fa-f:]:)(?:[0-9A-Fa-f]|::)[0-9A-Fa-f:]{2,44}(?:(?<=:)(?:\d{1,3}\.){3}\d{1,3})?(?![A-Za-z0-9:]|\.\d)"
)
_MAC = re.compile(
    r"(?<![A-Za-z0-9])(?<![0-9A-Fa-f][:-])(?:[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\.){2}[0-9A-Fa-f]{4})"
    r"(?![A-Za-z0-9]|[:-][0-9A-Fa-f])"
)
_BETWEEN_DOTS = re.compile(r"\.[0-9]{1,3}\.[0-9]")
_PAIR_BETWEEN_DOTS = re.compile(r"\.[0-9A-Fa-f]{4}\.")
"""What every IPv4 and every MAC address with dots has within it, and hardly any other text."""
_LEAST_DOTS, _LEAST_COLONS = 3, 2
_LEAST_JOINTS = 5
"""What parts the bytes of a MAC address; three pairs are parted by two dots."""


def is_date_or_ipv4_at(text: str, start: int) -> bool:
    """Whether a date in digits or an IPv4 address begins here, and so no number of a person."""
    return is_date_at(text, start) or _IPV4.match(text, start) is not None


def ip_addresses(subject: Subject) -> Iterator[Found]:
    """IP addresses; four numbers beside a word such as "version" or "firmware" are none."""
    text = subject.text
    if subject.signs.digits > _LEAST_DOTS and _BETWEEN_DOTS.search(text):
        for found in _IPV4.finditer(text):
            doubtful = subject.kind_beside(found.start(), found.end()) == OTHER
            yield Found(found.start(), found.end(), "ip_address", FAINT if doubtful else LIKELY, "IPv4")
    if subject.signs.colons >= _LEAST_COLONS:
        for found in _IPV6.finditer(text):
            written = found[0] if found[0].endswith("::") else found[0].rstrip(":")
            score = _ipv6_score(written)
            if score:
                yield Found(found.start(), found.start() + len(written), "ip_address", score, "IPv6")


def mac_addresses(subject: Subject) -> Iterator[Found]:
    """MAC addresses, their six bytes parted by colons or hyphens, or three pairs by dots."""
    text = subject.text
    joints = max(subject.signs.colons, text.count("-"))
    if joints < _LEAST_JOINTS and not _PAIR_BETWEEN_DOTS.search(text):
        return
    for found in _MAC.finditer(text):
        if found[1] == ":" or not found[0].replace("-", "").replace(".", "").isdigit():
            yield Found(found.start(), found.end(), "mac_address", CERTAIN, "MAC")


def _ipv6_score(written: str) -> float:
    """How sure an IPv6 address is; 0 for none. Short ones such as "a::1" also are names in programs."""
    if written.count(":") < _LEAST_COLONS or not any(letter.isdigit() for letter in written):
        return 0.0
    try:
        ipaddress.IPv6Address(written)
    except ValueError:
        return 0.0
    return (
        CERTAIN
        if written.count(":") > _LEAST_COLONS or written[:2].lower() in ("fe", "fd", "20", "::")
        else WEAK
    )
