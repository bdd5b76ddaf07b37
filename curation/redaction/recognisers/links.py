"""Web addresses: with a scheme and whatever follows it, beginning with "www.", or a host and a path."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.redaction.recognisers.addresses import LETTERS
from curation.redaction.recognisers.hosts import is_top_level
from curation.redaction.spans import CERTAIN, LIKELY, WEAK, Found
from curation.redaction.subject import Subject

_SCHEME = re.compile(r"[A-Za-z0-9+-]{0,15}[A-Za-z]")
_FOLLOWS = r"[A-Za-z0-9\u00c0-\u024f\u0400-\u04ff._~:/?#\[\]@!$&'()*+,;=%|-]"
_REST = re.compile(rf"{_FOLLOWS}+")
_HOST = re.compile(
    rf"(?<![{LETTERS}@._/-])((?:[{LETTERS}-]{{1,63}}\.){{1,6}}([A-Za-z]{{2,24}}))(?![A-Za-z0-9@_-])(:\d{{1,5}})?(/{_FOLLOWS}*)?"
)
_AFTER = ".,;:!?'*|=&\"-"
_PAIRS = {")": "(", "]": "["}


def links(subject: Subject) -> Iterator[Found]:
    """The web addresses. A bare host without a path is doubtful: it may name a company."""
    if not subject.signs.link:
        return
    text, past = subject.text, 0
    at = text.find("://")
    while at >= 0:
        scheme = _SCHEME.match(text[max(past, at - 16) : at][::-1])
        rest = _REST.match(text, at + 3) if scheme else None
        if scheme and rest:
            past = at + 3 + len(_trimmed(rest[0]))
            if past > at + 3:
                yield Found(at - len(scheme[0]), past, "url", CERTAIN, "url")
        at = text.find("://", max(past, at + 3))
    for found in _HOST.finditer(text):
        if is_top_level(found[2]):
            end = found.start() + len(_trimmed(found[0]))
            sure = found[1].lower().startswith("www.") or found[4]
            yield Found(found.start(), end, "url", LIKELY if sure else WEAK, "url without scheme")


def _trimmed(address: str) -> str:
    """Without the punctuation of the sentence around it; brackets that the address opened stay."""
    unopened = {close: address.count(close) - address.count(opened) for close, opened in _PAIRS.items()}
    end = len(address)
    while end:
        last = address[end - 1]
        if last in unopened:
            if unopened[last] <= 0:
                break
            unopened[last] -= 1
        elif last not in _AFTER:
            break
        end -= 1
    return address[:end]
