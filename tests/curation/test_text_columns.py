"""A column that Arrow holds is read and changed like a list of the same texts."""

from __future__ import annotations

from itertools import pairwise

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.text_columns import TextColumn, changed, texts_at

TEXTS = st.lists(st.text(max_size=6), max_size=8)


@settings(deadline=None)
@given(TEXTS, TEXTS, st.data())
def test_whatever_is_asked_of_it_a_list_would_answer_the_same(
    before: list[str], texts: list[str], data: st.DataObject
) -> None:
    column = TextColumn(pa.array([*before, *texts], pa.string()).slice(len(before)))  # it need not begin at 0
    places = data.draw(st.lists(st.integers(0, len(texts) - 1), unique=True) if texts else st.just([]))
    changes = {place: data.draw(st.text(max_size=4)) for place in places}
    assert column == texts
    assert (len(column), list(column), column[1:]) == (len(texts), texts, texts[1:])
    assert [column[place] for place in places] == texts_at(texts, places) == texts_at(column, places)
    assert changed(column, changes) == changed(texts, changes)
    assert column == texts
    bounds, whole = column.buffers()
    parts = [whole[start:end].tobytes().decode() for start, end in pairwise(bounds)]
    assert parts == texts


def test_texts_that_no_file_can_hold_stay_a_list() -> None:
    column = TextColumn.of(["a", "b"])
    assert changed(column, {1: "\ud83d"}) == ["a", "\ud83d"]
    assert isinstance(changed(column, {1: "c"}), TextColumn)
