"""Train and validation, by group: by hash alone, or met in each stratum."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from curation.datasets.splits import TRAIN, VALIDATION, groups_of, split_of_clusters, stratified

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


@settings(deadline=None)
@given(st.sets(st.text(min_size=1), min_size=2, max_size=6), st.floats(0.001, 0.999), st.integers(0, 99))
def test_two_clusters_or_more_always_give_both_sides_something(
    names: set[str], share: float, seed: int
) -> None:
    found = split_of_clusters(names, validation_share=share, seed=seed)
    assert set(found) == names
    assert set(found.values()) == {TRAIN, VALIDATION}


ROWS = st.lists(st.tuples(st.integers(0, 40), st.sampled_from("abc")), min_size=1, max_size=120)
SHARES = st.floats(0, 0.95)


def one_each(rows: list[tuple[int, str]]) -> tuple[list[str], list[str]]:
    """Rows that are groups of their own, and their strata."""
    return [f"rec_{number}" for number in range(len(rows))], [stratum for _, stratum in rows]


@settings(deadline=None)
@given(ROWS, SHARES, st.integers(0, 9))
def test_each_stratum_meets_the_share_within_one_row(
    rows: list[tuple[int, str]], share: float, seed: int
) -> None:
    groups, strata = one_each(rows)
    found = stratified(groups, strata, validation_share=share, seed=seed)
    for stratum, count in Counter(strata).items():
        validating = sum(
            found[group] == VALIDATION for group, held in zip(groups, strata, strict=True) if held == stratum
        )
        assert abs(validating - share * count) <= 1
        assert validating < count


@settings(deadline=None)
@given(ROWS, SHARES, st.randoms())
def test_neither_the_order_of_rows_nor_of_strata_moves_a_group(
    rows: list[tuple[int, str]], share: float, dice: Random
) -> None:
    named = [(f"grp_{group}", stratum) for group, stratum in rows]
    first = stratified(*zip(*named, strict=True), validation_share=share, seed=3)
    dice.shuffle(named)
    assert stratified(*zip(*named, strict=True), validation_share=share, seed=3) == first


@settings(deadline=None)
@given(ROWS, SHARES)
def test_with_groups_a_stratum_never_has_more_than_its_share_and_a_row(
    rows: list[tuple[int, str]], share: float
) -> None:
    groups, strata = [f"grp_{group}" for group, _ in rows], [stratum for _, stratum in rows]
    found = stratified(groups, strata, validation_share=share, seed=0)
    validating = Counter(
        stratum for group, stratum in zip(groups, strata, strict=True) if found[group] == VALIDATION
    )
    over = [stratum for stratum, count in Counter(strata).items() if validating[stratum] > share * count + 1]
    chosen = {group for group, split in found.items() if split == VALIDATION}
    assert not over or len(chosen) == 1
    assert all(validating[stratum] < count for stratum, count in Counter(strata).items())


def test_where_every_group_is_too_large_the_smallest_validates() -> None:
    groups = ["big"] * 50 + ["small"] * 30 + ["large"] * 60
    found = stratified(groups, ["a"] * 140, validation_share=0.1, seed=0)
    assert found == {"big": TRAIN, "small": VALIDATION, "large": TRAIN}
    assert stratified(["one"] * 9, ["a"] * 9, validation_share=0.1, seed=0) == {"one": TRAIN}


def test_classes_too_rare_for_the_share_meet_it_together() -> None:
    groups = [f"rec_{number}" for number in range(4_000)]
    strata = [number // 4 for number in range(4_000)]
    found = stratified(groups, strata, validation_share=0.1, seed=0)
    assert abs(sum(split == VALIDATION for split in found.values()) - 400) <= 1


def test_a_stratum_falls_short_only_where_large_groups_leave_no_other_way() -> None:
    groups = ["big"] * 8 + [f"rec_{number}" for number in range(12)]
    found = stratified(groups, ["a"] * 20, validation_share=0.25, seed=0)
    assert sum(found[group] == VALIDATION for group in groups) == 5
    assert found["big"] == TRAIN


def test_rows_that_share_a_key_through_others_are_one_group() -> None:
    names = ["d", "c", "b", "a", "e"]
    patients = ["p1", "p1", None, None, None]
    texts = ["tea", "pot", "pot", "cup", None]
    assert groups_of(names, [patients, texts]) == ["b", "b", "b", "a", "e"]
    assert groups_of(names, [patients], [(2, 7), (3, 7), (3, 8), (4, 8)]) == ["c", "c", "a", "a", "a"]


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=30), st.randoms())
def test_groups_are_the_same_in_any_order(keys: list[tuple[int, int]], dice: Random) -> None:
    rows = [(f"rec_{number:02d}", *pair) for number, pair in enumerate(keys)]
    first = dict(
        zip([row[0] for row in rows], groups_of([row[0] for row in rows], _columns(rows)), strict=True)
    )
    dice.shuffle(rows)
    names = [row[0] for row in rows]
    assert dict(zip(names, groups_of(names, _columns(rows)), strict=True)) == first


def _columns(rows: list[tuple[str, int, int]]) -> list[list[int]]:
    return [[row[1] for row in rows], [row[2] for row in rows]]
