"""Lines of a text, in blocks, none longer than the limit of a row."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

from curation.imports.reading.sources import Source

BLOCK_BYTES = 1 << 21
KEPT_OF_A_LONG_LINE = 8_000


@dataclass
class Lines:
    """Lines that follow each other, without their ends. Of those in `cut` only the beginning is here."""

    numbers: range
    raws: list[bytes]
    cut: frozenset[int]


def blocks(source: Source, *, end: bytes = b"\n") -> Generator[Lines]:
    """The lines of a source, some at a time, numbered from 1. `end` is the byte a line ends with."""
    longest = source.limits.row_bytes
    number, tail, skipping = 1, b"", False
    with source.open() as stream:
        while block := stream.read(BLOCK_BYTES):
            if skipping:
                _, found, block = block.partition(end)
                if not found:
                    continue
                skipping = False
            *raws, tail = (tail + block).split(end)
            if len(tail) > longest:
                raws.append(tail)
                tail, skipping = b"", True
            yield _cut(number, raws, longest)
            number += len(raws)
    if tail:
        yield Lines(range(number, number + 1), [tail], frozenset())


def _cut(first: int, raws: list[bytes], longest: int) -> Lines:
    numbers = range(first, first + len(raws))
    if not raws or max(map(len, raws)) <= longest:
        return Lines(numbers, raws, frozenset())
    cut = frozenset(number for number, raw in zip(numbers, raws, strict=True) if len(raw) > longest)
    return Lines(numbers, [raw if len(raw) <= longest else raw[:KEPT_OF_A_LONG_LINE] for raw in raws], cut)
