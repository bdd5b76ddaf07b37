"""What is marked in a text is worked out here; the browser only draws it."""

from __future__ import annotations

import pytest

from ui.components.marked import Piece, Place, changed, placed, visible


def test_what_goes_and_what_comes_is_marked_and_the_rest_is_left() -> None:
    assert changed("A broken wheel", "A mended wheel") == (
        Piece("same", "A "), Piece("removed", "broken"), Piece("added", "mended"), Piece("same", " wheel"),
    )  # fmt: skip


def test_what_cannot_be_seen_is_named_where_it_differs_and_nowhere_else() -> None:
    pieces = changed("one  two\u200b three", "one two three")
    assert Piece("removed", "··") in pieces
    assert any("[U+200B]" in piece.text for piece in pieces)
    assert pieces[-1] == Piece("same", " three")


@pytest.mark.parametrize(
    ("text", "seen"),
    [("a b", "a·b"), ("\n", "↵\n"), ("\u00a0", "[U+00A0]"), ("\u202e", "[U+202E]"), ("ü\u0308", "ü\u0308")],
)
def test_every_invisible_character_has_a_sign(text: str, seen: str) -> None:
    assert visible(text) == seen


def test_places_are_marked_and_nothing_of_the_text_is_lost() -> None:
    text = "Call 555 0123 or ann@example.org"
    pieces = placed(text, [Place(5, 13, "doubtful", "phone 0.45"), Place(17, 32, "replaced", "email 0.95")])
    assert "".join(piece.text for piece in pieces) == text
    assert [piece.kind for piece in pieces] == ["same", "doubtful", "same", "replaced"]
    assert placed("", []) == ()
    assert placed("plain", []) == (Piece("same", "plain"),)
