"""Teacher definitions: checked, stored with a revision, never holding a key."""

from __future__ import annotations

import pytest

from curation import teachers
from curation.teachers import OpenAITeacher, RecordedTeacher
from storage.errors import Conflict, InvalidInput, NotFound
from storage.project import Project

REMOTE = OpenAITeacher(name="big", model="teacher-large", base_url="http://127.0.0.1:9/v1/")


def test_both_kinds_are_stored_and_come_back_as_they_were(project: Project) -> None:
    teachers.save(project, REMOTE)
    teachers.save(project, RecordedTeacher(name="recorded", column="teacher_v1"))
    assert [teacher.kind for teacher in teachers.listing(project)] == ["openai", "recorded"]
    again = teachers.get(project, "big")
    assert isinstance(again, OpenAITeacher)
    assert (again.base_url, again.revision) == ("http://127.0.0.1:9/v1", 1)


def test_saving_the_same_again_changes_nothing_and_a_change_names_its_revision(project: Project) -> None:
    first = teachers.save(project, REMOTE)
    assert teachers.save(project, REMOTE).revision == first.revision == 1
    changed = REMOTE.model_copy(update={"model": "teacher-small"})
    with pytest.raises(Conflict, match="revision 1, with other model"):
        teachers.save(project, changed)
    assert teachers.save(project, changed, based_on=1).revision == 2
    with pytest.raises(Conflict, match="revision 2"):
        teachers.save(project, REMOTE, based_on=1)


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        ({"kind": "openai", "name": "a", "model": "m", "base_url": "localhost:80"}, "must start with http"),
        ({"kind": "openai", "name": "a", "model": "m", "temperature": 3}, "temperature has 3"),
        ({"kind": "openai", "name": "a", "model": "m", "api_key": "sk-1"}, "api_key"),
        ({"kind": "recorded", "name": "a"}, "column"),
        ({"kind": "oracle", "name": "a"}, "oracle"),
        ({"kind": "recorded", "name": "A b", "column": "c"}, "'A b' is not a usable name"),
    ],
)
def test_a_definition_that_cannot_work_names_field_and_value(
    definition: dict[str, object], said: str
) -> None:
    with pytest.raises(InvalidInput, match=said):
        teachers.parse(definition)


def test_an_unknown_teacher_is_refused_with_those_there_are(project: Project) -> None:
    teachers.save(project, REMOTE)
    with pytest.raises(NotFound, match=r"no teacher 'bigger'\. There are big"):
        teachers.get(project, "bigger")


def test_a_price_is_per_million_tokens_and_unknown_where_anything_is() -> None:
    priced = REMOTE.model_copy(
        update={"price_input_usd_per_million": 2.0, "price_output_usd_per_million": 8.0}
    )
    assert priced.price_usd(1_000, 500) == pytest.approx(0.006)
    assert priced.price_usd(None, 500) is None
    assert REMOTE.price_usd(1_000, 500) is None
