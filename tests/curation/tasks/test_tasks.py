"""Tasks: what they refuse, and how edits meet."""

from __future__ import annotations

from typing import Any

import pytest

from curation import tasks
from curation.tasks import ErrorTag, HeldOutWhere, Task
from storage import artifacts, schemas
from storage.errors import Conflict, InvalidInput, NotFound
from storage.project import Project

GIVEN: dict[str, Any] = {
    "name": "tickets",
    "title": "Tickets",
    "input_columns": ("message",),
    "labels": ("billing", "app"),
    "error_tags": (ErrorTag(code="wrong", name="Wrong"),),
    "held_out_where": HeldOutWhere(column="shop", values=("x",)),
}


def given(**changes: Any) -> Task:
    return Task(**{**GIVEN, **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"labels": ("billing",)}, "classification with 1 label"),
        ({"labels": ("a", "b", "a")}, "label 'a' is there 2 times"),
        ({"labels": ("a", " b")}, "' b' is blank or has space around it"),
        ({"input_columns": ()}, "has no input column"),
        ({"input_columns": ("m", "m")}, "input column 'm' is there 2 times"),
        ({"held_out_share": 1.5}, "held-out share is 1.5"),
        ({"held_out_share": "many"}, "held_out_share = 'many'"),
        ({"kind": "poetry"}, "kind = 'poetry'"),
        ({"name": "../up"}, "not a usable name"),
        ({"error_tags": (ErrorTag(code="a", name="A"), ErrorTag(code="a", name="B"))}, "error tag 'a'"),
    ],
)
def test_a_task_that_cannot_work_is_refused_with_the_value(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        given(**changes)


def test_a_generation_task_needs_no_labels() -> None:
    assert given(kind="generation", labels=()).labels == ()


def test_a_task_comes_back_as_it_was_stored(project_with_database: Project) -> None:
    made = tasks.create(project_with_database, given())
    assert made.revision == 1
    assert tasks.get(project_with_database, "tickets") == made
    assert tasks.listing(project_with_database) == [made]


def test_a_second_task_of_one_name_is_a_conflict(project_with_database: Project) -> None:
    tasks.create(project_with_database, given())
    with pytest.raises(Conflict, match="'tickets' stands already"):
        tasks.create(project_with_database, given(title="Other"))
    assert tasks.get(project_with_database, "tickets").title == "Tickets"


def test_an_unknown_task_is_answered_with_those_there_are(project_with_database: Project) -> None:
    tasks.create(project_with_database, given())
    with pytest.raises(NotFound, match=r"no task 'ticket'\. There is tickets"):
        tasks.get(project_with_database, "ticket")


def test_of_two_edits_of_one_revision_the_second_is_refused_with_what_differs(
    project_with_database: Project,
) -> None:
    made = tasks.create(project_with_database, given())
    first = made.model_copy(update={"title": "Support tickets"})
    assert tasks.update(project_with_database, first, based_on=1).revision == 2
    second = made.model_copy(update={"labels": ("billing", "app", "other")})
    with pytest.raises(
        Conflict, match=r"revision 2; this edit was based on 1 and differs .* in title, labels"
    ):
        tasks.update(project_with_database, second, based_on=1)
    stands = tasks.get(project_with_database, "tickets")
    assert (stands.title, stands.labels) == ("Support tickets", ("billing", "app"))


def test_input_columns_are_fixed_once_records_stand(project_with_database: Project) -> None:
    made = tasks.create(project_with_database, given())
    wider = made.model_copy(update={"input_columns": ("message", "subject")})
    made = tasks.update(project_with_database, wider, based_on=1)
    with artifacts.draft(project_with_database, "records", "tickets", "rec_a") as draft:
        draft.write_table("records.parquet", schemas.from_rows([{"record_id": "r"}], "records"), "records")
        draft.publish()
    narrower = made.model_copy(update={"input_columns": ("message",)})
    with pytest.raises(InvalidInput, match="input_columns of task 'tickets' cannot change"):
        tasks.update(project_with_database, narrower, based_on=2)
    renamed = made.model_copy(update={"title": "Renamed"})
    assert tasks.update(project_with_database, renamed, based_on=2).title == "Renamed"


def test_the_keys_of_a_schema_keep_their_order(project_with_database: Project) -> None:
    properties = {"zone": {"type": "string"}, "amount": {"type": "number"}, "by": {"type": "string"}}
    schema = {"type": "object", "properties": properties}
    task = Task(
        name="claims", title="Claims", kind="extraction", input_columns=("text",), output_schema=schema
    )
    tasks.create(project_with_database, task)
    kept = tasks.get(project_with_database, "claims").output_schema
    assert kept is not None
    assert list(kept["properties"]) == list(properties)
