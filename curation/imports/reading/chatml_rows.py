"""A text of ChatML conversations, one after the other: a row each, its text in the column `text`.

A conversation begins with the file, with a system turn, and after an empty line that follows a turn's end.
"""

from __future__ import annotations

from collections.abc import Iterator

from curation.imports.reading import lines
from curation.imports.reading.batches import Chunk, Reject, raw_text
from curation.imports.reading.opened import Opened
from curation.imports.reading.sources import Source

START = b"<|im_start|>"
_END = b"<|im_end|>"
_TO_ANSWER = START + b"assistant"
COLUMN = "text"
ROWS = 1_000


def opened(source: Source, encoding: str) -> Opened:
    """A UTF-8 source that begins with `<|im_start|>`."""
    return Opened("chatml", (COLUMN,), {}, lambda: _chunks(source, encoding))


def _chunks(source: Source, encoding: str) -> Iterator[Chunk]:
    chunk, numbers = Chunk([], {COLUMN: []}), []
    size = 0
    for number, raw in _conversations(source):
        size += len(raw)
        if len(raw) > source.limits.row_bytes:
            reason = f"The conversation is longer than {source.limits.row_bytes:,} bytes."
            chunk.rejects.append(Reject(number, reason, raw_text(raw)))
        else:
            try:
                text = raw.decode()
            except UnicodeDecodeError as fault:
                reason = f"It is not {encoding}: byte 0x{raw[fault.start]:02x} at place {fault.start + 1}."
                chunk.rejects.append(Reject(number, reason, raw_text(raw)))
            else:
                numbers.append(number)
                chunk.columns[COLUMN].append(text)
        if len(numbers) >= ROWS or len(chunk.rejects) >= ROWS or size > source.limits.batch_bytes:
            chunk.numbers = numbers
            yield chunk
            chunk, numbers, size = Chunk([], {COLUMN: []}), [], 0
    chunk.numbers = numbers
    yield chunk


def _conversations(source: Source) -> Iterator[tuple[int, bytes]]:
    """(line it begins on, its text); of one that is too long, as much as shows that it is."""
    taken: list[bytes] = []
    first, size, ended, blank = 1, 0, True, False
    for block in lines.blocks(source):
        for number, raw in zip(block.numbers, block.raws, strict=True):
            begins = raw.startswith(START) and ended
            if begins and (blank or raw.startswith(START + b"system")) and taken:
                yield first, b"\n".join(taken)
                taken, size = [], 0
            if not taken:
                first = number
            stripped = raw.strip()
            if (stripped or taken) and size <= source.limits.row_bytes:
                taken.append(raw)
                size += len(raw) + 1
            blank = not stripped
            ended = stripped.endswith(_END) or stripped == _TO_ANSWER or (blank and ended)
    if any(taken):
        yield first, b"\n".join(taken)
