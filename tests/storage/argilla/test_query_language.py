"""Search texts are read as Elasticsearch's simple_query_string reads them."""

from __future__ import annotations

import pytest

from storage.argilla_server.sql_search.query_language import (
    All,
    Either,
    Node,
    Not,
    Words,
    parse,
)
from storage.argilla_server.sql_search.words import words_of

A, B, C = (Words((letter,)) for letter in "abc")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a", A),
        ("a b", All((A, B))),
        ("+a +b", All((A, B))),
        ("a | b", Either((A, B))),
        ("a b | c", Either((All((A, B)), C))),
        ("a | b c", All((Either((A, B)), C))),
        ("a (b | c)", All((A, Either((B, C))))),
        ("-a", Not(A)),
        ("--a", A),
        ("a -b", All((A, Not(B)))),
        ("a | -b", Either((A, Not(B)))),
        ('"a b"', Words(("a", "b"))),
        ('"a b"~3', Words(("a", "b"), slop=3)),
        ("a*", Words(("a",), prefix=True)),
        ("a~", Words(("a",), distance=2)),
        ("a~1", Words(("a",), distance=1)),
        ("a~9", Words(("a",), distance=2)),
        ("a~0", A),
        ("a~1 b", All((Words(("a",), distance=1), B))),
        ("a-b", All((A, B))),
        ("a\\*", A),
        ("a \\| b", All((A, B))),
        ("(a", A),
        ("a)", A),
        ('"a', A),
        ("a |", A),
        ("| a", A),
        ("a -", A),
        ("", None),
        ("!!!", None),
        ("*", None),
        ('""', None),
        ("()", None),
    ],
)
def test_a_search_text_becomes_a_tree(text: str, tree: Node | None) -> None:
    assert parse(text) == tree


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It's 3.14, or 3,000!", ("It's", "3.14", "or", "3,000")),
        ("snake_case e.g. O\u2019Neill", ("snake_case", "e.g", "O\u2019Neill")),
        ("東京タワーへ", ("東", "京", "タワー", "へ")),
        ("Größe ÉTÉ", ("Größe", "ÉTÉ")),
        ("e\u0301te\u0301 हिन्दी", ("e\u0301te\u0301", "हिन्दी")),
        ("ひらがな カタカナabc 한국어", ("ひ", "ら", "が", "な", "カタカナ", "abc", "한국어")),
        ("_a_ ___ a__b 1_000", ("_a_", "a__b", "1_000")),
        ("well-known https://x.org/a?b=c", ("well", "known", "https", "x.org", "a", "b", "c")),
        ("ok 👍🏽 🇨🇭", ("ok", "👍🏽", "🇨🇭")),
        ("x" * 300, ("x" * 255,)),
        ("\0", ()),
    ],
)
def test_words_are_cut_like_the_standard_analyser_cuts_them(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words
