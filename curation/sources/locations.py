"""Where rows lie: a path on this machine, an uploaded file that was kept, or an address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from curation.imports.reading import reaching
from storage.errors import InvalidInput

Kind = Literal["path", "upload", "address"]
_ADDRESS = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]{1,30})(::|://)")


@dataclass(frozen=True)
class Location:
    """`where` is an absolute path, an upload's path, or an address whose protocol may be used."""

    kind: Kind
    where: str

    @property
    def shown(self) -> str:
        """As it may be shown and logged: no password, no token of an address."""
        return reaching.shown(self.where) if self.kind == "address" else self.where

    @property
    def name(self) -> str:
        """What the file or folder is called."""
        return self.shown.rstrip("/").rsplit("/", 1)[-1] or self.shown


def located(given: str) -> Location:
    """The location that a person typed: an address, or a path of this machine.

    Raises InvalidInput for nothing, for an address of a protocol that is not used, and for one that holds
    a password: it would be kept and shown.
    """
    text = given.strip()
    found = _ADDRESS.match(text)
    if not text:
        raise InvalidInput(
            "No file is named.", next_step="Give a path, or an address like https://host/a.csv."
        )
    if not found:
        return Location("path", str(Path(text).expanduser().absolute()))
    if found[1].lower() not in reaching.PACKAGES or found[2] == "::":
        raise InvalidInput(
            f"{reaching.shown(text)} is of a protocol that nothing is fetched by.",
            next_step=f"Give a path, or an address that begins with {', '.join(reaching.PACKAGES)}.",
        )
    try:
        password = urlsplit(text).password
    except ValueError as fault:
        raise InvalidInput(
            f"{reaching.shown(text)} is no address: {fault}.", next_step="Check the address."
        ) from fault
    if password is not None:
        raise InvalidInput(
            f"{reaching.shown(text)} was given with a password, which would be kept with the source.",
            next_step="Leave it out, or fetch the file by hand and name its path.",
        )
    return Location("address", text)
