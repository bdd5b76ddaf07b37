"""JSON files: whether one is JSONL, an array, an object that holds one, or objects one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, suppress

import orjson

from curation.imports.reading import jsonl_rows
from curation.imports.reading.json_values import Document, numbered
from curation.imports.reading.jsonl_rows import RawRows
from curation.imports.reading.opened import Opened
from curation.imports.reading.sources import Source
from storage.errors import InvalidInput

_A_TURN = ({"role", "content"}, {"from", "value"})
LINES_LOOKED_AT = 50


def opened(source: Source) -> Opened:
    """A UTF-8 source that begins like JSON. Raises InvalidInput where no row is an object."""
    if source.head().lstrip().startswith(b"["):
        return _document(source, None, "an array")
    if _is_jsonl(source):
        return jsonl_rows.opened(source)
    key = _key_of_rows(source)
    return _document(source, key, "objects one after the other" if key is None else f"the array {key!r}")


def _document(source: Source, key: str | None, rows: str) -> Opened:
    def raw_rows() -> Iterator[RawRows]:
        with closing(Document(source)) as document:
            yield from numbered(_values(document, key), source.limits.batch_bytes)

    return jsonl_rows.of_raw_rows(source, "json", {"rows": rows}, raw_rows)


def _values(document: Document, key: str | None) -> Iterator[bytes]:
    if key is not None:
        yield from _values_under(document, key)
    elif document.peek() == b"[":
        yield from document.elements()
    else:
        while document.peek():
            yield document.value()
    if document.peek():
        raise document.broken("something follows its end")


def _values_under(document: Document, key: str) -> Iterator[bytes]:
    seen = False
    for name in _members(document):
        if name == key and seen:
            raise document.broken(f"the key {key!r} stands in it twice")
        if name == key:
            seen = True
            yield from document.elements()
        elif _passed_rows(document):
            raise InvalidInput(
                f"{document.name} holds two arrays of rows, {key!r} and {name!r}.",
                next_step="Write each of them into a file of its own.",
            )


def _passed_rows(document: Document) -> bool:
    """Go past a value; True where it is an array of rows."""
    if document.peek() != b"[":
        document.value()
        return False
    elements = document.elements()
    first = next(elements, b"")
    for _ in elements:
        pass
    return _is_row(first)


def _members(document: Document) -> Iterator[str]:
    """The keys of the object that begins here; who is given one reads its value before going on."""
    document.take(b"{")
    if document.take(b"}"):
        return
    while True:
        raw = document.value()
        if not raw.startswith(b'"') or not document.take(b":"):
            raise document.broken("a key is missing")
        try:
            yield str(orjson.loads(raw))
        except orjson.JSONDecodeError as fault:
            raise document.broken("a key is no text") from fault
        if document.take(b"}"):
            return
        if not document.take(b","):
            raise document.broken("a comma or the end of the object is missing")


def _is_row(raw: bytes) -> bool:
    """Whether an element may be a row: an object that is no turn of a conversation."""
    if not raw.startswith(b"{"):
        return False
    with suppress(orjson.JSONDecodeError):
        value = orjson.loads(raw)
        return not any(turn <= value.keys() for turn in _A_TURN)
    return True


def _is_jsonl(source: Source) -> bool:
    """Whether any of the first lines is an object by itself: so it is although the first may be broken."""
    head = source.head()
    if b"\n" not in head:
        head = source.head(source.limits.row_bytes + 1)
    for line in head.split(b"\n")[:LINES_LOOKED_AT]:
        if line.startswith(b"{") and line.strip() != b"{}":
            with suppress(orjson.JSONDecodeError):
                orjson.loads(line)
                return not (_is_one_json_line(source, head) and _key_of_rows(source))
    return False


def _is_one_json_line(source: Source, head: bytes) -> bool:
    name = source.name.lower()
    return ".json" in name and ".jsonl" not in name and b"\n" not in head.strip()


def _key_of_rows(source: Source) -> str | None:
    """The key of the first array of rows in the object that begins the source, if it holds one."""
    with closing(Document(source)) as document:
        for name in _members(document):
            if document.peek() != b"[":
                document.value()
                continue
            elements = document.elements()
            if _is_row(next(elements, b"")):
                return name
            for _ in elements:
                pass
    return None
