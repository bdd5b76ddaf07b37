"""Error tags that rules propose, each on an output that has the fault and one that has not."""

from __future__ import annotations

import time
from typing import get_args

import pytest

from curation import proposals
from curation.proposals import RULES
from curation.tasks import ErrorTag, LengthRule, RuleName, TagRule, Task, vocabulary

INPUT = "The patient reports a dull pain in the left knee that began after a long walk on Sunday."


def task(rule: RuleName | None = None, *, pattern: str = "", **given: object) -> Task:
    told = {"name": "t", "title": "T", "kind": "generation", "input_columns": ("text",)}
    tags = (ErrorTag(code="found", name="Found"), ErrorTag(code="other", name="Other"))
    return Task(
        **{**told, **given}, error_tags=tags, rules=(TagRule(tag="found", name=rule, pattern=pattern),)
    )


SCHEMA = {
    "type": "object", "required": ["name", "age"],
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
}  # fmt: skip
CASES = [
    (task("length", length=LengthRule(most_words=3)), "one two three four", "one two three", "4 words"),
    (
        task("length", kind="chat", length=LengthRule(most_words=2)),
        '[{"role":"user","content":"a b c"},{"role":"assistant","content":"d e f"}]',
        '[{"role":"user","content":"a b c"},{"role":"assistant","content":"d e"}]',
        "3 words",
    ),
    (task("not_valid", kind="extraction"), "{", "{}", "not JSON"),
    (task("unknown_label", kind="classification", labels=("a", "b")), "c", "b", '"c" is not one of the 2'),
    (
        task("unknown_label", kind="classification", labels=("a", "b"), multi_label=True),
        '["a","c"]', '["b","a"]', '"c"',
    ),
    (
        task("repeated_sentence"),
        "The knee hurts since Sunday. Rest helps. The knee hurts, since Sunday!",
        "The knee hurts since Sunday. Rest helps. Rest helps.", "Said twice",
    ),
    (
        task("missing_field", kind="extraction", output_schema=SCHEMA),
        '{"name":"x"}', '{"name":"x","age":1}', "Missing: age.",
    ),
    (
        task("copied"),
        "Note: reports a dull pain in the left knee that began after a long walk.",
        "Note: a dull pain in the left knee, since a walk.", "Copied from the input",
    ),
    (task(pattern=r"\b(GPT|LLM)s?\b"), "Five LLMs to try", "Five models to try", '"LLMs"'),
]  # fmt: skip


@pytest.mark.parametrize(("given", "wrong", "right", "said"), CASES)
def test_a_rule_proposes_its_tag_with_the_reason(given: Task, wrong: str, right: str, said: str) -> None:
    (found,) = proposals.of(given, {"text": INPUT}, wrong)
    assert found.code == "found"
    assert said in found.reason
    assert proposals.of(given, {"text": INPUT}, right) == ()


def test_the_names_of_a_definition_are_the_rules_there_are_and_each_has_its_case() -> None:
    assert set(RULES) == set(get_args(RuleName))
    assert set(RULES) == {case[0].rules[0].name for case in CASES} - {None}


def test_a_merged_tag_is_proposed_as_what_it_became_and_a_retired_one_never() -> None:
    given = task(pattern="bad")
    (found,) = proposals.of(vocabulary.merged(given, "found", "other"), {}, "bad")
    assert found.code == "other"
    assert proposals.of(vocabulary.retired(given, "found"), {}, "bad") == ()


def test_a_pattern_that_never_ends_keeps_no_card_waiting() -> None:
    began = time.monotonic()
    assert proposals.of(task(pattern=r"^(\w+\s?)*$"), {}, "word " * 5000 + "!") == ()
    assert time.monotonic() - began < 1
