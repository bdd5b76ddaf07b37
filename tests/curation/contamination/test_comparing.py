"""What is planted is found again, whichever way it was damaged, and hardly anything else."""

from __future__ import annotations

import pytest

from curation.contamination.comparing import compare
from storage.errors import InvalidInput
from tests.curation.contamination.planted import KINDS, Planted, planted


@pytest.fixture(scope="module")
def hidden() -> Planted:
    return planted()


@pytest.mark.parametrize("kind", KINDS)
def test_copies_that_are_no_paraphrases_are_found(hidden: Planted, kind: str) -> None:
    found = {match.place: match.row for match in compare(hidden.texts, hidden.benchmark).matches}
    wanted = hidden.copies[kind]
    assert len(wanted) == 25
    recall = sum(place in found for place in wanted) / len(wanted)
    assert recall >= (0.96 if kind == "typos" else 1.0)


def test_what_was_not_planted_is_not_found(hidden: Planted) -> None:
    found = {match.place for match in compare(hidden.texts, hidden.benchmark).matches}
    assert found <= {place for copies in hidden.copies.values() for place in copies}


def test_each_kind_of_match_says_what_it_is(hidden: Planted) -> None:
    found = {match.place: match for match in compare(hidden.texts, hidden.benchmark).matches}
    for place, row in {**hidden.copies["same"], **hidden.copies["case"]}.items():
        assert (found[place].match, found[place].similarity, found[place].row) == ("exact", 1.0, row)
    for place in hidden.copies["cut a little"]:
        assert found[place].match == "near"
        assert 0.9 <= found[place].similarity < 1
    for kind in ("cut in half", "embedded"):
        for place, row in hidden.copies[kind].items():
            match = found[place]
            assert match.match == "passage"
            assert match.passage in hidden.texts[place].casefold() or len(match.passage.split()) == 13
            if match.row == row:
                assert match.similarity == 1.0


def test_copies_among_the_records_do_not_crowd_out_the_benchmark() -> None:
    line = "The hose of the washing machine came off while we were away and the parquet stands up"
    texts = [f"{line} in waves, report {number:06d}." for number in range(3_000)]
    found = compare(texts, [f"{line} in waves, report."]).matches
    assert len(found) == 3_000


def test_a_phrase_of_the_trade_in_many_rows_is_no_passage() -> None:
    phrase = "this message is confidential and meant for the person to whom it is addressed alone please"
    benchmark = [f"{phrase} number {row} is about {row * 7919}" for row in range(12)]
    compared = compare([f"Dear all we meet at {hour} {phrase}" for hour in range(5)], benchmark)
    assert compared.matches == ()
    assert compare([f"Dear all {phrase}"], benchmark[:1]).sharing == 1


def test_texts_without_words_match_nothing_and_scripts_without_spaces_do() -> None:
    assert compare(["", "!!!", "  "], ["", "!!!"]).matches == ()
    chinese = "昨天晚上我的自行车在火车站被偷了锁被剪断放在地上我已经报警"
    [match] = compare([f"前言{chinese}后面还有很多其他的话要说"], [chinese]).matches
    assert (match.match, match.similarity) == ("passage", 1.0)


def test_hostile_texts_take_no_time_and_do_no_harm() -> None:
    texts = ["a " * 200_000, "x" * 500_000, "\x00" * 1_000, "é\u0301" * 50_000]
    found = {match.place for match in compare(texts, [text[: len(text) - 7] for text in texts]).matches}
    assert {0, 1} <= found


def test_a_threshold_out_of_range_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"0\.5"):
        compare(["a"], ["a"], threshold=0.5)
