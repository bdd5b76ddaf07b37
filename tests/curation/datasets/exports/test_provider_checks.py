"""What a provider would refuse is found before anything is uploaded."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from curation.datasets.exports.provider_checks import PROVIDERS, SHOWN_PER_CODE, Finding, checks, tokens
from storage.errors import InvalidInput
from storage.exports import Conversation
from tests.storage.exports.sample import Row, say

GOOD = [Row(f"answer {number}", prompt=f"question {number}?", system="") for number in range(20)]


def codes(rows: Sequence[Row], provider: str = "openai") -> list[tuple[str, str, int | None]]:
    return [(found.level, found.code, found.row) for found in checks(iter(rows), provider)]


def conversing(*said: tuple[str, str]) -> Row:
    return Row("[]", conversation=Conversation(tuple(say(*each) for each in said), 0))


def test_good_rows_have_no_findings() -> None:
    assert checks(GOOD, "openai") == []


def test_fewer_than_ten_examples_are_too_few() -> None:
    [found] = checks(GOOD[:9], "openai")
    assert found == Finding(
        "error", "too_few", "There are 9 examples; OpenAI fine-tuning asks for at least 10.", None,
        "Review more records.",
    )  # fmt: skip
    assert checks(GOOD[:10], "openai") == []
    assert [found.code for found in checks([], "openai")] == ["too_few"]


@pytest.mark.parametrize(
    ("row", "found"),
    [
        (Row("", prompt="q", system=""), ["empty"]),
        (Row(" \n", prompt="q", system=""), ["empty"]),
        (Row("a", prompt="", system=""), ["empty"]),
        (conversing(("user", "a"), ("assistant", "b"), ("user", "c")), ["last_turn"]),
        (conversing(("assistant", "b")), ["no_user"]),
        (conversing(("user", "a"), ("robot", "b"), ("assistant", "c")), ["role"]),
        (conversing(), ["last_turn", "no_user"]),
        (Row("a", prompt="x" * 4 * 65_536, system=""), ["too_long"]),
        (GOOD[3], ["duplicate"]),
    ],
)
def test_each_fault_is_found_at_its_row(row: Row, found: list[str]) -> None:
    noted = codes([*GOOD[:12], row, *GOOD[12:]])
    assert sorted(code for _, code, place in noted) == found
    assert {place for _, _, place in noted} == {13}
    assert {level for level, _, _ in noted} == {"warning" if found == ["duplicate"] else "error"}


def test_a_duplicate_names_the_row_it_repeats() -> None:
    [found] = checks([*GOOD, GOOD[3]], "openai")
    assert found.what == "Row 21 is the same as row 4."
    almost = Row("answer 3", prompt="question 3?", system=" ")
    assert [code for _, code, _ in codes([*GOOD, almost])] == ["empty"]


def test_the_limit_on_length_is_the_models() -> None:
    long = Row("a", prompt="x" * 4 * 20_000, system="")
    assert codes([*GOOD, long]) == []
    assert codes([*GOOD, long], "openai-gpt-3.5-turbo") == [("error", "too_long", 21)]
    edge = Row("a" * 4, prompt="x" * 4 * (65_536 - 7), system="")
    assert codes([*GOOD, edge]) == []
    assert PROVIDERS["openai"].most_tokens == 65_536


def test_tokens_are_counted_by_bytes_so_that_no_script_is_underrated() -> None:
    assert tokens([say("user", "abcd"), say("assistant", "")]) == 1 + 3 + 3
    assert tokens([say("user", "日本語文")]) == 3 + 3


@pytest.mark.parametrize(("share", "warned"), [(1.0, True), (0.95, True), (0.9, False), (0.5, False)])
def test_one_system_text_in_more_than_nine_rows_of_ten_is_warned_of(share: float, warned: bool) -> None:
    rows = [
        Row(f"a{number}", prompt=f"q{number}", system="Be brief." if number < share * 100 else f"s{number}")
        for number in range(100)
    ]
    assert codes(rows) == ([("warning", "same_system", None)] if warned else [])


def test_many_findings_of_a_kind_are_counted_and_errors_come_first() -> None:
    rows = [*GOOD, *(Row("", prompt=f"p{number}", system="") for number in range(50)), GOOD[0]]
    found = checks(rows, "openai")
    assert len(found) == SHOWN_PER_CODE + 2
    assert found[0].what == "30 more rows have the same fault (empty)."
    assert [each.row for each in found[1:-1]] == list(range(21, 41))
    assert (found[-1].level, found[-1].row) == ("warning", 71)


def test_an_unknown_provider_is_refused_by_name() -> None:
    with pytest.raises(InvalidInput, match="for openai, openai-gpt"):
        checks(GOOD, "acme")
