"""Backups of projects on a shared PostgreSQL: incremental, checked, refused where anything is wrong."""

from __future__ import annotations

import json
import os
import random
import stat
import tarfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert, select

from storage import artifacts, audit, database, keeping, sealing
from storage import project as projects
from storage.database import settling, tables
from storage.errors import Conflict, DiskFull, InvalidInput, NotAllowed, NotFound, UserError
from storage.identifiers import now
from storage.keeping import backups, names, removals
from storage.keeping.backups import Elsewhere, moment
from storage.project import Project
from storage.services import postgres, secrets
from tests.folders import open_folder
from tests.storage.keeping.damage import damaged
from tests.storage.keeping.filled import TASK, fill, publish, table_of
from tests.storage.test_disk_full import small_disk as small_disk

pytestmark = pytest.mark.slow
ELSEWHERE = "http://argilla.example.org"


@pytest.fixture
def project(project_with_database: Project) -> Project:
    """Filled, with a task and some lines in its log; its Argilla is somebody else's."""
    path = project_with_database.root / projects.SETTINGS_NAME
    path.write_text("# as the team wants it\n" + path.read_text() + f'argilla_url = "{ELSEWHERE}"\n')
    made = projects.open_project(project_with_database.root)
    fill(made)
    with database.engine(made).begin() as connection:
        task = {"name": TASK, "title": "Pans", "kind": "classification", "definition": {}}
        connection.execute(insert(tables.tasks).values(**task))
        session = {"id_hash": "h", "user_id": "u", "username": "ann", "role": "owner", "argilla_token": "t"}
        connection.execute(insert(tables.sessions).values(**session, expires_at=now()))
    for number in range(3):
        audit.append(made, actor="ann", action="tests.line", subject=str(number))
    return made


@pytest.fixture
def free(project: Project) -> Iterator[Elsewhere]:
    """Names of databases that are free on the same server; what is made of them is dropped."""
    name = f"{project.settings.services.postgres_database}_again"
    yield Elsewhere(database=name, argilla_database=f"{name}_argilla")
    server = postgres.connection_string(project, "postgres")
    with psycopg.connect(server, autocommit=True) as connection:
        for each in (name, f"{name}_argilla"):
            connection.execute(f'DROP DATABASE IF EXISTS "{each}" WITH (FORCE)')


def databases(project: Project) -> set[str]:
    with psycopg.connect(postgres.connection_string(project, "postgres")) as connection:
        return {row[0] for row in connection.execute("SELECT datname FROM pg_database").fetchall()}


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_of_backups_links_what_it_has_and_copies_what_is_new(
    project: Project, tmp_path: Path
) -> None:
    home = tmp_path / "backups"
    first = backups.backup(project, home)
    assert (first.artifacts, first.linked_bytes) == (9, 0)
    again = backups.backup(project, home)
    assert (again.artifacts, again.copied_bytes) == (9, 0)
    assert again.linked_bytes == first.copied_bytes
    new = publish(project, "labels", TASK, table_of(random.Random(9), 5), "lab_2")
    third = backups.backup(project, home)
    assert third.artifacts == 10
    assert third.copied_bytes == sum(entry.size_bytes for entry in new.files)
    assert names_in(home) == [".lock", *(each.backup_id for each in (first, again, third))]
    for each in (first, again, third):
        inside = projects.open_project(each.path / "project")
        assert keeping.verify(inside, named=()).sound
    one = first.path / "project" / "tasks" / TASK / "records" / "rec_1" / "records.parquet"
    assert one.stat().st_nlink == 3
    files = (path for path in first.path.rglob("*") if path.is_file())
    assert {stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (home, first.path, *files)} == {0}


def test_what_is_damaged_in_an_earlier_backup_is_copied_anew_and_told(
    project: Project, tmp_path: Path
) -> None:
    first = backups.backup(project, tmp_path)
    rotten = first.path / "project" / "tasks" / TASK / "records" / "rec_1" / "records.parquet"
    content = bytearray(rotten.read_bytes())
    content[100] ^= 4
    rotten.write_bytes(content)
    again = backups.backup(project, tmp_path)
    assert again.mended == (f"{TASK}/records/rec_1",)
    assert rotten.read_bytes() == bytes(content)
    assert keeping.verify(projects.open_project(again.path / "project"), named=()).sound
    assert again.copied_bytes > 0


