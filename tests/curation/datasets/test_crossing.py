"""What stands in two splits is found, whatever it shares; what stands in one is not."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from curation.datasets.crossing import coarse_digest, crossing, digest, in_words
from curation.datasets.row import DatasetRow
from curation.datasets.splits import SPLITS
from curation.duplicates.normal import normal_form

ROW = DatasetRow(
    record_id="rec_1", cluster=1, split="train", inputs={"title": "A tea pot"}, system="", prompt="A tea pot",
    completion="Tea", decision="approved", reviewers=("ann",), review_ids=("r",), label_id=None,
    teacher_output=None,
)  # fmt: skip


def other(**changes: object) -> DatasetRow:
    row = replace(ROW, record_id="rec_2", cluster=2, split="test", inputs={"title": "Another"})
    return replace(row, **changes)  # type: ignore[arg-type]


def test_rows_that_share_nothing_cross_nothing() -> None:
    assert crossing([ROW, other(), other(record_id="rec_3", cluster=3, split="validation", inputs={})]) == []


def test_a_cluster_a_group_a_text_and_a_record_are_each_found_in_two_splits() -> None:
    found = {
        "cluster": crossing([ROW, other(cluster=1)]),
        "group": crossing([replace(ROW, split_group="p1"), other(split_group="p1")]),
        "text": crossing([ROW, other(inputs={"title": "a TEA-pot!"})]),
        "record": crossing([ROW, other(record_id="rec_1")]),
    }
    for what, (one,) in found.items():
        assert (one.what, one.splits) == (what, ("test", "train"))
        assert set(one.record_ids) <= {"rec_1", "rec_2"}
    assert in_words(found["group"][0]) == "group 'p1' stands in test and train (rec_1, rec_2)"


def test_a_row_asked_in_two_wordings_crosses_nothing_within_its_split() -> None:
    assert crossing([ROW, replace(ROW, variation="odd")]) == []


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(SPLITS)), max_size=40))
def test_it_finds_exactly_the_clusters_of_several_splits(rows: list[tuple[int, str]]) -> None:
    made = [
        other(record_id=f"rec_{number}", cluster=cluster, split=split, inputs={})
        for number, (cluster, split) in enumerate(rows)
    ]
    expected = {cluster for cluster, _ in rows if len({split for held, split in rows if held == cluster}) > 1}
    assert {int(one.value) for one in crossing(made)} == expected


TEXTS = st.text(alphabet="aAbBsS12 _-éß²½ªE\u0301ﬁ①日—\u00a0", max_size=8)


@settings(deadline=None)
@given(TEXTS, TEXTS)
def test_texts_of_one_normal_form_share_both_digests(one: str, another: str) -> None:
    same = normal_form(one) == normal_form(another)
    assert (digest(one) == digest(another)) is same
    assert not same or coarse_digest(one) == coarse_digest(another)


def test_the_digests_of_a_text_are_told_apart() -> None:
    assert digest("tea") != coarse_digest("tea")
    assert coarse_digest("Tée pot") == coarse_digest("tèe-pot") != coarse_digest("tee pots")
