"""Texts through recipe and policy: what comes out, what is left out, and what the report says of it."""

from __future__ import annotations

import orjson
import pytest

from curation import cleaning
from curation.cleaning import Recipe
from curation.preparing import DEFAULT, Preparation, Preparer
from curation.redaction import Policy

SECRET = b"0123456789abcdef0123456789abcdef"
BOILERPLATE, LENGTH = cleaning.STEPS[5], cleaning.STEPS[6]


def test_texts_are_cleaned_first_and_then_redacted() -> None:
    preparer = Preparer(DEFAULT, SECRET)
    found = preparer.batch(
        [4, 7], {"text": [" Write  to ann@\u200bshop.example ", "Tea"], "extra": ["", "x\0"]}
    )
    assert found.numbers == [4, 7]
    assert found.columns == {"text": ["Write to [email]", "Tea"], "extra": ["", "x"]}
    [span] = found.spans["text"][0]
    assert found.cleaned["text"][0][span.start : span.end] == "ann@shop.example"
    assert preparer.report.facts()["redaction"] == {
        "found": {"email": 1}, "replaced": {"email": 1}, "uncertain": {}, "rows_dropped": {},
    }  # fmt: skip


def test_filters_judge_the_inputs_alone() -> None:
    recipe = Recipe(steps=(LENGTH.model_validate({"least_characters": 3}),))
    preparer = Preparer(Preparation(recipe, Policy()), SECRET, judged=["text"])
    found = preparer.batch([1, 2], {"text": ["long enough", "no"], "extra": ["", "long enough"]})
    assert found.numbers == [1]
    [rejected] = found.rejected
    assert (rejected.number, rejected.step, rejected.reason) == (
        2, "length", "It has 2 characters; 3 are the least.",
    )  # fmt: skip


def test_a_row_that_the_policy_drops_goes_with_its_kinds_and_never_its_value() -> None:
    policy = Policy(actions={"email": "drop_row", "iban": "drop_row"})
    preparer = Preparer(Preparation(cleaning.DEFAULT, policy), SECRET)
    texts = ["plain", "a@shop.example and DE89 3704 0044 0532 0130 00", "call +49 30 23125 123"]
    found = preparer.batch([1, 2, 3], {"text": texts, "extra": ["b@shop.example", "", ""]})
    assert found.numbers == [3]
    assert found.columns == {"text": ["call [phone]"], "extra": [""]}
    assert found.dropped == {1: ("email",), 2: ("email", "iban")}
    assert preparer.report.dropped == {"email": 2, "iban": 1}
    assert "shop.example" not in orjson.dumps(preparer.report.facts()).decode()


def test_a_value_has_one_pseudonym_in_every_column_and_batch() -> None:
    preparer = Preparer(Preparation(cleaning.DEFAULT, Policy(actions={"email": "pseudonym"})), SECRET)
    first = preparer.batch([1], {"text": ["from ann@shop.example"], "extra": ["ANN@shop.example"]})
    second = preparer.batch([2], {"text": ["to ann@shop.example"], "extra": ["bob@shop.example"]})
    name = first.columns["extra"][0]
    assert first.columns["text"] == [f"from {name}"]
    assert second.columns["text"] == [f"to {name}"]
    assert second.columns["extra"] != [name]


def test_boilerplate_is_found_over_all_batches_and_removed_from_the_inputs_only() -> None:
    recipe = Recipe(steps=(*cleaning.DEFAULT.steps, BOILERPLATE.model_validate({"least_records": 2})))
    preparer = Preparer(Preparation(recipe, Policy()), SECRET, judged=["text"])
    assert preparer.looks_first
    batches = [
        ([number], {"text": [f"Text {'abc'[number]}\nFree returns"], "gold": ['{\n"kind": 1\n}']})
        for number in range(3)
    ]
    for numbers, columns in batches:
        preparer.look_at(numbers, columns)
    found = [preparer.batch(numbers, columns) for numbers, columns in batches]
    assert [each.columns["text"] for each in found] == [["Text a"], ["Text b"], ["Text c"]]
    assert {each.columns["gold"][0] for each in found} == {'{\n"kind": 1\n}'}
    [line] = preparer.report.cleaning.steps[3].found_lines
    assert (line.line, line.records) == ("Free returns", 3)


def test_an_uncertain_value_is_asked_about_and_a_ruling_settles_it() -> None:
    preparation = Preparation(cleaning.DEFAULT, Policy(threshold=0.99, actions={"phone": "pseudonym"}))
    text = "Ring +49 30 23125 123 now"
    preparer = Preparer(preparation, SECRET)
    found = preparer.batch([5], {"text": [text]})
    assert found.columns["text"] == [text]
    [asked] = found.uncertain
    assert (asked.row_number, asked.column, asked.type, asked.masked) == (5, "text", "phone", False)
    assert (text[asked.start : asked.end], asked.context) == ("+49 30 23125 123", text)
    assert preparer.report.uncertain == {"phone": 1}
    written_otherwise = {"text": ["Ring 0049 (30) 23125-123 now"]}
    for ruling, said in (
        ("mask", f"Ring [phone {asked.value_mac[:8]}] now"),
        ("keep", written_otherwise["text"][0]),
    ):
        ruled = Preparer(preparation, SECRET, {asked.value_mac: ruling})  # type: ignore[dict-item]
        after = ruled.batch([5], written_otherwise)
        assert (after.columns["text"], after.uncertain) == ([said], ())
    other = Preparer(preparation, SECRET, {asked.value_mac: "mask"})
    assert len(other.batch([1], {"text": ["Ring +49 30 23125 124 now"]}).uncertain) == 1


def test_an_uncertain_value_that_was_masked_comes_back_where_it_is_none() -> None:
    preparation = Preparation(cleaning.DEFAULT, Policy(threshold=0.99, uncertain="mask"))
    texts = ["Ring +49 30 23125 123 now"]
    found = Preparer(preparation, SECRET).batch([1], {"text": texts})
    assert found.columns["text"] == ["Ring [phone] now"]
    [asked] = found.uncertain
    assert asked.masked
    kept = Preparer(preparation, SECRET, {asked.value_mac: "keep"}).batch([1], {"text": texts})
    assert kept.columns["text"] == texts


def test_a_long_texts_context_is_cut() -> None:
    preparation = Preparation(cleaning.DEFAULT, Policy(threshold=0.99))
    found = Preparer(preparation, SECRET).batch([1], {"text": ["a " * 100 + "+49 30 23125 123" + " b" * 100]})
    [asked] = found.uncertain
    assert asked.context.startswith("…")
    assert asked.context.endswith("…")
    assert len(asked.context) < 160


@pytest.mark.parametrize("ruling", ["mask", "keep"])
def test_preparing_what_was_prepared_changes_nothing(ruling: str) -> None:
    preparation = Preparation(cleaning.DEFAULT, Policy(threshold=0.99, actions={"email": "pseudonym"}))
    texts = ["Ring +49 30 23125 123,  or ann@shop.example", "4111 1111 1111 1111"]
    asked = Preparer(preparation, SECRET).batch([1, 2], {"text": texts}).uncertain
    rulings = {each.value_mac: ruling for each in asked}
    once = Preparer(preparation, SECRET, rulings).batch([1, 2], {"text": texts})  # type: ignore[arg-type]
    twice = Preparer(preparation, SECRET, rulings).batch([1, 2], once.columns)  # type: ignore[arg-type]
    assert twice.columns == once.columns
