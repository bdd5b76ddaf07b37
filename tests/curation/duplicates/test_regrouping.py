"""Rulings on clusters: what each does, in what order, and what always holds."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from curation.duplicates.regrouping import Ruling, regrouped

FOUND = [["a", "b", "c"], ["d", "e"], ["f"]]


def after(*rulings: Ruling) -> list[list[str]]:
    return regrouped(FOUND, rulings)


def test_without_rulings_nothing_moves() -> None:
    assert after() == FOUND


def test_another_copy_is_kept() -> None:
    assert after(Ruling("keep", ("c",))) == [["c", "a", "b"], ["d", "e"], ["f"]]


def test_who_leaves_stays_together_and_the_next_in_line_is_kept_where_the_keeper_left() -> None:
    assert after(Ruling("apart", ("a", "c"), ("b",))) == [["b"], ["d", "e"], ["f"], ["a", "c"]]


def test_records_that_are_not_together_are_not_parted() -> None:
    assert after(Ruling("apart", ("a",), ("d",))) == FOUND


def test_joined_clusters_keep_what_the_first_named_one_kept() -> None:
    assert after(Ruling("together", ("e", "a"))) == [["d", "e", "a", "b", "c"], ["f"]]


def test_the_later_word_counts() -> None:
    parted = Ruling("apart", ("b",), ("a", "c"))
    joined = Ruling("together", ("a", "b"))
    assert sorted(map(sorted, after(parted, joined))) == [["a", "b", "c"], ["d", "e"], ["f"]]
    assert sorted(map(sorted, after(joined, parted))) == [["a", "c"], ["b"], ["d", "e"], ["f"]]


def test_records_that_are_gone_are_passed_over() -> None:
    gone = (Ruling("keep", ("z",)), Ruling("apart", ("z",), ("a",)), Ruling("together", ("z", "a")))
    assert after(*gone) == FOUND


RECORDS = st.lists(st.sampled_from("abcdefz"), min_size=1, max_size=4, unique=True).map(tuple)
RULINGS = st.lists(
    st.builds(Ruling, st.sampled_from(("keep", "apart", "together")), RECORDS, RECORDS), max_size=8
)


@given(RULINGS)
def test_every_record_stands_in_exactly_one_cluster_and_none_is_empty(rulings: Sequence[Ruling]) -> None:
    clusters = regrouped(FOUND, rulings)
    assert sorted(record for each in clusters for record in each) == list("abcdef")
    assert all(clusters)
