"""The form in which texts are compared: letters and digits, lower case, one space between words."""

from __future__ import annotations

import re
import unicodedata

_NOT_WORD = re.compile(r"[\W_]+")
_ASCII = {code: " " for code in range(128) if not chr(code).isalnum()}


def normal_form(text: str) -> str:
    """`text` folded for comparison. A text without any letter or digit stays as it is, stripped."""
    if text.isascii():
        folded = text.lower().translate(_ASCII)
    else:
        folded = _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(folded.split()) or text.strip()
