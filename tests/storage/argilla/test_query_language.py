"""Search texts are read as Elasticsearch's simple_query_string reads them."""

from __future__ import annotations

import pytest

from storage.argilla_server.sql_search.query_language import (
    All,
    Either,
    Node,
    Not,
    Unsupported,
    Words,
    parse,
    words_of,
)

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


def test_similar_words_are_refused_with_what_to_write_instead() -> None:
    with pytest.raises(Unsupported, match=r"search for hous or hous\*"):
        parse("hous~1")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It's 3.14, or 3,000!", ("it's", "3.14", "or", "3,000")),
        ("snake_case e.g. O\u2019Neill", ("snake_case", "e.g", "o\u2019neill")),
        ("東京タワーへ", ("東", "京", "タワー", "へ")),
        ("Größe ÉTÉ", ("größe", "été")),
        ("\0", ()),
    ],
)
def test_words_are_cut_like_the_standard_analyser_cuts_them(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words
