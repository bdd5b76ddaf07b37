"""Definitions: how they are written, what is refused, and what their hash is of."""

from __future__ import annotations

from pathlib import Path

import pytest

from curation.datasets.definition import Definition, Replay, Splits, Variations, checks, files, parsed, words
from curation.student_prompts import StudentPrompt, Variation
from curation.tasks import ErrorTag, Task
from storage.errors import InvalidInput

TASK = Task(
    name="shelf", title="Shelf", input_columns=("title", "Brand name"), labels=("Tea", "Pots"),
    error_tags=(ErrorTag(code="sibling", name="Sibling"),),
)  # fmt: skip
FREE = Task(name="titles", title="Titles", kind="generation", input_columns=("text",))
WHOLE = Definition(
    name="short",
    imports=("shelf.csv",),
    prompts=(1, 2),
    decisions=("corrected",),
    where={"seller": ("a", "b")},
    splits=Splits(validation_share=0.2, group_column="seller", stratify_by="label"),
    caps={"seller": 200},
    balance=3,
    student_prompt=StudentPrompt(system="Sort.", template="{title}"),
    variations=Variations(
        texts=(Variation(name="plain", system="Which shelf?"), Variation(name="odd", template="? {title}")),
        kept_for_robustness=("odd",),
    ),
    replay=Replay(share=0.05, version="chat/v0002"),
)


def test_a_definition_is_the_same_after_it_was_written_and_read() -> None:
    written = files.to_yaml(WHOLE)
    assert files.from_text(written) == WHOLE
    assert written.startswith("name: short\n")
    assert files.from_text(WHOLE.canonical()) == WHOLE
    assert files.from_text("") == Definition()


def test_the_hash_is_of_what_a_definition_says_and_not_of_its_name() -> None:
    assert Definition(name="other").content_hash() == Definition().content_hash()
    assert parsed({"splits": {"seed": 0}}).content_hash() == Definition().content_hash()
    assert parsed({"splits": {"seed": 1}}).content_hash() != Definition().content_hash()
    assert len({WHOLE.content_hash(), WHOLE.model_copy(update={"balance": 4.0}).content_hash()}) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("splits: {validation_share: 1}", "cannot have validation_share = 1"),
        ("balance: 0.5", "balance = 0.5"),
        ("colour: red", "colour = 'red'"),
        ("caps: {seller: 0}", "cap on 'seller' is 0"),
        ("replay: {share: 0.1}", "from one of both"),
        ("variations: {kept_for_robustness: [odd]}", "no variation is called so"),
        ("variations: {texts: [{name: a, system: x}, {name: a, system: y}]}", "2 variations are called 'a'"),
        ("- a list", "holds no definition"),
        ("a: [1", "cannot be read in line 1"),
        ("a: &a [1]\nb: *a", "alias"),
    ],
)
def test_what_cannot_be_is_refused_with_its_name_and_value(text: str, told: str) -> None:
    with pytest.raises(InvalidInput, match=told.replace("[", r"\[")):
        files.from_text(text)


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bytes.yaml").write_bytes(b"\xff\xfe\xff")
    with pytest.raises(InvalidInput, match="not UTF-8"):
        files.read(tmp_path / "bytes.yaml")
    with pytest.raises(InvalidInput, match=r"absent\.yaml cannot be read"):
        files.read(tmp_path / "absent.yaml")


@pytest.mark.parametrize(
    ("definition", "task", "told"),
    [
        (Definition(student_prompt=StudentPrompt(template="{colour}")), TASK, "{colour}"),
        (Definition(student_prompt=StudentPrompt(template="Sort this.")), TASK, "names no column"),
        (Definition(student_prompt=StudentPrompt(template="a { b {title}")), TASK, "lone '{'"),
        (Definition(tags=("unknown",)), TASK, "not an error tag"),
        (Definition(balance=2), FREE, "no label set"),
        (Definition(splits=Splits(stratify_by="label")), FREE, "no label set"),
        (Definition(where={"label": ("Tea",)}), TASK, "chosen by their label"),
        (Definition(variations=Variations(texts=(Variation(name="a"),))), TASK, "says nothing else"),
    ],
)
def test_what_the_task_can_never_have_is_refused(definition: Definition, task: Task, told: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        checks.check(definition, task)
    assert told in str(refused.value)
    assert refused.value.next_step


def test_what_fits_is_let_through() -> None:
    checks.check(WHOLE, TASK)
    checks.check(Definition(), FREE)
    checks.check(Definition(student_prompt=StudentPrompt(template="{labels}: {title}")), TASK)


def test_in_words_it_says_what_it_restricts() -> None:
    assert words.summary(Definition()) == "10% validate · the teacher’s prompt"
    told = words.summary(WHOLE)
    for part in ("of shelf.csv", "v1, v2", "only corrected", "seller is a or b", "grouped by seller",
                 "20% of each label validate", "at most 200 rows of one seller", "3 times the rarest",
                 "the student’s own prompt", "50% in 1 other wordings", "5% replayed"):  # fmt: skip
        assert part in told
