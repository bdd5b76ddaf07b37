"""Turn a search text into conditions on a record's words.

A record's searched fields are joined into one lower-case text with a mark between them that
no word and no phrase can cross, so that every word may stand in a field of its own. Words are
compared by regular expressions whose edges are the edges of Elasticsearch's standard analyser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from argilla_server.models import Field, Record
from sqlalchemy import (
    ColumnElement,
    Lateral,
    Select,
    String,
    and_,
    case,
    cast,
    collate,
    func,
    literal,
    not_,
    or_,
    select,
)

from .query_language import SINGLE, All, Node, Not, Words

_MARK = "\n\x01\n"
_GAP = "[^[:alnum:]_\x01]*"
_ANY_WORD = f"(?:[{SINGLE}]|[[:alnum:]_'\u2019.:·]+)"
_MIDDLE_OF_WORD = "['\u2019.:·]"
_MIDDLE_OF_NUMBER = "[.,;'\u2019]"
_NUL = "\\u0000"
"""PostgreSQL cannot take text out of JSON that holds this; such a record is searched as raw JSON."""


def words_of_record(fields: Sequence[Field], collation: str | None) -> Lateral:
    """One row with one column, `words`: what is searched of the record at hand."""
    texts = [_text_of(field) for field in fields if not field.is_image]
    joined = func.concat_ws(_MARK, *texts) if texts else literal("")
    raw = cast(Record.fields, String)
    searched = case((func.strpos(raw, _NUL) > 0, raw), else_=joined)
    if collation:
        searched = collate(searched, collation)
    # OFFSET keeps PostgreSQL from copying the expression into every comparison
    return select(func.lower(searched).label("words")).offset(0).correlate(Record).lateral("searched")


def matches(words: ColumnElement[str], node: Node) -> ColumnElement[bool]:
    """Whether the text satisfies the tree."""
    if isinstance(node, Words):
        return words.op("~")(pattern(node))
    if isinstance(node, Not):
        return not_(matches(words, node.part))
    parts = [matches(words, part) for part in node.parts]
    return and_(*parts) if isinstance(node, All) else or_(*parts)


def score(words: ColumnElement[str], node: Node) -> ColumnElement[float]:
    """How often what was asked for stands in the text, each part counting less the more often it does."""
    total: ColumnElement[Any] = literal(0.0)
    for part in _wanted(node):
        count = func.regexp_count(words, pattern(part))
        total = total + count / (count + 1.2)
    return total


def pattern(part: Words) -> str:
    """The regular expression (PostgreSQL's) for one word or phrase in a lower-case text."""
    last = len(part.words) - 1
    found = [_edged(word, prefix=part.prefix and at == last) for at, word in enumerate(part.words)]
    between = _GAP if not part.slop else f"{_GAP}(?:{_ANY_WORD}{_GAP}){{0,{min(part.slop, 50)}}}"
    return between.join(found)


def _edged(word: str, *, prefix: bool) -> str:
    quoted = re.sub(r"([^\w\s])", r"\\\1", word)
    return _start_edge(word[0]) + quoted + ("" if prefix else _end_edge(word[-1]))


def _start_edge(character: str) -> str:
    if re.match(f"[{SINGLE}]", character):
        return ""
    kind, middle = _neighbours(character)
    return f"(?:(?<![[:alnum:]_])|(?<=[{SINGLE}]))(?<!{kind}{middle})"


def _end_edge(character: str) -> str:
    if re.match(f"[{SINGLE}]", character):
        return ""
    kind, middle = _neighbours(character)
    return f"(?:(?![[:alnum:]_])|(?=[{SINGLE}]))(?!{middle}{kind})"


def _neighbours(character: str) -> tuple[str, str]:
    return ("[[:digit:]]", _MIDDLE_OF_NUMBER) if character.isdigit() else ("[[:alpha:]]", _MIDDLE_OF_WORD)


def _wanted(node: Node) -> Iterator[Words]:
    if isinstance(node, Words):
        yield node
    elif not isinstance(node, Not):
        for part in node.parts:
            yield from _wanted(part)


def _text_of(field: Field) -> ColumnElement[Any]:
    value = Record.fields.op("->")(cast(literal(field.name), String))
    if not field.is_chat:
        return Record.fields.op("->>")(cast(literal(field.name), String))
    turns = case((func.json_typeof(value) == "array", value), else_=cast(literal("[]"), Record.fields.type))
    rows = func.json_array_elements(turns).table_valued("value").render_derived(name="turn")
    turn = rows.c.value
    said = func.concat_ws(" ", turn.op("->>")("role"), turn.op("->>")("content"))
    spoken: Select[Any] = select(func.string_agg(said, _MARK)).select_from(rows)
    return spoken.correlate(Record).scalar_subquery()
