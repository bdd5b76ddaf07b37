"""What a verification finds."""

from __future__ import annotations

from dataclasses import dataclass

TAKE_BACK = "Copy it back from a backup (docs/keeping.md), then verify again."


@dataclass(frozen=True)
class Fault:
    """Something that is not as it was written; `file` is empty where it is about the artifact as a whole."""

    reference: str
    file: str
    what: str
    next_step: str = TAKE_BACK

    @property
    def place(self) -> str:
        """What it is about, in one word."""
        return f"{self.reference}/{self.file}" if self.file else self.reference


@dataclass(frozen=True)
class Report:
    """What was looked at and what was found. `files` and `size_bytes` count what manifests name.

    `strays` are files that no manifest names, `unfinished` what a process that was killed left or
    that one which runs now is writing: neither is a fault, since nothing reads them. `unsealed`
    are artifacts of releases whose manifests carried no hash of their own. `database` is empty
    where the database's names were compared with the artifacts, else it says why they were not.
    """

    artifacts: int
    files: int
    size_bytes: int
    faults: tuple[Fault, ...]
    strays: tuple[str, ...]
    unfinished: tuple[str, ...]
    unsealed: tuple[str, ...]
    removed: int
    database: str

    @property
    def sound(self) -> bool:
        """Whether all that was looked at stands as it was written."""
        return not self.faults
