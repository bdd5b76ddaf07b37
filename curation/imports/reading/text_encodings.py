"""Which encoding a text is in, and any of them as UTF-8.

Bytes that are none of the encoding come through as bytes that are no UTF-8, so that the row they stand
in is rejected, and no other.
"""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import replace
from typing import BinaryIO

from curation.imports.reading.sources import BLOCK_BYTES, Source
from storage.errors import InvalidInput

SAMPLE_BYTES = 1 << 18
PROBES = 8
"""Places spread over a long file that are looked at besides its beginning."""
PROBE_BYTES = 1 << 15

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PLAUSIBLE = (
    "cp1252", "latin_1", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "iso8859_2",
    "iso8859_5", "iso8859_7", "koi8_r", "cp437", "cp850", "cp852", "cp866", "mac_roman", "cp932",
    "euc_jp", "cp949", "gb18030", "big5",
)  # fmt: skip
_ESCAPED = re.compile("[\udc80-\udcff]")
_BEYOND = re.compile("[^\x00-\x7f\udc80-\udcff]")
CLOSE = 0.05
"""Two encodings whose texts differ less in disorder than this are as likely as each other."""
ZERO_SHARE = 0.3


def detect(source: Source) -> str:
    """The codec's name: by byte order mark, else UTF-8 if the text may be that, else the likeliest."""
    head = source.head(SAMPLE_BYTES)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name
    wide = _without_mark(head)
    if wide:
        return wide
    sample = [head if len(head) < SAMPLE_BYTES else head[: head.rfind(b"\n") + 1], *_probes(source)]
    valid = invalid = 0
    for piece in sample:
        good, bad = _multibyte(piece)
        valid, invalid = valid + good, invalid + bad
    if valid >= invalid:
        return "utf-8"
    return _likeliest(b"\n".join(_telling_lines(piece) for piece in sample))


def as_utf8(source: Source, encoding: str) -> Source:
    """The same text in UTF-8, without a byte order mark."""
    if encoding in ("utf-8", "ascii"):
        return source
    return replace(source, open=lambda: _opened(source, encoding), plain=False)


def name_of(encoding: str) -> str:
    """What a person calls it."""
    return _NAMES.get(encoding, encoding.replace("_", "-").upper())


_NAMES = {
    "utf-8": "UTF-8", "utf-8-sig": "UTF-8 with a byte order mark", "utf-16-le": "UTF-16 (little endian)",
    "utf-16-be": "UTF-16 (big endian)", "utf-32-le": "UTF-32 (little endian)",
    "utf-32-be": "UTF-32 (big endian)", "cp932": "Shift JIS", "gb18030": "GB 18030", "latin_1": "Latin-1",
    **{f"cp{page}": f"Windows-{page}" for page in range(1250, 1259)},
}  # fmt: skip


def _without_mark(head: bytes) -> str | None:
    """UTF-16 without its mark: most of every other byte is zero, and hardly any of the rest."""
    even, odd = head[0::2], head[1::2]
    if not odd:
        return None
    zeros = even.count(0) / len(even), odd.count(0) / len(odd)
    if zeros[1] > ZERO_SHARE and zeros[0] < zeros[1] / 10:
        return "utf-16-le"
    if zeros[0] > ZERO_SHARE and zeros[1] < zeros[0] / 10:
        return "utf-16-be"
    return None


def _probes(source: Source) -> list[bytes]:
    if not source.plain or source.size_bytes < 4 * SAMPLE_BYTES:
        return []
    found = []
    with source.open() as stream:
        for place in range(1, PROBES + 1):
            stream.seek(place * (source.size_bytes - PROBE_BYTES) // PROBES)
            inner = stream.read(PROBE_BYTES).partition(b"\n")[2]
            found.append(inner[: inner.rfind(b"\n") + 1])
    return found


def _multibyte(piece: bytes) -> tuple[int, int]:
    """How many characters beyond ASCII are well-formed UTF-8, and how many bytes are not."""
    text = piece.decode("utf-8", "surrogateescape")
    if text.isascii():
        return 0, 0
    return len(_BEYOND.findall(text)), len(_ESCAPED.findall(text))


def _telling_lines(piece: bytes) -> bytes:
    """The lines that are not plain ASCII: they alone tell encodings apart."""
    return b"\n".join(line for line in piece.split(b"\n") if not line.isascii())[:SAMPLE_BYTES]


def _likeliest(sample: bytes) -> str:
    from charset_normalizer import from_bytes

    found = from_bytes(_without_holes(sample[:65_536]), cp_isolation=list(_PLAUSIBLE), threshold=0.4)
    best = found.best()
    if best is None:
        return "cp1252"
    if "cp1252" in best.could_be_from_charset:
        return "cp1252"
    western = next((one for one in found if "cp1252" in one.could_be_from_charset), None)
    if western is not None and western.chaos - best.chaos < CLOSE and western.coherence >= best.coherence:
        return "cp1252"
    return "cp1252" if best.encoding in ("latin_1", "ascii") else str(best.encoding)


def _without_holes(sample: bytes) -> bytes:
    """The sample without bytes that Windows-1252 has no letter for, where so few can only be faults."""
    cleaned = sample.translate(None, _HOLES)
    beyond = len(sample) - len(sample.translate(None, bytes(range(0x80, 0x100))))
    return cleaned if len(sample) - len(cleaned) <= RARE * beyond else sample


_HOLES = b"\x81\x8d\x8f\x90\x9d"
RARE = 0.02


def _opened(source: Source, encoding: str) -> BinaryIO:
    stream = source.open()
    if encoding == "utf-8-sig":
        stream.read(len(codecs.BOM_UTF8))
        return stream
    return io.BufferedReader(_AsUtf8(stream, encoding), BLOCK_BYTES)


class _AsUtf8(io.RawIOBase):
    """A stream in UTF-8 over one in another encoding."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        wide = encoding.startswith("utf-")
        self._decoder = codecs.getincrementaldecoder(encoding)("surrogatepass" if wide else "surrogateescape")
        self._errors = "surrogatepass" if wide else "surrogateescape"
        self._encoding = encoding
        self._left = b""
        self._begun = False

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """The next bytes."""
        while not self._left:
            block = self._stream.read(BLOCK_BYTES)
            try:
                text = self._decoder.decode(block, final=not block)
            except UnicodeDecodeError as fault:
                raise InvalidInput(
                    f"The text cannot be read as {name_of(self._encoding)}: {fault.reason}.",
                    next_step="Save the file as UTF-8.",
                ) from fault
            if text and not self._begun:
                self._begun, text = True, text.removeprefix("\ufeff")
            self._left = text.encode("utf-8", self._errors)
            if not block and not self._left:
                return 0
        given = self._left[: len(buffer)]
        self._left = self._left[len(buffer) :]
        buffer[: len(given)] = given
        return len(given)

    def close(self) -> None:
        """Close what lies under it, too."""
        self._stream.close()
        super().close()
