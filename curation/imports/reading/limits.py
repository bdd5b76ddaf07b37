"""What reading one file may cost. Each number can be set, and stands in the sentence that refuses."""

from __future__ import annotations

from dataclasses import dataclass

from storage.errors import InvalidInput

MB = 1_000_000
GB = 1_000_000_000


@dataclass(frozen=True)
class Limits:
    """The limits of the process that reads, of a file, of a row.

    `memory_bytes` counts what is taken above the interpreter and its libraries, and holds on Linux only.
    `stall_s` is the longest wait for the next bytes. A file may unfold to `text_bytes`, and to `expansion`
    times its size on disk once that is more than `small_bytes`. `row_bytes` bounds a row and any value of
    a JSON document, `columns` also the distinct keys of all rows, `members` the files of an archive or
    folder. A batch has at most `batch_rows` rows and about `batch_bytes` of text.
    """

    memory_bytes: int = 640 * MB
    cpu_s: int = 3_600
    stall_s: float = 120.0
    text_bytes: int = 32 * GB
    expansion: int = 500
    small_bytes: int = 256 * MB
    row_bytes: int = 8 * MB
    cell_chars: int = 1_000_000
    columns: int = 1_000
    members: int = 10_000
    batch_rows: int = 5_000
    batch_bytes: int = 8 * MB


DEFAULT = Limits()


class Budget:
    """How much text one reading of a file has given so far, against what it may."""

    def __init__(self, name: str, size_bytes: int, limits: Limits) -> None:
        self._name = name
        self._left = self._may = min(
            limits.text_bytes, max(limits.small_bytes, size_bytes * limits.expansion)
        )

    def spend(self, size_bytes: int) -> None:
        """Count bytes that were unfolded. Raises InvalidInput when they are too many."""
        self._left -= size_bytes
        if self._left < 0:
            raise InvalidInput(
                f"{self._name} unfolds to more than {self._may:,} bytes, too much for a file of its size.",
                next_step="Import it in parts, or raise the limits text_bytes and expansion.",
            )
