import json
from pathlib import Path

import pytest

from storage import artifacts, schemas
from storage import project as projects
from storage.project import Project
from tests.ui.cli.commands import answer, understudy


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = projects.create(tmp_path / "project", "questions")
    rows = [
        {
            "record_id": f"r{number}",
            "inputs": json.dumps({"title": f"a kettle {number}"}),
            "held_out": number == 0,
        }
        for number in range(30)
    ]
    with artifacts.draft(made, "records", "kettles", "rec_1") as draft:
        draft.write_table("records.parquet", schemas.from_rows(rows, "records"), "records")
        draft.publish()
    return made


def test_a_select_answers_with_a_table_or_one_object(project: Project) -> None:
    select = "SELECT held_out, count(*) AS n FROM records GROUP BY 1 ORDER BY 1"
    shown = understudy("sql", select, "-p", project.root).stdout.splitlines()
    assert [line.split() for line in shown] == [["HELD_OUT", "N"], ["False", "29"], ["True", "1"]]
    found = answer("sql", select, "-p", project.root)
    assert found == {
        "columns": ["held_out", "n"],
        "rows": [{"held_out": False, "n": 29}, {"held_out": True, "n": 1}],
        "truncated": False,
    }


def test_without_a_statement_the_views_are_listed(project: Project) -> None:
    assert "record_id" in answer("sql", "-p", project.root)["views"]["records"]


def test_only_so_many_rows_are_shown_and_it_says_so(project: Project) -> None:
    finished = understudy("sql", "FROM records", "--limit", "5", "-p", project.root)
    assert len(finished.stdout.splitlines()) == 6
    assert "first 5 rows" in finished.stderr


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("SELECT 1; SELECT 2", "this is SELECT, SELECT"),
        ("DROP VIEW records", "this is DROP"),
        ("COPY records TO '{root}/tasks/out.csv'", "this is COPY"),
        ("SET threads = 1", "this is SET"),
        ("SELECT * FROM read_text('/etc/passwd')", "Permission Error"),
        ("SELECT * FROM read_text('{root}/understudy.toml')", "Permission Error"),
        ("SELECT * FROM '{root}/services/*'", "does not exist"),
        ("SELECT nothing FROM records", "nothing"),
    ],
)
def test_what_is_not_one_select_over_the_views_is_refused(
    project: Project, statement: str, reason: str
) -> None:
    before = sorted(project.root.rglob("*"))
    finished = understudy("sql", statement.replace("{root}", str(project.root)), "-p", project.root, status=2)
    assert reason in finished.stderr
    assert sorted(project.root.rglob("*")) == before


def test_a_query_without_end_is_stopped(project: Project) -> None:
    endless = "SELECT count(*) FROM range(1000000000000) a, range(1000000) b"
    finished = understudy("sql", endless, "--time-limit", "0.5", "-p", project.root, status=2)
    assert "longer than 0.5 s" in finished.stderr


def test_a_text_that_would_redraw_the_terminal_does_not(project: Project) -> None:
    shown = understudy(
        "sql", "SELECT 'red' || chr(27) || '[31m' || chr(10) || 'two' AS t", "-p", project.root
    )
    assert shown.stdout.splitlines() == ["T", "red·[31m·two"]
