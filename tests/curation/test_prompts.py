"""Prompt versions: numbered, immutable, checked against their task."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from curation import prompts, tasks
from curation.prompts import Prompt
from storage.errors import InvalidInput, NotFound
from storage.project import Project
from tests.curation import sample_task


def write(project: Project, template: str, reason: str = "first", **changes: object) -> Prompt:
    given = {"system": "You file products.", "answers_tags": (), "created_by": "owner", **changes}
    return prompts.create(project, sample_task.NAME, template=template, reason=reason, **given)  # type: ignore[arg-type]


def test_versions_are_numbered_from_one_and_listed_oldest_first(project: Project) -> None:
    sample_task.made(project)
    assert write(project, "{title}").version == "v1"
    second = write(project, "{title} by {Brand name}", "siblings were mixed up", answers_tags=("sibling",))
    assert (second.version, second.answers_tags) == ("v2", ("sibling",))
    assert [prompt.number for prompt in prompts.listing(project, sample_task.NAME)] == [1, 2]
    assert prompts.get(project, sample_task.NAME, 2) == second


def test_the_same_texts_again_are_the_same_version(project: Project) -> None:
    sample_task.made(project)
    first = write(project, "{title}")
    assert write(project, " {title}\n", "pressed twice") == first


def test_a_label_set_that_changes_later_never_changes_what_a_version_said(project: Project) -> None:
    task = sample_task.made(project)
    prompt = write(project, "One of:\n{labels}\n{title}")
    tasks.update(project, task.model_copy(update={"labels": ("Shoes", "Hats")}), based_on=task.revision)
    again = prompts.get(project, sample_task.NAME, 1)
    asked = prompts.render(again, {"title": "Cast iron pan", "Brand name": "Lodge"})
    assert asked.text == "One of:\n- Cookware\n- Bakeware\n- Tea\nCast iron pan"
    assert again == prompt


@pytest.mark.parametrize(
    ("template", "changes", "said"),
    [
        ("{titel}", {}, r"\{titel\}.*Known columns: \{title\}, \{Brand name\}"),
        ("{title}", {"system": "{role}"}, r"\{role\}"),
        ("What is it?", {}, "names no column"),
        ("{title", {}, "lone '{'"),
        ("{title}", {"answers_tags": ("spelling",)}, "'spelling' is not an error tag"),
    ],
)
def test_a_prompt_that_cannot_work_is_refused_when_it_is_written(
    project: Project, template: str, changes: dict[str, object], said: str
) -> None:
    sample_task.made(project)
    with pytest.raises(InvalidInput, match=said):
        write(project, template, **changes)
    assert prompts.listing(project, sample_task.NAME) == []


def test_a_second_version_needs_a_reason(project: Project) -> None:
    sample_task.made(project)
    write(project, "{title}", reason="")
    with pytest.raises(InvalidInput, match="needs its reason"):
        write(project, "Title: {title}", reason=" ")


def test_an_unknown_version_is_refused_with_those_there_are(project: Project) -> None:
    sample_task.made(project)
    write(project, "{title}")
    with pytest.raises(NotFound, match=r"no prompt v3\. It has v1"):
        prompts.get(project, sample_task.NAME, 3)


def test_versions_written_at_the_same_moment_get_numbers_of_their_own(project: Project) -> None:
    sample_task.made(project)
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda number: write(project, f"{{title}} {number}"), range(12)))
    assert sorted(prompt.number for prompt in made) == list(range(1, 13))
