"""What stands in a text in place of an identifier, and how such a place is known again.

A pseudonym is the beginning of an HMAC-SHA256 (RFC 2104) under a secret of the project, so the same value has
the same one throughout a project and nobody without the secret can try values against it. Its 32 bits
make two of 10,000 values share one in about one project of a hundred.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Sequence

from curation.redaction.folding import fold
from curation.redaction.identifiers import words_of
from curation.redaction.recognisers import phone_plans
from storage.errors import InvalidInput

PSEUDONYM_DIGITS = 8
LEAST_SECRET_BYTES = 16

_NOT_WORD = re.compile(r"[\W_]+")
_AT = re.compile(r"\s?[\[({<]\s?(?:at|ät|@)\s?[\])}>]\s?|\s?@\s?", re.IGNORECASE)


def checked_secret(secret: bytes) -> bytes:
    """A secret fit for pseudonyms. Raises InvalidInput for one of under 16 bytes."""
    if len(secret) < LEAST_SECRET_BYTES:
        raise InvalidInput(
            f"The secret for pseudonyms has {len(secret)} bytes; it needs {LEAST_SECRET_BYTES}.",
            next_step="Use the project's own secret, or one of secrets.token_bytes(32).",
        )
    return secret


def mask(type_: str) -> str:
    """What says that an identifier stood here: "[email]"."""
    return f"[{words_of(type_)}]"


def pseudonym(secret: bytes, type_: str, value: str, regions: Sequence[str]) -> str:
    """What says that this very identifier stood here: "[email 3f9a12c0]", however it was written."""
    return f"[{words_of(type_)} {value_mac(secret, type_, value, regions)[:PSEUDONYM_DIGITS]}]"


def value_mac(secret: bytes, type_: str, value: str, regions: Sequence[str]) -> str:
    """64 hex digits that are the same for the same identifier, however it was written."""
    same = f"{type_}\0{_canonical(type_, fold(value).text, regions)}".encode("utf-8", "surrogatepass")
    return hmac.new(secret, same, hashlib.sha256).hexdigest()


def known_again(types: Iterable[str]) -> re.Pattern[str]:
    """What matches the masks and pseudonyms of these kinds: redaction leaves them alone."""
    words = "|".join(re.escape(words_of(type_)) for type_ in types)
    return re.compile(rf"\[(?:{words})(?: [0-9a-f]{{{PSEUDONYM_DIGITS}}})?\]")


def _canonical(type_: str, value: str, regions: Sequence[str]) -> str:
    """One form for all the ways to write a value."""
    if type_ == "phone":
        return phone_plans.e164("".join(letter for letter in value if letter.isdecimal()), regions)
    if type_ == "email":
        return "".join(_AT.sub("@", value).split()).casefold()
    if type_ in ("url", "ip_address"):
        return value.casefold()
    return _NOT_WORD.sub(" " if type_ in ("person", "location") else "", value).strip().casefold()
