"""Identifiers: prefixed strings that sort by time, hashes of content, and UTC times."""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime

from storage.errors import InvalidInput

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def now() -> datetime:
    """The time, UTC-aware."""
    return datetime.now(UTC)


def new_id(prefix: str) -> str:
    """A fresh identifier such as `run_20261121T094501Z_9f3ac1`; sorts by the second it was made."""
    return f"{prefix}_{now():%Y%m%dT%H%M%SZ}_{secrets.token_hex(3)}"


def content_hash(parts: Mapping[str, str]) -> str:
    """The first 20 hex digits of the SHA-256 of a mapping, independent of its order."""
    canonical = json.dumps(dict(parts), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:20]


def is_name(name: str) -> bool:
    """Whether `name` may be a folder and a URL part."""
    return _NAME.fullmatch(name) is not None


def checked_name(name: str, what: str) -> str:
    """`name` if it may be a folder and a URL part: 1-63 of a-z, 0-9, `-`, `_`.

    Raises InvalidInput otherwise, so a name can never leave its folder.
    """
    if not is_name(name):
        raise InvalidInput(
            f"{what} {name!r} is not a usable name.",
            next_step="Use 1 to 63 lower-case letters, digits, '-' or '_', starting with a letter or digit.",
        )
    return name
