"""Mappings: guessed by name, refused when they do not fit."""

from __future__ import annotations

import pytest

from curation.imports.mapping import ColumnMapping, check, guess
from curation.tasks import HeldOutWhere, Task
from storage.errors import InvalidInput

TASK = Task(
    name="shelf",
    title="Shelf",
    input_columns=("title", "Brand name"),
    target="shelf label",
    labels=("a", "b"),
)


def test_a_mapping_is_guessed_whatever_the_case_and_the_spaces() -> None:
    found = guess(TASK, ["id", "Title", "brand_name", "Shelf-Label", "category"])
    assert found.inputs == {"Title": "title", "brand_name": "Brand name"}
    assert found.gold == "Shelf-Label"
    assert found.extras == ("id", "category")


def test_gold_is_guessed_from_usual_names_when_the_target_is_absent() -> None:
    assert guess(TASK, ["title", "brand name", "Label"]).gold == "Label"
    assert guess(TASK, ["title", "brand name", "price"]).gold is None


def test_an_input_column_is_never_guessed_as_gold() -> None:
    task = Task(name="t", title="T", input_columns=("answer",), target="answer", labels=("a", "b"))
    assert guess(task, ["answer", "x"]).gold is None


def test_a_single_column_is_the_single_input() -> None:
    task = Task(name="t", title="T", input_columns=("message",), labels=("a", "b"))
    assert guess(task, ["text"]).inputs == {"text": "message"}


INPUTS = {"t": "title", "b": "Brand name"}


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        (ColumnMapping(inputs={"t": "title", "x": "Brand name"}), "no column 'x'. It has 't', 'b', 'g'"),
        (ColumnMapping(inputs={"t": "title"}), "No column is mapped to the input 'Brand name'"),
        (ColumnMapping(inputs={"t": "title", "b": "title"}), "Two columns are mapped to 'title'"),
        (ColumnMapping(inputs={"t": "title", "b": "brand"}), "has no input column 'brand'"),
        (ColumnMapping(inputs=INPUTS, gold="label"), "no column 'label'"),
        (ColumnMapping(inputs=INPUTS, extras=("seller",)), "no column 'seller'"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_with_what_there_is(
    mapping: ColumnMapping, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        check(TASK, mapping, ["t", "b", "g"])


def test_the_column_that_holds_records_out_must_be_mapped() -> None:
    task = TASK.model_copy(update={"held_out_where": HeldOutWhere(column="g", values=("x",))})
    with pytest.raises(InvalidInput, match="holds records out by the column 'g', which is not mapped"):
        check(task, ColumnMapping(inputs=INPUTS), ["t", "b", "g"])
    check(task, ColumnMapping(inputs=INPUTS, extras=("g",)), ["t", "b", "g"])
