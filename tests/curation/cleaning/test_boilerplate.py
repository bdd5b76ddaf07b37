"""Lines found across records: counted once per record, removed, and never a text of one line."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.cleaning import Batch, Recipe, changed, run
from curation.cleaning.boilerplate import Boilerplate, LineCounts

FOOTER = "Unsubscribe from this list"
STEP = Boilerplate(share=0.2, least_records=3)


def records(count: int) -> list[str]:
    """Records of three lines; every second one ends with the footer."""
    texts = [f"Offer {number}\nBuy it in shop {number}" for number in range(count)]
    return [f"{text}\n {FOOTER} " if number % 2 else text for number, text in enumerate(texts)]


def cleaned(step: Boilerplate, texts: list[str], batch_rows: int = 7) -> tuple[list[str], dict[str, int]]:
    batches = [
        Batch({"text": texts[start : start + batch_rows]}, range(start, min(start + batch_rows, len(texts))))
        for start in range(0, len(texts), batch_rows)
    ]
    running = run(Recipe(steps=(step,)), batches)
    found = [text for batch in running for text in batch.columns["text"]]
    [report] = running.report.steps
    return found, {line.line: line.records for line in report.found_lines}


@pytest.mark.parametrize("batch_rows", [1, 7, 100])
def test_a_line_in_many_records_is_removed_and_listed(batch_rows: int) -> None:
    found, lines = cleaned(STEP, records(20), batch_rows)
    assert lines == {FOOTER: 10}
    assert found == [f"Offer {number}\nBuy it in shop {number}" for number in range(20)]


def test_a_share_is_exceeded_not_reached() -> None:
    texts = records(20)
    assert cleaned(Boilerplate(share=0.5, least_records=3), texts) == (texts, {})
    assert cleaned(Boilerplate(share=0.49, least_records=3), texts)[1] == {FOOTER: 10}
    assert cleaned(Boilerplate(share=0.2, least_records=11), texts) == (texts, {})


def test_a_line_counts_once_for_a_record_whatever_its_columns_say() -> None:
    texts = [f"a{number}\nb{number}" for number in range(8)]
    rows = [*texts, f"{FOOTER}\n{FOOTER}\n{FOOTER}", f"x\n{FOOTER}"]
    batch = Batch(
        {"text": rows, "note": [f"n{number}\n{FOOTER}" if number > 7 else "" for number in range(10)]},
        range(10),
    )
    running = run(Recipe(steps=(Boilerplate(share=0.25, least_records=2),)), [batch])
    assert [each.columns["text"] for each in running] == [rows]
    running = run(Recipe(steps=(Boilerplate(share=0.19, least_records=2),)), [batch])
    [found] = list(running)
    assert found.columns["text"][8:] == ["", "x"]
    assert found.columns["note"][8:] == ["n8", "n9"]
    assert running.report.steps[0].found_lines[0].records == 2


def test_a_text_of_one_line_is_its_content() -> None:
    brands = ["Lodge"] * 50
    assert cleaned(STEP, brands) == (brands, {})
    assert cleaned(STEP, [f"\n{brand}\n\n" for brand in brands])[1] == {}


def test_numbers_in_lines_may_be_alike() -> None:
    texts = [f"story {'abc'[number % 3]}{chr(97 + number)}\nPage {number} of 30" for number in range(30)]
    assert cleaned(STEP, texts)[1] == {}
    found, lines = cleaned(Boilerplate(share=0.5, least_records=3, digits_alike=True), texts)
    assert lines == {"Page 0 of 0": 30}
    assert not any("Page" in text for text in found)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"a\n\n{FOOTER}\n\nb", "a\n\nb"),
        (f"a\n{FOOTER}\nb", "a\nb"),
        (f"a\nb\n\n{FOOTER}", "a\nb"),
        (f"{FOOTER}\n\na\n\n\nb", "a\n\n\nb"),
        (f"{FOOTER}\n\n{FOOTER}", ""),
    ],
)
def test_no_gap_is_left_where_a_line_was(text: str, kept: str) -> None:
    assert changed(Recipe(steps=(STEP,)), [text], found_lines=[FOOTER]) == [kept]


def test_long_lines_are_content() -> None:
    texts = [f"{number}\n{'long ' * 100}" for number in range(30)]
    assert cleaned(STEP, texts) == (texts, {})


def test_lines_found_before_are_removed_from_new_texts() -> None:
    recipe = Recipe(steps=(STEP,))
    assert changed(recipe, [f"new\n{FOOTER}\nmore"], found_lines=[FOOTER]) == ["new\nmore"]
    assert changed(recipe, [f"new\n{FOOTER}\nmore"]) == [f"new\n{FOOTER}\nmore"]


LINES = st.lists(
    st.lists(st.sampled_from(["a", "b", " c ", "", "d1", "d2"]), max_size=5).map("\n".join), max_size=30
)


@given(LINES, st.floats(0.05, 0.9), st.booleans())
def test_removing_twice_is_removing_once(texts: list[str], share: float, digits_alike: bool) -> None:
    step = Boilerplate(share=share, least_records=2, digits_alike=digits_alike)
    once, lines = cleaned(step, texts)
    assert changed(Recipe(steps=(step,)), once, found_lines=lines) == once
    assert cleaned(step, once)[0] == once


@given(LINES)
def test_counts_are_those_of_counting_by_hand(texts: list[str]) -> None:
    counts = LineCounts()
    expected: Counter[int] = Counter()
    for text in texts:
        lines = STEP.lines([text])
        counts.add(lines)
        expected.update(lines)
    for share in (0.1, 0.5):
        wanted = {line for line, times in expected.items() if times > share * len(texts) and times >= 2}
        assert counts.frequent(share, 2) == wanted


def test_beyond_its_room_it_forgets_what_is_rare_and_says_by_how_much_it_may_fall_short() -> None:
    dice = Random(1)
    counts = LineCounts(most_lines=1_000)
    for _ in range(20_000):
        common = {1} if dice.random() < 0.3 else set()
        counts.add(common | {dice.getrandbits(60) + 2, dice.getrandbits(60) + 2})
    assert counts.frequent(0.2, 20) == {1}
    assert 0 < counts.short < 0.05 * 20_000
