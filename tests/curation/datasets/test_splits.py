"""Train and validation, by duplicate cluster."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from curation.datasets.splits import TRAIN, VALIDATION, split_of_clusters

CLUSTERS = [f"rec_{number}" for number in range(2_000)]


def test_about_the_asked_share_validates() -> None:
    found = split_of_clusters(CLUSTERS, validation_share=0.1, seed=0)
    assert 150 <= sum(split == VALIDATION for split in found.values()) <= 250


def test_the_same_seed_gives_the_same_split_and_another_seed_another() -> None:
    first = split_of_clusters(CLUSTERS, validation_share=0.1, seed=0)
    assert split_of_clusters(reversed(CLUSTERS), validation_share=0.1, seed=0) == first
    assert split_of_clusters(CLUSTERS, validation_share=0.1, seed=1) != first


def test_rows_that_come_later_leave_the_others_where_they_are() -> None:
    before = split_of_clusters(CLUSTERS[:1_000], validation_share=0.1, seed=0)
    after = split_of_clusters(CLUSTERS, validation_share=0.1, seed=0)
    assert {name: after[name] for name in before} == before


def test_a_share_of_zero_validates_nothing() -> None:
    assert set(split_of_clusters(CLUSTERS, validation_share=0, seed=0).values()) == {TRAIN}


@given(st.sets(st.text(min_size=1), min_size=2, max_size=6), st.floats(0.001, 0.999), st.integers(0, 99))
def test_two_clusters_or_more_always_give_both_sides_something(
    names: set[str], share: float, seed: int
) -> None:
    found = split_of_clusters(names, validation_share=share, seed=seed)
    assert set(found) == names
    assert set(found.values()) == {TRAIN, VALIDATION}
