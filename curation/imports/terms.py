"""On what terms data may be used: said at import, and repeated wherever a dataset made of it goes."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_CHARACTERS = 2_000
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


@dataclass(frozen=True)
class Terms:
    """What is known of where data is from; None where nothing was said.

    `licence` goes by the identifier that the Hugging Face Hub uses ("apache-2.0"), "own", or is in words of
    its own. `origin` is a URL, a system or a contract, `consent` on what ground the people in it
    agreed. Each is kept as plain text, cut at 2,000 characters; blank text is None.
    """

    licence: str | None = None
    origin: str | None = None
    consent: str | None = None

    def __post_init__(self) -> None:
        for name in ("licence", "origin", "consent"):
            given = getattr(self, name)
            plain = _CONTROL.sub("", given or "").strip()[:MOST_CHARACTERS].rstrip()
            object.__setattr__(self, name, plain or None)
