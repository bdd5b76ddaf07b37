"""Names that move between versions: what they stand for, who moved them, and who came too late."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from curation.datasets import names
from storage import artifacts, database, schemas
from storage.errors import Conflict, InvalidInput, NotFound
from storage.keeping import names as kept
from storage.project import Project
from tests.curation import sample_task

TASK = sample_task.NAME


@pytest.fixture
def versions(project: Project) -> Project:
    """A task with two versions of one row each."""
    sample_task.made(project)
    for number in (1, 2):
        with artifacts.draft(project, "datasets", TASK, f"v{number:04d}") as draft:
            rows: list[dict[str, object]] = [{"record_id": "rec_1", "split": "train"}]
            draft.write_table("train.parquet", schemas.from_rows(rows, "dataset_rows"), "dataset_rows")
            draft.publish()
    return project


def test_a_name_stands_for_what_it_was_moved_to_last_and_remembers_the_rest(versions: Project) -> None:
    first = names.move(versions, TASK, "production", "v0001", by="ann", based_on=0, why="it won")
    assert (first.revision, first.version) == (1, "v0001")
    names.move(versions, TASK, "production", "v0002", by="ben", based_on=1)
    names.move(versions, TASK, "candidate", "v0002", by="ben")
    assert names.resolve(versions, TASK, "production") == "v0002"
    assert names.resolve(versions, TASK, "v0001") == "v0001"
    assert names.by_version(versions, TASK) == {"v0002": ["candidate", "production"]}
    moves = names.history(versions, TASK, "production")
    assert [(each.version, each.by, each.why) for each in moves] == [
        ("v0002", "ben", ""),
        ("v0001", "ann", "it won"),
    ]


def test_moving_it_to_where_it_is_changes_nothing(versions: Project) -> None:
    first = names.move(versions, TASK, "production", "v0001", by="ann")
    assert names.move(versions, TASK, "production", "v0001", by="ben") == first


def test_a_move_based_on_what_no_longer_stands_is_refused_with_what_does(versions: Project) -> None:
    names.move(versions, TASK, "production", "v0001", by="ann", based_on=0)
    with pytest.raises(Conflict, match="stands for v0001 since ann moved it"):
        names.move(versions, TASK, "production", "v0002", by="ben", based_on=0)
    with pytest.raises(Conflict, match="no name 'canary'"):
        names.move(versions, TASK, "canary", "v0002", by="ben", based_on=3)
    assert names.resolve(versions, TASK, "production") == "v0001"


def test_of_several_who_move_it_at_once_one_wins(versions: Project) -> None:
    def attempt(number: int) -> str:
        try:
            return names.move(
                versions, TASK, "production", f"v000{number % 2 + 1}", by=f"p{number}", based_on=0
            ).by
        except Conflict:
            return ""

    with ThreadPoolExecutor(6) as pool:
        winners = [name for name in pool.map(attempt, range(6)) if name]
    assert [each.by for each in names.history(versions, TASK, "production")] == winners


def test_a_name_taken_away_names_nothing_and_may_come_back(versions: Project) -> None:
    names.move(versions, TASK, "canary", "v0001", by="ann")
    gone = names.remove(versions, TASK, "canary", by="ann", based_on=1, why="too old")
    assert (gone.version, gone.revision) == (None, 2)
    assert names.listing(versions, TASK) == []
    with pytest.raises(NotFound, match="no dataset version or name 'canary'"):
        names.resolve(versions, TASK, "canary")
    with pytest.raises(NotFound):
        names.remove(versions, TASK, "canary", by="ann")
    assert names.move(versions, TASK, "canary", "v0002", by="ann", based_on=2).revision == 3


@pytest.mark.parametrize("name", ["v3", "v0001", "Production", "", "../x", "a b"])
def test_what_could_be_taken_for_a_version_or_a_path_is_no_name(versions: Project, name: str) -> None:
    with pytest.raises(InvalidInput):
        names.move(versions, TASK, name, "v0001", by="ann")


def test_an_unknown_version_is_refused_with_those_there_are(versions: Project) -> None:
    with pytest.raises(NotFound, match="It has v0001, v0002"):
        names.move(versions, TASK, "production", "v0009", by="ann")
    names.move(versions, TASK, "production", "v0001", by="ann")
    with pytest.raises(NotFound, match=r"production \(v0001\)"):
        names.resolve(versions, TASK, "prod")


def test_the_keeper_of_the_project_knows_which_versions_are_named(versions: Project) -> None:
    names.move(versions, TASK, "canary", "v0001", by="ann")
    names.remove(versions, TASK, "canary", by="ann")
    with database.engine(versions).connect() as connection:
        named = [each for each in kept.named(connection) if each.row.startswith("dataset_names")]
    assert [(each.reference, each.row) for each in named] == [("datasets/v0001", "dataset_names canary 1")]