def test_a_restored_project_is_the_same_and_its_settings_keep_their_comments(
    project: Project, free: Elsewhere, tmp_path: Path
) -> None:
    made = backups.backup(project, tmp_path / "pans.tar")
    assert (made.argilla, made.with_secrets) == (ELSEWHERE, False)
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    restored = backups.restore(made.path, tmp_path / "again", elsewhere=free, by="ann")
    there = restored.project
    assert restored.report.sound
    assert restored.key_variables == ("ARGILLA_API_KEY",)
    assert there.settings.services.postgres_database == free.database
    assert (there.root / projects.SETTINGS_NAME).read_text().startswith("# as the team wants it\n")
    assert [line.subject for line in audit.listing(there, audit.Filters(kind="tests"))] == ["2", "1", "0"]
    assert audit.verify(there).intact
    with database.engine(there).connect() as connection:
        assert connection.execute(select(tables.tasks.c.name)).scalars().all() == [TASK]
        assert connection.execute(select(tables.sessions)).all() == []
    assert not (there.services_dir / "secrets.json").exists()
    for path in project.tasks_dir.rglob("*.parquet"):
        assert (there.root / path.relative_to(project.root)).read_bytes() == path.read_bytes()
    database.engine(there).dispose()
    assert names_in(tmp_path) == ["again", "pans.tar"]


def test_secrets_come_along_only_when_they_are_asked_for(
    project: Project, free: Elsewhere, tmp_path: Path
) -> None:
    with pytest.raises(InvalidInput, match="no secrets yet"):
        backups.backup(project, tmp_path / "a.tar", with_secrets=True)
    assert names_in(tmp_path) == []
    keys = secrets.load(project)
    without = backups.backup(project, tmp_path / "without.tar")
    assert keys.cookie_key.encode() not in without.path.read_bytes()
    made = backups.backup(project, tmp_path / "with", with_secrets=True)
    kept = made.path / "secrets.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    restored = backups.restore(tmp_path / "with", tmp_path / "again", elsewhere=free)
    path = restored.project.services_dir / "secrets.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secrets.load(restored.project) == keys


def test_of_several_backups_the_newest_is_taken_or_the_one_that_is_named(
    project: Project, free: Elsewhere, tmp_path: Path
) -> None:
    first = backups.backup(project, tmp_path / "home")
    publish(project, "labels", TASK, table_of(random.Random(9), 5), "lab_2")
    backups.backup(project, tmp_path / "home")
    restored = backups.restore(tmp_path / "home", tmp_path / "earlier", at=first.backup_id, elsewhere=free)
    assert (restored.backup_id, restored.report.artifacts) == (first.backup_id, 9)
    with pytest.raises(NotFound, match="holds no backup backup_x") as told:
        backups.restore(tmp_path / "home", tmp_path / "other", at="backup_x", elsewhere=free)
    assert first.backup_id in told.value.next_step


@pytest.mark.parametrize("target", ["home", "pans.tar"])
def test_a_backup_with_any_damage_is_refused_and_nothing_is_restored(
    project: Project, free: Elsewhere, tmp_path: Path, target: str
) -> None:
    secrets.load(project)
    made = backups.backup(project, tmp_path / target, with_secrets=True)
    files = sorted(path for path in [made.path, *made.path.rglob("*")] if path.is_file())
    before, dice = databases(project), random.Random(target)
    for _ in range(30):
        with damaged(dice.choice(files), dice) as said:
            with pytest.raises((InvalidInput, NotFound)) as told:
                backups.restore(made.path, tmp_path / "again", elsewhere=free)
            assert told.value.next_step, said
        assert names_in(tmp_path) == [target], said
    assert databases(project) == before
    backups.restore(made.path, tmp_path / "again", elsewhere=free)


@pytest.mark.soak
def test_five_hundred_damages_of_a_file_are_all_refused(
    project: Project, free: Elsewhere, tmp_path: Path
) -> None:
    made, dice = backups.backup(project, tmp_path / "pans.tar"), random.Random(500)
    for _ in range(500):
        with damaged(made.path, dice), pytest.raises((InvalidInput, NotFound)):
            backups.restore(made.path, tmp_path / "again", elsewhere=free)


