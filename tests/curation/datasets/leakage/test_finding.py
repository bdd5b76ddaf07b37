"""What crosses from one split to another: planted, and found for the reason it was planted for."""

from __future__ import annotations

import random
from collections.abc import Sequence

import pytest

from curation.datasets.leakage import finding
from curation.datasets.leakage.finding import Leakage, crossing
from curation.datasets.row import DatasetRow

WORDS = "kettle teapot saucepan whisk ladle colander skillet grater sieve spatula steamer roaster".split()


def row(number: int, split: str, text: str, **changes: object) -> DatasetRow:
    whole = {
        "record_id": f"rec_{number}", "cluster": number, "split": split, "inputs": {"title": text},
        "system": "", "prompt": text, "completion": "Tea", "decision": "approved", "reviewers": (),
        "review_ids": (), "label_id": None, "teacher_output": None, **changes,
    }  # fmt: skip
    return DatasetRow(**whole)  # type: ignore[arg-type]


def said(found: Leakage) -> list[tuple[str, str, str]]:
    return [(each.how, each.record_id, each.other_id) for each in found.crossings]


def texts(count: int, seed: int = 0) -> list[str]:
    """Texts of which no two are alike."""
    dice = random.Random(seed)
    return [" ".join([*dice.choices(WORDS, k=12), f"no {number} {dice.random()}"]) for number in range(count)]


def test_rows_that_share_nothing_cross_nothing() -> None:
    made = [
        row(number, ("train", "validation", "test")[number % 3], text)
        for number, text in enumerate(texts(90))
    ]
    found = crossing(made)
    assert found.none
    assert (found.rows, found.counts, found.leave_out) == (90, {}, frozenset())


@pytest.mark.parametrize(
    ("how", "train", "test"),
    [
        ("record", row(1, "train", "a red kettle"), row(1, "test", "something else", cluster=9)),
        ("cluster", row(1, "train", "a red kettle"), row(2, "test", "something else", cluster=1)),
        ("text", row(1, "train", "A red  kettle!"), row(2, "test", "a Red kettle")),
        (
            "near",
            row(1, "train", "a red enamel kettle with a whistle"),
            row(2, "test", "a red enamel kettle with a whistel"),
        ),
    ],
)
def test_each_way_to_cross_is_found_and_named(how: str, train: DatasetRow, test: DatasetRow) -> None:
    for rows in ([train, test], [test, train]):
        [found] = crossing(rows).crossings
        assert (found.how, found.record_id, found.split) == (how, train.record_id, "train")
        assert (found.other_id, found.other_split) == (test.record_id, "test")
        assert found.similarity == 1.0 if how != "near" else 0.9 <= found.similarity < 1


def test_what_trains_gives_way_to_what_validates_and_both_to_what_tests() -> None:
    made = [
        row(1, "validation", "tea"),
        row(2, "train", "Tea"),
        row(3, "test", "tea!"),
        row(4, "train", "cup"),
    ]
    assert said(crossing(made)) == [("text", "rec_1", "rec_3"), ("text", "rec_2", "rec_3")]
    assert said(crossing(made[:2])) == [("text", "rec_2", "rec_1")]
    assert crossing(made).leave_out == {"rec_1", "rec_2"}


def test_copies_and_variations_within_one_split_are_no_leak() -> None:
    made = [row(1, "train", "tea"), row(1, "train", "tea"), row(2, "train", "Tea", cluster=1)]
    assert crossing([*made, row(3, "test", "cup")]).none


def test_a_group_may_not_cross_and_rows_without_one_belong_to_none() -> None:
    made = [row(1, "train", "tea"), row(2, "test", "cup"), row(3, "train", "pan"), row(4, "test", "lid")]
    assert said(crossing(made, groups=["ann", "ann", None, None])) == [("group", "rec_1", "rec_2")]


def test_texts_close_to_a_third_that_is_gone_are_still_found() -> None:
    """Two rows near each other that a search put in two clusters: it compares with keepers alone."""
    tested = "one two three four five six seven eight nine ten eleven twelve"
    made = [row(1, "test", tested), row(2, "train", tested.replace("twelve", "twelwe"))]
    assert crossing(made).counts == {"near": 1}
    assert crossing(made, near=None).none


def test_a_corpus_with_planted_leaks_gives_back_every_one_and_no_other() -> None:
    """Enough texts that pairs are looked for by their grams, not all with all."""
    plain = texts(2_000)
    made = [row(number, "train", text) for number, text in enumerate(plain)]
    planted = _planted(plain, 300)
    made += [row(10_000 + number, "test", text) for number, text in planted]
    random.Random(3).shuffle(made)
    found = crossing(made)
    assert found.leave_out == {f"rec_{number}" for number, _ in planted}
    assert set(found.counts) == {"text", "near"}
    left = [each for each in made if each.record_id not in found.leave_out]
    assert crossing(left).none


def test_what_is_compared_in_parts_is_found_as_in_one(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = texts(120)
    made = [row(number, "train", text) for number, text in enumerate(plain)]
    made += [row(1_000 + number, "test", text) for number, text in _planted(plain, 20)]
    made += [row(2_000 + number, "validation", text) for number, text in _planted(plain, 5)]
    whole = crossing(made)
    assert whole.counts["near"] >= 10
    monkeypatch.setattr(finding, "_COMPARED_AT_ONCE", 30)
    assert crossing(made) == whole


def test_texts_without_letters_and_rows_without_inputs_are_compared_by_what_they_have() -> None:
    made = [row(1, "train", "!!!"), row(2, "test", "???"), row(3, "train", ""), row(4, "test", "")]
    assert crossing(made).none
    asked = [row(1, "train", "tea", inputs={}), row(2, "test", "Tea", inputs={})]
    assert crossing(asked).counts == {"text": 1}


def _planted(plain: Sequence[str], count: int) -> list[tuple[int, str]]:
    """Every sixth text or so again: shouted, or with two letters changed."""
    dice = random.Random(1)
    chosen = dice.sample(range(len(plain)), count)
    return [
        (number, plain[number].upper() if place % 2 else plain[number].replace("e", "a", 2))
        for place, number in enumerate(chosen)
    ]
