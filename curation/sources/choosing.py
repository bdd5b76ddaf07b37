"""What can be chosen of a file that holds several: files of an archive, sheets, parts of a folder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from curation.imports.files import Member, members
from curation.imports.reading.limits import DEFAULT, Limits
from curation.imports.reading.serving import fingerprint


def choices(path: Path, limits: Limits = DEFAULT) -> tuple[Member, ...]:
    """The members of a file; empty for one that is one by itself. Raises InvalidInput as `members`.

    Kept for as long as the file is as it is: a page asks again whenever anything on it changes.
    """
    return _choices(path, fingerprint(path) if path.exists() else "", limits)


@lru_cache(maxsize=32)
def _choices(path: Path, as_it_is: str, limits: Limits) -> tuple[Member, ...]:
    return members(path, limits=limits)
