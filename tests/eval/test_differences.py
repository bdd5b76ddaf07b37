"""Word-level differences: nothing lost, and what changed reads as one change."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from eval.differences import Segment, differences, sides

TEXT = st.text(alphabet="ab &>é\n.\u4e2d", max_size=40)


def test_a_changed_leaf_of_a_category_is_one_deletion_and_one_insertion() -> None:
    assert differences(
        "Home & Garden > Kitchen & Dining > Cookware", "Home & Garden > Kitchen & Dining > Small Tools"
    ) == [
        Segment("equal", "Home & Garden > Kitchen & Dining > "),
        Segment("delete", "Cookware"),
        Segment("insert", "Small Tools"),
    ]


def test_white_space_between_two_changed_words_joins_them() -> None:
    assert [segment.op for segment in differences("one red fox", "one blue dog")] == [
        "equal",
        "delete",
        "insert",
    ]


@given(TEXT, TEXT)
def test_each_side_can_be_read_back_whole(left: str, right: str) -> None:
    ours, theirs = sides(differences(left, right))
    assert "".join(segment.text for segment in ours) == left
    assert "".join(segment.text for segment in theirs) == right


@given(TEXT)
def test_equal_texts_have_no_differences(text: str) -> None:
    assert differences(text, text) == ([Segment("equal", text)] if text else [])


@given(TEXT, TEXT)
def test_no_segment_is_empty_and_no_two_neighbours_are_alike(left: str, right: str) -> None:
    found = differences(left, right)
    assert all(segment.text for segment in found)
    assert all(one.op != other.op for one, other in pairwise(found))
