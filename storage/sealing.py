"""JSON that says its own SHA-256 in its last line, so that a bit flipped anywhere in it shows.

The seal is over every other byte of the file, spaces and line ends too, as they stand: nothing is
parsed before it is compared. See docs/decisions/0058-sealed-manifests.md.
"""

from __future__ import annotations

import hashlib
from typing import Literal

KEY = "seal"
_END = b"\n}\n"
_BEFORE, _AFTER = f',\n "{KEY}": "'.encode(), b'"\n}\n'
_LENGTH = len(_BEFORE) + 64 + len(_AFTER)

State = Literal["sealed", "broken", "unsealed"]


def sealed(text: str) -> bytes:
    """An indented JSON object (`json.dumps(…, indent=1)` and a line end) with its seal. Raises ValueError."""
    whole = text.encode()
    if not whole.endswith(_END) or len(whole) <= len(_END) + 1:
        raise ValueError("only an indented JSON object with something in it can be sealed")
    digest = hashlib.sha256(whole).hexdigest().encode()
    return whole[: -len(_END)] + _BEFORE + digest + _AFTER


def state(whole: bytes) -> State:
    """Whether the bytes of a file are as they were sealed, are not, or carry no seal at their end."""
    seal = whole[-_LENGTH:]
    if not (seal.startswith(_BEFORE) and seal.endswith(_AFTER) and len(seal) == _LENGTH):
        return "unsealed"
    said = seal[len(_BEFORE) : -len(_AFTER)]
    found = hashlib.sha256(whole[:-_LENGTH] + _END).hexdigest().encode()
    return "sealed" if found == said else "broken"
