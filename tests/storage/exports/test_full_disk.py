"""A disk that fills under an export: one sentence, and nothing of it stays."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import exports
from storage.errors import DiskFull
from tests.storage.exports.sample import Row
from tests.storage.test_disk_full import small_disk as small_disk


def incompressible(rows: int) -> list[Row]:
    return [
        Row(os.urandom(1000).hex(), str(number), decision="corrected", teacher_output="wrong")
        for number in range(rows)
    ]


@pytest.mark.parametrize("format", list(exports.FORMATS))
@pytest.mark.parametrize("suffix", ["", ".zip"])
def test_a_full_disk_is_one_sentence_and_leaves_nothing(format: str, suffix: str, small_disk: Path) -> None:
    few, many = incompressible(20), incompressible(1_500)
    exports.write(few, format, small_disk / f"few{suffix}")
    before = sorted(path.relative_to(small_disk) for path in small_disk.rglob("*"))
    for rows in (many, iter(many)):
        with pytest.raises(DiskFull, match="is full; nothing was published"):
            exports.write(rows, format, small_disk / f"many{suffix}")
        assert sorted(path.relative_to(small_disk) for path in small_disk.rglob("*")) == before


@pytest.mark.parametrize("format", [name for name, format in exports.FORMATS.items() if format.to_folder])
def test_a_disk_with_room_for_the_rows_but_not_for_the_rest(format: str, small_disk: Path) -> None:
    """The disk is filled to the last block after the last row was given."""
    ballast = small_disk / "ballast"

    def rows() -> Iterator[Row]:
        yield from incompressible(20)
        with ballast.open("wb", buffering=0) as stream:
            try:
                while stream.write(b"\0" * 4096):
                    pass
            except OSError:
                return

    with pytest.raises(DiskFull):
        exports.write(rows(), format, small_disk / "rows")
    assert list(small_disk.iterdir()) == [ballast]