def test_a_damaged_project_is_not_backed_up_and_the_damage_is_named(project: Project, tmp_path: Path) -> None:
    dice = random.Random(8)
    paths = sorted(path for path in project.tasks_dir.rglob("*") if path.is_file())
    for _ in range(6):
        path = dice.choice(paths)
        with damaged(path, dice) as said:
            for target in (tmp_path / "home", tmp_path / "pans.tar"):
                with pytest.raises(InvalidInput) as told:
                    backups.backup(project, target)
                assert path.parent.name in told.value.what, said
    assert names_in(tmp_path) == ["home"]
    assert names_in(tmp_path / "home") == [".lock"]


def test_a_folder_or_a_database_that_is_not_empty_is_left_alone(
    project: Project, free: Elsewhere, tmp_path: Path
) -> None:
    made = backups.backup(project, tmp_path / "pans.tar")
    with pytest.raises(Conflict, match="is not empty") as told:
        backups.restore(made.path, tmp_path / "again")
    assert "--database" in told.value.next_step
    assert not (tmp_path / "again").exists()
    assert audit.verify(project).lines == 3
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    with pytest.raises(Conflict, match="already"):
        backups.restore(made.path, tmp_path / "mine", elsewhere=free)
    with pytest.raises(Conflict, match="already"):
        backups.backup(project, made.path)
    assert names_in(tmp_path / "mine") == ["notes.txt"]


def test_what_cannot_be_a_backup_is_said_to_be_none(project: Project, tmp_path: Path) -> None:
    (tmp_path / "a.tar").write_bytes(b"nothing of the kind")
    for source, reason in (("a.tar", "no backup"), ("gone.tar", "is not there"), (".", "holds no backup")):
        with pytest.raises((InvalidInput, NotFound), match=reason):
            backups.restore(tmp_path / source, tmp_path / "again")
    with pytest.raises(InvalidInput, match="own artifacts"):
        backups.backup(project, project.tasks_dir / "backups")


def test_a_backup_of_a_newer_release_is_refused_by_name(project: Project, tmp_path: Path) -> None:
    made = backups.backup(project, tmp_path / "home")
    path = made.path / "backup.json"
    body = json.loads(path.read_bytes())
    body.pop(sealing.KEY)
    path.write_bytes(sealing.sealed(json.dumps({**body, "format": 9}, indent=1) + "\n"))
    with pytest.raises(InvalidInput, match="format 9; this release knows up to 1"):
        backups.restore(made.path, tmp_path / "again")


def test_a_restore_that_fails_in_the_database_leaves_nothing(
    project: Project, free: Elsewhere, tmp_path: Path
) -> None:
    """The backup is whole, but has a row that only the database it comes from takes."""
    name = project.settings.services.postgres_database
    with database.engine(project).begin() as connection:
        connection.exec_driver_sql(
            "CREATE FUNCTION here(n int) RETURNS boolean LANGUAGE plpgsql AS "
            f"'BEGIN RETURN current_database() = ''{name}''; END'"
        )
        connection.exec_driver_sql("CREATE TABLE blocked (n int CHECK (here(n)))")
        connection.exec_driver_sql("INSERT INTO blocked VALUES (1)")
    made, before = backups.backup(project, tmp_path / "pans.tar"), databases(project)
    with pytest.raises(UserError, match=r"The database understudy could not be restored: .*blocked"):
        backups.restore(made.path, tmp_path / "again", elsewhere=free)
    assert databases(project) == before
    assert names_in(tmp_path) == ["pans.tar"]


def test_a_full_disk_is_one_sentence_and_leaves_nothing(
    project: Project, free: Elsewhere, tmp_path: Path, small_disk: Path
) -> None:
    with artifacts.draft(project, "runs", TASK, "run_2") as draft:
        (draft.folder / "weights.bin").write_bytes(os.urandom(3_000_000))
        draft.publish()
    for target in (small_disk / "home", small_disk / "pans.tar"):
        with pytest.raises(DiskFull, match="is full"):
            backups.backup(project, target)
    assert names_in(small_disk) == ["home"]
    assert names_in(small_disk / "home") == [".lock"]
    made, before = backups.backup(project, tmp_path / "pans.tar"), databases(project)
    with pytest.raises(DiskFull, match="is full"):
        backups.restore(made.path, small_disk / "again", elsewhere=free)
    assert names_in(small_disk) == ["home"]
    assert databases(project) == before


