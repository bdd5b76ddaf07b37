"""Views: exactly the rows that manifests name, in the declared columns, whatever the folder is called."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storage import artifacts, schemas, views
from storage import project as projects
from storage.project import Project
from tests.storage.sample_rows import duplicates, records


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return projects.create(tmp_path / "pans", "pans")


def publish(project: Project, kind: str, table: pa.Table, artifact_id: str, task: str = "pans") -> None:
    with artifacts.draft(project, kind, task, artifact_id) as draft:
        draft.write_table(f"{kind}.parquet", table, kind)
        draft.publish()


def test_every_view_answers_before_anything_is_published(project: Project) -> None:
    with views.connect(project) as connection:
        names = [row[0] for row in connection.sql("SELECT view_name FROM duckdb_views()").fetchall()]
        ours = [name for name in names if name in (*views._VIEWS, "runs")]
        assert len(ours) == len(views._VIEWS) + 1
        for name in ours:
            assert connection.sql(f'SELECT * FROM "{name}"').fetchall() == []


def test_rows_carry_their_task_and_artifact(project: Project) -> None:
    publish(project, "records", records("a"), "rec_1")
    publish(project, "records", records("b"), "rec_2", task="lids")
    rows = views.rows(project, "SELECT task, artifact, record_id FROM records ORDER BY record_id")
    assert rows == [
        {"task": "pans", "artifact": "rec_1", "record_id": "a"},
        {"task": "lids", "artifact": "rec_2", "record_id": "b"},
    ]
    only = views.rows(project, "SELECT record_id FROM records", task="lids")
    assert only == [{"record_id": "b"}]


def test_values_reach_the_query_as_parameters(project: Project) -> None:
    publish(project, "records", records("a", "it's"), "rec_1")
    found = views.rows(project, "SELECT row_number FROM records WHERE record_id = ?", ["it's"])
    assert found == [{"row_number": 2}]


def test_the_latest_duplicates_replace_the_earlier(project: Project) -> None:
    publish(project, "duplicates", duplicates("a", "b", cluster=1), "dup_1")
    publish(project, "duplicates", duplicates("a", cluster=2), "dup_2")
    rows = views.rows(project, "SELECT record_id, cluster FROM duplicates")
    assert rows == [{"record_id": "a", "cluster": 2}]


@pytest.mark.parametrize(
    "name", ["p[x]", "p*", "p**", "p?", "back\\slash", "it's", "{a,b}", "output=1", "ä ü 😀"]
)
def test_a_project_folder_may_have_any_name(tmp_path: Path, name: str) -> None:
    neighbour = projects.create(tmp_path / "px", "other")
    publish(neighbour, "records", records("not", "ours"), "rec_1")
    ours = projects.create(tmp_path / name, "pans")
    publish(ours, "records", records("a"), "rec_1")
    rows = views.rows(ours, "SELECT record_id, artifact FROM records")
    assert rows == [{"record_id": "a", "artifact": "rec_1"}]


def test_a_folder_called_like_a_column_does_not_replace_it(tmp_path: Path) -> None:
    ours = projects.create(tmp_path / "gold=wrong", "pans")
    publish(ours, "records", records("a"), "rec_1")
    assert views.rows(ours, "SELECT gold FROM records") == [{"gold": "Kitchen"}]


def test_rows_of_an_older_schema_version_are_brought_forward(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(project, "records", records("a"), "rec_1")

    def renamed(table: pa.Table) -> pa.Table:
        place = table.column_names.index("source")
        return table.set_column(place, "source", pa.array(["upgraded"] * table.num_rows))

    monkeypatch.setitem(schemas.VERSIONS, "records", 2)
    monkeypatch.setitem(schemas.UPGRADES, ("records", 1), renamed)
    publish(project, "records", records("b"), "rec_2")
    rows = views.rows(project, "SELECT record_id, source FROM records ORDER BY record_id")
    assert rows == [
        {"record_id": "a", "source": "upgraded"},
        {"record_id": "b", "source": "pans.csv"},
    ]


def test_a_file_deleted_by_hand_is_loud(project: Project) -> None:
    publish(project, "records", records("a"), "rec_1")
    (project.artifacts_dir("pans", "records") / "rec_1" / "records.parquet").unlink()
    with pytest.raises(Exception, match=r"records\.parquet"):
        views.rows(project, "SELECT * FROM records")


def test_files_of_a_hundred_artifacts_are_one_view(project: Project) -> None:
    for number in range(100):
        publish(project, "records", records(f"r{number:03}"), f"rec_{number:03}")
    assert views.rows(project, "SELECT count(DISTINCT artifact) AS n FROM records") == [{"n": 100}]
    path = project.artifacts_dir("pans", "records") / "rec_007" / "records.parquet"
    assert pq.read_schema(path).names == schemas.SCHEMAS["records"].names
