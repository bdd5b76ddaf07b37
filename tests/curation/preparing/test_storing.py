"""Preparations stored by revision, and the secret they need."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from curation import cleaning, preparing
from curation.redaction import CustomRecogniser, Policy
from storage.errors import Conflict, NotFound
from storage.project import Project
from tests.curation import sample_task

POLICY = Policy(
    actions={"email": "pseudonym", "phone": "drop_row"},
    custom=(CustomRecogniser(name="order_number", pattern=r"ORD-\d{6}", action="keep"),),
    threshold=0.7,
)


def test_a_task_starts_with_the_default(project: Project) -> None:
    sample_task.made(project)
    assert preparing.of(project, sample_task.NAME) == preparing.DEFAULT
    assert preparing.DEFAULT.revision == 0


def test_what_was_saved_is_read_again_as_it_was(project: Project) -> None:
    sample_task.made(project)
    saved = preparing.save(project, sample_task.NAME, cleaning.WEB, POLICY, based_on=0, by="owner")
    assert saved.revision == 1
    found = preparing.of(project, sample_task.NAME)
    assert found == saved
    assert found.content_hash() == saved.content_hash()
    again = preparing.save(project, sample_task.NAME, cleaning.DEFAULT, Policy(), based_on=1, by="owner")
    assert again.revision == 2
    assert again.content_hash() == preparing.DEFAULT.content_hash() != saved.content_hash()


def test_saving_what_stands_makes_no_revision(project: Project) -> None:
    sample_task.made(project)
    default = preparing.DEFAULT
    same = preparing.save(project, sample_task.NAME, default.recipe, default.policy, based_on=0, by="owner")
    assert same.revision == 0


@pytest.mark.parametrize("based_on", [0, 2])
def test_a_stale_edit_is_refused_with_what_differs(project: Project, based_on: int) -> None:
    sample_task.made(project)
    preparing.save(project, sample_task.NAME, cleaning.DEFAULT, POLICY, based_on=0, by="ann")
    steps = cleaning.DEFAULT.steps
    recipe = cleaning.Recipe(steps=(*steps, cleaning.STEPS[6].model_validate({"least_characters": 9})))
    with pytest.raises(Conflict, match="at revision 1") as told:
        preparing.save(project, sample_task.NAME, recipe, POLICY, based_on=based_on, by="bob")
    assert "differs from what stands in the step length." in told.value.what
    assert preparing.of(project, sample_task.NAME).revision == 1
    turned = cleaning.Recipe(steps=tuple(reversed(steps)))
    with pytest.raises(Conflict, match="in the order of the steps, the policy's actions, the policy's thre"):
        preparing.save(project, sample_task.NAME, turned, Policy(custom=POLICY.custom), based_on=0, by="bob")


def test_of_two_edits_at_once_one_is_refused(project: Project) -> None:
    sample_task.made(project)

    def save(least: int) -> object:
        policy = Policy(threshold=0.5 + least / 100)
        try:
            return preparing.save(
                project, sample_task.NAME, cleaning.DEFAULT, policy, based_on=0, by="owner"
            ).policy
        except Conflict as fault:
            return fault

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(save, range(4)))
    [won] = [each for each in answers if isinstance(each, Policy)]
    assert preparing.of(project, sample_task.NAME) == preparing.Preparation(cleaning.DEFAULT, won, 1)


def test_a_task_that_is_not_there_is_named(project: Project) -> None:
    with pytest.raises(NotFound, match="no task 'shelf'"):
        preparing.save(project, sample_task.NAME, cleaning.DEFAULT, Policy(), based_on=0, by="owner")


def test_the_secret_is_the_projects_own_and_stays(project: Project) -> None:
    first = preparing.secret(project)
    assert len(first) == 32
    assert preparing.secret(project) == first
    path = project.services_dir / "secrets.json"
    assert path.stat().st_mode & 0o777 == 0o600
    path.unlink()
    assert preparing.secret(project) != first
