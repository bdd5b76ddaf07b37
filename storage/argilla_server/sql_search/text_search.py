"""Turn a search text into conditions on the text index.

The index (schema/records.sql) holds a record's words with their places in one `tsvector`, and once
more behind the number of their field where the dataset has several. A word, a prefix and a phrase
are PostgreSQL's own text search. What that cannot say - a phrase with other words between, or one in
a record too long for its places - is looked for in the words of the record itself, after the index
has left only records that hold all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from argilla_server.models import Dataset, Field, Record
from sqlalchemy import (
    ColumnElement,
    String,
    and_,
    case,
    cast,
    column,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    table,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from .query_language import All, Either, Node, Not, Words

SCHEMA = "understudy_search"
RECORD_TEXT = table(
    "record_text",
    *(column(name) for name in ("record_id", "dataset_id", "inserted_at", "words", "unplaced")),
    schema=SCHEMA,
)
NOWHERE = Words(("/",))
"""A word that no text has."""

_MOST_BETWEEN = 50
_LABELS = "ABCD"


@dataclass(frozen=True)
class SearchedPart:
    """What of a record is searched: all its fields, or one of them.

    One field's words are told by the `label` of their places, or by a `mark` before them. The index
    of a record too long for places has no labels, so such a record is looked into itself.
    """

    field: str | None = None
    label: str = ""
    mark: str = ""
    nothing: bool = False

    @property
    def anywhere(self) -> SearchedPart:
        """Without the label: true of more, and also of records without places."""
        return replace(self, label="")


class UnknownField(ValueError):
    """The dataset has no field of that name."""


def searched_part(dataset: Dataset, field: str | None) -> SearchedPart:
    """Where to look. Raises UnknownField."""
    if field is None:
        return SearchedPart()
    searched: list[Field] = sorted(
        (each for each in dataset.fields if not each.is_image), key=lambda each: (each.inserted_at, each.id)
    )
    names = [each.name for each in searched]
    if field not in names:
        if any(each.name == field for each in dataset.fields):
            return SearchedPart(field, nothing=True)
        raise UnknownField(f"The dataset has no field `{field}`.")
    number = names.index(field) + 1
    if len(searched) == 1:
        return SearchedPart()
    if number < len(_LABELS) or len(searched) == len(_LABELS):
        return SearchedPart(field, label=_LABELS[number - 1])
    return SearchedPart(field, mark=f"{number}/")


def matches(node: Node, part: SearchedPart, dataset_id: UUID) -> ColumnElement[bool]:
    """Which rows of the text index satisfy the tree."""
    ours = RECORD_TEXT.c.dataset_id == dataset_id
    if part.nothing:
        return and_(ours, false())
    if _sure(node, part):
        return and_(ours, _indexed(_query(node, part)))
    necessary = _necessary(node, part)
    first = [] if necessary is None else [_indexed(_query(necessary, part.anywhere))]
    return and_(ours, *first, _exactly(node, part))


def score(node: Node, part: SearchedPart) -> ColumnElement[float]:
    """How often what was asked for stands in the record, each word counting less the more often it does."""
    wanted = {
        Words((word,), prefix=leaf.prefix and at == len(leaf.words) - 1)
        for leaf in _wanted(node)
        for at, word in enumerate(leaf.words)
    }
    if not wanted:
        return literal(1.0)
    ordered = sorted(wanted, key=lambda leaf: (leaf.words, leaf.prefix))
    query = _tsquery(_query(Either(tuple(ordered)), part.anywhere))
    return func.ts_rank(literal_column("'{1,1,1,1}'::real[]"), RECORD_TEXT.c.words, query)


def _sure(node: Node, part: SearchedPart) -> bool:
    """Whether the index alone knows: single words, told without labels, are in it whatever was left out."""
    return not part.label and all(len(leaf.words) == 1 for leaf in _leaves(node))


def _exactly(node: Node, part: SearchedPart) -> ColumnElement[bool]:
    if isinstance(node, Not):
        return not_(_exactly(node.part, part))
    if isinstance(node, All | Either):
        parts = [_exactly(each, part) for each in node.parts]
        return and_(*parts) if isinstance(node, All) else or_(*parts)
    if _sure(node, part):
        return _indexed(_query(node, part))
    spoken = getattr(func, SCHEMA).spoken(Record.dataset_id, Record.fields, cast(literal(part.field), String))
    itself = select(spoken.op("~")(_lowered(_pattern(node)))).where(Record.id == RECORD_TEXT.c.record_id)
    in_record: ColumnElement[bool] = and_(
        _indexed(_query(_in_any_order(node), part.anywhere)),
        itself.correlate(RECORD_TEXT).scalar_subquery(),
    )
    if node.slop:
        return in_record
    return case((RECORD_TEXT.c.unplaced, in_record), else_=_indexed(_query(node, part)))


def _necessary(node: Node, part: SearchedPart) -> Node | None:
    """What must be so for the tree to be, in words without places; None where that is nothing."""
    if isinstance(node, Words):
        return _in_any_order(node)
    if isinstance(node, Not):
        return node if _sure(node, part) else None
    parts = [_necessary(each, part) for each in node.parts]
    kept = tuple(each for each in parts if each is not None)
    if isinstance(node, All):
        return All(kept) if kept else None
    return Either(kept) if len(kept) == len(parts) else None


def _in_any_order(phrase: Words) -> Node:
    last = len(phrase.words) - 1
    words = [Words((word,), prefix=phrase.prefix and at == last) for at, word in enumerate(phrase.words)]
    return All(tuple(words)) if last else words[0]


def _indexed(query: str) -> ColumnElement[bool]:
    return RECORD_TEXT.c.words.op("@@", is_comparison=True)(_tsquery(query))


def _tsquery(query: str) -> ColumnElement[object]:
    return cast(_lowered(query), TSQUERY)


def _lowered(given: str) -> ColumnElement[str]:
    """Folded by the database, as it folds the words of records."""
    return getattr(func, SCHEMA).lowered(given)


def _query(node: Node, part: SearchedPart) -> str:
    """The tree in the language of PostgreSQL's `tsquery`."""
    if isinstance(node, Not):
        return f"!({_query(node.part, part)})"
    if isinstance(node, All | Either):
        parts = [_query(each, part) for each in node.parts]
        return "(" + (" & " if isinstance(node, All) else " | ").join(parts) + ")"
    told = [part.label] * len(node.words)
    if node.prefix:
        told[-1] += "*"
    quoted = [word.replace("'", "''") for word in node.words]
    words = [
        f"'{part.mark}{word}'" + (f":{how}" if how else "") for word, how in zip(quoted, told, strict=True)
    ]
    return "(" + " <-> ".join(words) + ")"


def _pattern(phrase: Words) -> str:
    """A regular expression for a phrase in the words of a record, which have one blank around each."""
    words = [re.sub(r"([^\w\s])", r"\\\1", word) for word in phrase.words]
    between = f"(?:[^ \x01]+ ){{0,{min(phrase.slop, _MOST_BETWEEN)}}}" if phrase.slop else ""
    return " " + f" {between}".join(words) + ("" if phrase.prefix else " ")


def _leaves(node: Node) -> Iterator[Words]:
    if isinstance(node, Words):
        yield node
    elif isinstance(node, Not):
        yield from _leaves(node.part)
    else:
        for part in node.parts:
            yield from _leaves(part)


def _wanted(node: Node) -> Iterator[Words]:
    """The words that make a record a better match."""
    if isinstance(node, Words):
        yield node
    elif not isinstance(node, Not):
        for part in node.parts:
            yield from _wanted(part)
