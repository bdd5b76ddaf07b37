"""A recipe at work: what streams out, and what the report says of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from curation.cleaning import DEFAULT, WEB, Batch, Recipe, Report, changed, reasons, run
from curation.cleaning.boilerplate import Boilerplate
from curation.cleaning.characters import Controls, Nfc, WhiteSpace
from curation.cleaning.length import Length
from curation.cleaning.markup import Html
from curation.cleaning.reporting import EXCERPT_CHARACTERS, excerpts
from curation.text_columns import TextColumn

TITLES = ["<b>Red</b>  wok", "plain tea", "", "cafe\u0301\0", "kettle"]
BRANDS = ["Lodge", "", "x", " Rösle ", "\0"]
RECIPE = Recipe(steps=(Html(), Controls(), Nfc(), WhiteSpace(), Length(least_characters=5)))


def batches(size: int) -> list[Batch]:
    return [
        Batch({"title": TITLES[start : start + size], "brand": BRANDS[start : start + size]},
              [10 + number for number in range(start, min(start + size, 5))])
        for start in range(0, 5, size)
    ]  # fmt: skip


@pytest.mark.parametrize("size", [1, 2, 5])
def test_rows_come_out_cleaned_with_their_numbers_and_the_report_counts_them(size: int) -> None:
    running = run(RECIPE, batches(size), judged=("title",))
    found = list(running)
    assert [number for batch in found for number in batch.numbers] == [10, 11, 14]
    assert [text for batch in found for text in batch.columns["title"]] == ["Red wok", "plain tea", "kettle"]
    assert [text for batch in found for text in batch.columns["brand"]] == ["Lodge", "", ""]
    rejected = [(each.number, each.step, each.reason) for batch in found for each in batch.rejected]
    assert rejected == [
        (12, "length", "It has 0 characters; 5 are the least."),
        (13, "length", "It has 4 characters; 5 are the least."),
    ]
    report = running.report
    assert (report.read, report.kept) == (5, 3)
    assert [(step.step, step.seen, step.changed, step.rejected) for step in report.steps] == [
        ("html", 5, 1, 0), ("controls", 5, 2, 0), ("nfc", 5, 1, 0), ("white_space", 5, 1, 0),
        ("length", 5, 0, 2),
    ]  # fmt: skip
    assert [(each.number, each.column, each.before, each.after) for each in report.steps[1].examples] == (
        [(13, "title", "cafe\u0301\0", "cafe\u0301"), (14, "brand", "\0", "")]
    )
    assert report.steps[4].examples[0].after is None
    assert report.steps[4].examples[0].reason == "It has 0 characters; 5 are the least."


@pytest.mark.parametrize(
    "recipe", [RECIPE, DEFAULT, WEB, Recipe(steps=(WhiteSpace(line_breaks=False), Nfc()))]
)
def test_columns_that_arrow_holds_are_cleaned_and_reported_like_lists(recipe: Recipe) -> None:
    def told(columns: bool) -> tuple[list[object], Report]:
        texts = [*TITLES, "Tidy lines.\n\nOf a  letter", "Tidy lines.\nOf another", "\n", "a \n b", "x\r\ny"]
        given = [Batch({"title": texts, "brand": [*BRANDS, *BRANDS]}, range(10)), *batches(2)]
        if columns:
            of = TextColumn.of
            given = [
                Batch({name: of(each) for name, each in one.columns.items()}, one.numbers) for one in given
            ]
        running = run(recipe, given, judged=("title",))
        kept = [
            ({name: list(each) for name, each in one.columns.items()}, list(one.numbers), one.rejected)
            for one in running
        ]
        return list(kept), running.report

    assert told(columns=True) == told(columns=False)


def test_without_judged_columns_the_whole_record_is_judged() -> None:
    assert [batch.numbers for batch in run(RECIPE, batches(5))] == [[10, 11, 13, 14]]


def test_ten_examples_are_kept_and_all_are_counted() -> None:
    running = run(DEFAULT, [Batch({"text": [f"a  {number}" for number in range(500)]}, range(500))])
    assert len(next(iter(running)).numbers) == 500
    spaces = running.report.steps[2]
    assert (spaces.changed, [each.number for each in spaces.examples]) == (500, list(range(10)))


def test_a_report_written_and_read_is_the_same() -> None:
    running = run(WEB, batches(2))
    list(running)
    report = running.report
    assert Report.model_validate_json(report.model_dump_json()) == report
    assert report.recipe_hash == WEB.content_hash()
    assert set(report.libraries) >= {"ftfy"}


def test_a_run_can_be_repeated() -> None:
    running = run(WEB, batches(2))
    first, report = list(running), running.report
    assert list(running) == first
    assert running.report == report


def test_two_passes_are_made_only_where_boilerplate_is_looked_for() -> None:
    passes = 0

    class Counted:
        def __iter__(self) -> Iterator[Batch]:
            nonlocal passes
            passes += 1
            return iter(batches(2))

    list(run(DEFAULT, Counted()))
    assert passes == 1
    list(run(Recipe(steps=(Boilerplate(),)), Counted()))
    assert passes == 3
    list(run(DEFAULT, iter(batches(2))))
    with pytest.raises(ValueError, match="two passes"):
        run(Recipe(steps=(Boilerplate(),)), iter(batches(2)))


def test_boilerplate_is_found_in_what_the_steps_before_it_leave() -> None:
    texts = [f"<p>Text {number}</p><p>All rights   reserved</p>" for number in range(30)]
    recipe = Recipe(steps=(Html(), WhiteSpace(), Length(least_characters=1), Boilerplate()))
    running = run(recipe, [Batch({"text": texts}, range(30))])
    [found] = running
    assert [text.strip() for text in found.columns["text"]] == [f"Text {number}" for number in range(30)]
    [line] = running.report.steps[3].found_lines
    assert (line.line, line.records) == ("All rights reserved", 30)


def test_columns_of_unequal_length_are_a_bug() -> None:
    with pytest.raises(ValueError, match="for 2 numbers"):
        list(run(DEFAULT, [Batch({"text": ["a"]}, [1, 2])]))


def test_single_texts_are_changed_and_judged_the_same_way() -> None:
    assert changed(RECIPE, TITLES) == ["Red wok", "plain tea", "", "caf\u00e9", "kettle"]
    assert [reason is None for reason in reasons(RECIPE, TITLES)] == [True, True, False, True, True]
    assert reasons(DEFAULT, ["", "a"]) == [None, None]


def test_an_excerpt_shows_where_a_long_text_changes() -> None:
    text = "word " * 1_000
    before, after = excerpts(f"{text}<b>here</b> {text}", f"{text}here {text}")
    assert "<b>here</b>" in before
    assert "here" in after
    assert (before[0], before[-1]) == ("…", "…")
    assert len(before) == len(after) == EXCERPT_CHARACTERS + 2
    assert excerpts("a b", "a  b") == ("a b", "a  b")
