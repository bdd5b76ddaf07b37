"""Error tags that change while people review: codes stay, old reviews follow."""

from __future__ import annotations

import pytest

from curation import tasks
from curation.tasks import ErrorTag, TagRule, Task, vocabulary
from storage.errors import InvalidInput
from storage.project import Project

TASK = Task(
    name="titles", title="Titles", kind="generation", input_columns=("text",),
    error_tags=(
        ErrorTag(code="jargon", name="Jargon", group="Words"),
        ErrorTag(code="acronym", name="Acronym", group="Words"),
        ErrorTag(code="tools", name="Tool compilation", group="Content"),
    ),
)  # fmt: skip


def codes(task: Task) -> list[str]:
    return [tag.code for tag in task.offered_tags]


def test_a_merged_tag_is_offered_no_more_and_old_reviews_follow_it_through_every_merge() -> None:
    once = vocabulary.merged(TASK, "acronym", "jargon")
    assert codes(once) == ["jargon", "tools"]
    assert vocabulary.followed(once, ["acronym", "tools", "jargon"]) == ("jargon", "tools")
    twice = vocabulary.merged(once, "jargon", "tools")
    assert vocabulary.followed(twice, ["acronym", "jargon"]) == ("tools",)
    assert [tag.code for tag in twice.error_tags] == ["jargon", "acronym", "tools"]


def test_a_restored_tag_is_itself_again() -> None:
    restored = vocabulary.restored(vocabulary.merged(TASK, "acronym", "jargon"), "acronym")
    assert restored == TASK
    assert vocabulary.followed(restored, ["acronym"]) == ("acronym",)
    assert codes(vocabulary.restored(vocabulary.retired(TASK, "tools"), "tools")) == codes(TASK)


def test_a_reworded_tag_keeps_its_code_and_a_new_one_gets_its_own() -> None:
    changed = vocabulary.reworded(TASK, "jargon", name="Insider words", definition="A lay reader stops.")
    assert changed.error_tags[0] == ErrorTag(
        code="jargon", name="Insider words", definition="A lay reader stops.", group="Words"
    )
    grown = vocabulary.added(TASK, "Too long!", group="Form", definition=" Over twelve words. ")
    assert grown.error_tags[-1] == ErrorTag(
        code="too_long", name="Too long!", definition="Over twelve words.", group="Form"
    )


def test_a_tag_is_moved_to_another_key() -> None:
    moved = vocabulary.moved(vocabulary.retired(TASK, "acronym"), "tools", 1)
    assert codes(moved) == ["tools", "jargon"]
    assert {tag.code for tag in moved.error_tags} == {"jargon", "acronym", "tools"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda: vocabulary.merged(TASK, "jargon", "jargon"), "into itself"),
        (lambda: vocabulary.merged(TASK, "jargon", "nothing"), "'nothing' is not an error tag"),
        (lambda: vocabulary.merged(vocabulary.retired(TASK, "tools"), "jargon", "tools"), "is retired"),
        (
            lambda: vocabulary.merged(vocabulary.merged(TASK, "acronym", "jargon"), "tools", "acronym"),
            "was merged into 'jargon' before",
        ),
        (lambda: vocabulary.added(vocabulary.retired(TASK, "tools"), "Tools"), r"already: Tool .*retired"),
        (lambda: vocabulary.added(TASK, " !"), "has no name"),
        (lambda: vocabulary.reworded(TASK, "tools", name=" "), "needs a name"),
        (lambda: vocabulary.moved(TASK, "tools", 9), "cannot stand at place 9"),
        (lambda: Task(**{**TASK.model_dump(), "rules": [TagRule(tag="odd", name="copied")]}), "'odd'"),
        (lambda: TagRule(tag="jargon"), "a name or a pattern"),
        (lambda: TagRule(tag="jargon", pattern="("), "cannot be read"),
    ],
)  # fmt: skip
def test_what_would_break_the_vocabulary_is_refused(change: object, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        change()  # type: ignore[operator]


def test_a_code_that_stood_once_is_never_taken_away(project: Project) -> None:
    made = tasks.create(project, TASK)
    with pytest.raises(InvalidInput, match="'tools' of task 'titles' cannot be taken away"):
        tasks.update(project, made.model_copy(update={"error_tags": made.error_tags[:2]}), based_on=1)
    assert tasks.update(project, vocabulary.retired(made, "tools"), based_on=1).revision == 2