def test_a_folder_that_may_not_be_written_to_is_one_sentence(project: Project, tmp_path: Path) -> None:
    made = backups.backup(project, tmp_path / "pans.tar")
    nowhere = Path("/sys/nowhere")  # where nobody may make a folder, not even root
    for work in (
        lambda: backups.backup(project, nowhere / "home"),
        lambda: backups.backup(project, nowhere / "pans.tar"),
        lambda: backups.restore(made.path, nowhere / "again"),
    ):
        with pytest.raises(NotAllowed, match="may not be") as told:
            work()
        assert told.value.next_step


def test_any_tar_program_reads_the_file(project: Project, tmp_path: Path) -> None:
    made = backups.backup(project, tmp_path / "pans.tar")
    with tarfile.open(made.path) as tar:
        names = tar.getnames()
        tar.extractall(tmp_path / "out", filter="data")
    assert names[-1] == "backup.json"
    assert keeping.verify(projects.open_project(tmp_path / "out" / "project"), named=()).sound


def test_what_was_removed_on_purpose_stays_explained(
    project: Project, free: Elsewhere, tmp_path: Path
) -> None:
    removals.remove(project, artifacts.load(project, "imports", TASK, "imp_1"), by="ann", why="90 days")
    made = backups.backup(project, tmp_path / "pans.tar")
    restored = backups.restore(made.path, tmp_path / "again", elsewhere=free)
    assert (restored.report.artifacts, restored.report.removed) == (8, 1)


def test_what_is_published_and_written_during_a_backup_is_not_of_its_moment(
    project: Project, free: Elsewhere, tmp_path: Path
) -> None:
    def meddle(told: str) -> None:
        if told.startswith("Copying the database understudy"):
            publish(project, "labels", TASK, table_of(random.Random(9), 5), "lab_2")
            audit.append(project, actor="ben", action="tests.line", subject="late")
            removals.remove(project, artifacts.load(project, "votes", TASK, "g0001"), by="ben", why="late")

    made = backups.backup(project, tmp_path / "pans.tar", tell=meddle)
    restored = backups.restore(made.path, tmp_path / "again", elsewhere=free)
    there = restored.project
    assert [each.artifact_id for each in artifacts.listing(there, "labels")] == ["lab_1"]
    assert artifacts.listing(there, "votes") == []
    assert restored.report.removed == 1
    assert {line.actor for line in audit.listing(there, audit.Filters(kind="tests"))} == {"ann"}
    assert audit.verify(there).intact
    database.engine(there).dispose()


def test_what_the_database_names_is_in_the_moment_with_what_it_came_from(project: Project) -> None:
    listed = {"pans/records/rec_1"}
    named = (names.Named(TASK, "evaluations/eva_1", "jobs job_1"),)
    assert moment._with_sources(project, listed, named) == {
        f"{TASK}/{each}"
        for each in ("records/rec_1", "evaluations/eva_1", "datasets/v0001", "runs/run_1", "duplicates/dup_1",
                     "labels/lab_1", "reviews/g0001")
    }  # fmt: skip


def test_the_change_feed_is_not_held_up_by_a_backup(project: Project) -> None:
    with moment.taken(project):
        with database.engine(project).begin() as connection:
            connection.execute(insert(tables.numbers).values(scope="tests", last=1))
        assert settling.settles(project)


def test_two_backups_at_once_into_one_folder_are_not_mixed(project: Project, tmp_path: Path) -> None:
    refused: list[UserError] = []

    def meddle(told: str) -> None:
        if told.startswith("Reading"):
            with pytest.raises(Conflict, match="Another backup") as second:
                backups.backup(project, tmp_path / "home")
            refused.append(second.value)

    backups.backup(project, tmp_path / "home", tell=meddle)
    assert len(refused) == 1


def test_a_project_that_never_started_has_nothing_to_back_up(tmp_path: Path) -> None:
    with open_folder() as folder:
        made = projects.create(folder / "new", "new")
        with pytest.raises(UserError, match="never started"):
            backups.backup(made, tmp_path / "new.tar")
