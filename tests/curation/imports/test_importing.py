"""Imports into a real project: each record once, held out by hash, and nothing half done."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from curation import erased, imports, tasks
from curation.imports import importing, making
from curation.imports.mapping import ColumnMapping
from curation.imports.records import share_positions
from curation.tasks import HeldOutWhere, Task
from storage import artifacts, database, jobs, views
from storage.database import tables
from storage.errors import InvalidInput, NotFound
from storage.identifiers import now
from storage.project import Project

MAPPING = ColumnMapping(
    inputs={"Title": "title", "Brand": "brand"}, gold="category", extras=("seller", "teacher")
)
HEADER = "Title,Brand,category,seller,teacher\n"


@pytest.fixture
def task(project_with_database: Project) -> Task:
    return tasks.create(
        project_with_database,
        Task(
            name="shelf",
            title="Shelf",
            input_columns=("title", "brand"),
            labels=("Cookware", "Tea"),
            held_out_share=0.25,
            held_out_where=HeldOutWhere(column="seller", values=("only later",)),
        ),
    )


def written(project: Project, lines: Iterable[str], name: str = "a.csv") -> Path:
    path = project.root / name
    path.write_text(HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    return path


def line(number: int, seller: str = "shop") -> str:
    return f"Wok {number},Lodge,Cookware,{seller},Tea"


def brought_in(project: Project, path: Path, mapping: ColumnMapping = MAPPING) -> imports.ImportResult:
    return imports.import_file(project, "shelf", path, mapping, source="test", imported_by="owner")


def records(project: Project) -> list[dict[str, Any]]:
    return views.rows(project, "SELECT * FROM records ORDER BY artifact, row_number", task="shelf")


def ledger(project: Project) -> set[str]:
    with database.engine(project).connect() as connection:
        return set(connection.execute(select(tables.held_out.c.record_id)).scalars())


def leftovers(project: Project) -> list[Path]:
    return list(project.tasks_dir.rglob(".tmp-*"))


def test_rows_become_cleaned_redacted_records(project_with_database: Project, task: Task) -> None:
    path = written(
        project_with_database, ['"  Red   wok, write to a@b.example ",,Cookware,"call 01632 960123",Tea']
    )
    result = brought_in(project_with_database, path)
    assert (result.read, result.new, result.known, result.rejected) == (1, 1, 0, 0)
    [record] = records(project_with_database)
    assert orjson.loads(record["inputs"]) == {"title": "Red wok, write to [email]", "brand": ""}
    assert orjson.loads(record["extras"]) == {"seller": "call [phone]", "teacher": "Tea"}
    assert (record["row_number"], record["source"]) == (2, "test")
    [past] = imports.listing(project_with_database, "shelf")
    assert (past.emails_masked, past.phones_masked, past.imported_by) == (1, 1, "owner")
    assert artifacts.verify(project_with_database) == []


def test_importing_again_changes_nothing(project_with_database: Project, task: Task) -> None:
    path = written(project_with_database, map(line, range(40)))
    first = brought_in(project_with_database, path)
    before = sorted(path for path in project_with_database.tasks_dir.rglob("*"))
    second = brought_in(project_with_database, path)
    assert (second.again, second.new, second.known) == (True, 0, 40)
    assert second.import_id == first.import_id
    assert sorted(path for path in project_with_database.tasks_dir.rglob("*")) == before


def test_a_longer_file_brings_only_what_is_new(project_with_database: Project, task: Task) -> None:
    brought_in(project_with_database, written(project_with_database, map(line, range(10))))
    result = brought_in(project_with_database, written(project_with_database, map(line, range(15)), "b.csv"))
    assert (result.new, result.known, result.again) == (5, 10, False)
    assert len({record["record_id"] for record in records(project_with_database)}) == 15


def test_of_two_rows_that_say_the_same_the_first_is_kept(project_with_database: Project, task: Task) -> None:
    rows = ["Wok,Lodge,Cookware,shop,first", " Wok ,Lodge,Tea,shop,second"]
    result = brought_in(project_with_database, written(project_with_database, rows))
    assert (result.new, result.known, result.repeated) == (1, 1, 1)
    [record] = records(project_with_database)
    assert orjson.loads(record["extras"])["teacher"] == "first"


def test_held_out_is_decided_by_hash_and_rule_and_gold_stays_with_it(
    project_with_database: Project, task: Task
) -> None:
    sellers = ("shop", "shop", "shop", "shop", "only later")
    rows = [line(number, seller) for number in range(100) for seller in [sellers[number % 5]]]
    result = brought_in(project_with_database, written(project_with_database, rows))
    found = records(project_with_database)
    apart = {record["record_id"] for record in found if record["held_out"]}
    assert result.held_out == len(apart)
    assert ledger(project_with_database) == apart
    for record in found:
        by_rule = orjson.loads(record["extras"])["seller"] == "only later"
        assert record["held_out"] == (by_rule or share_positions("shelf", [record["record_id"]])[0] < 0.25)
        assert record["gold"] == ("Cookware" if record["held_out"] else None)
    shared = [record for record in found if orjson.loads(record["extras"])["seller"] == "shop"]
    assert 10 <= sum(record["held_out"] for record in shared) <= 32


def test_the_share_by_hash_is_the_share_asked_for() -> None:
    ids = [f"rec_{number:05d}" for number in range(20_000)]
    places = share_positions("shelf", ids)
    assert abs(sum(place < 0.1 for place in places) / 20_000 - 0.1) < 0.01
    assert share_positions("other", ids)[1] != places[1]


def test_rows_of_no_use_are_kept_with_their_reasons(project_with_database: Project, task: Task) -> None:
    rows = [
        "Wok,Lodge,Cookware,shop,Tea",
        ",,Tea,shop,Tea",
        "Pan,Lodge,Furniture,shop,Tea",
        f"{'x' * 160_000},{'y' * 160_000},Tea,shop,Tea",
        "Too,few",
    ]
    result = brought_in(project_with_database, written(project_with_database, rows))
    assert (result.read, result.new, result.rejected) == (5, 1, 4)
    found = imports.rejects(project_with_database, "shelf", result.import_id, 10)
    assert [(reject.row_number, reject.reason) for reject in found] == [
        (3, "Every input is empty."),
        (4, "Its 'category' cannot stand: \"Furniture\" is not one of the 2 labels."),
        (5, "Its inputs have 320,000 characters; 300,000 are the most."),
        (6, "It has 2 cells; the header has 5."),
    ]
    assert '"Title":"Pan"' in found[1].row
    with pytest.raises(NotFound, match="imports/imp_none"):
        imports.rejects(project_with_database, "shelf", "imp_none")


def test_a_json_row_without_an_input_is_rejected_for_it(project_with_database: Project, task: Task) -> None:
    path = project_with_database.root / "a.jsonl"
    path.write_text('{"Title": "Wok", "Brand": "Lodge"}\n{"Title": "Pan"}\n')
    mapping = ColumnMapping(inputs=MAPPING.inputs, extras=())
    tasks.update(project_with_database, task.model_copy(update={"held_out_where": None}), based_on=1)
    result = brought_in(project_with_database, path, mapping)
    [reject] = imports.rejects(project_with_database, "shelf", result.import_id)
    assert (reject.row_number, reject.reason) == (2, "It has no 'Brand'.")


def test_a_missing_column_is_refused_with_the_columns_seen(
    project_with_database: Project, task: Task
) -> None:
    path = project_with_database.root / "a.csv"
    path.write_text("Name,Brand\nWok,Lodge\n")
    with pytest.raises(InvalidInput, match=r"no column 'Title'.*It has 'Name', 'Brand'"):
        brought_in(project_with_database, path)
    assert not project_with_database.tasks_dir.exists()


def test_a_file_without_rows_leaves_nothing(project_with_database: Project, task: Task) -> None:
    path = project_with_database.root / "a.csv"
    path.write_text(HEADER)
    with pytest.raises(InvalidInput, match="column names and no rows"):
        brought_in(project_with_database, path)
    assert imports.listing(project_with_database, "shelf") == []
    assert leftovers(project_with_database) == []


def test_a_failure_on_the_way_leaves_no_record_and_no_import(
    project_with_database: Project, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(project_with_database, map(line, range(30)))

    def broken(*_: object) -> None:
        raise RuntimeError("the ledger is out")

    with monkeypatch.context() as patch:
        patch.setattr(importing, "_enter_in_ledger", broken)
        with pytest.raises(RuntimeError, match="the ledger is out"):
            brought_in(project_with_database, path)
    assert imports.listing(project_with_database, "shelf") == []
    assert records(project_with_database) == []
    assert leftovers(project_with_database) == []
    assert brought_in(project_with_database, path).new == 30


def test_an_import_that_lost_its_records_says_so_and_importing_again_brings_them(
    project_with_database: Project, task: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(project_with_database, map(line, range(30)))
    publish = artifacts.Draft.publish

    def killed_before_records(draft: artifacts.Draft, **given: Any) -> artifacts.Manifest:
        if draft.kind == "records":
            raise KeyboardInterrupt
        return publish(draft, **given)

    with monkeypatch.context() as patch:
        patch.setattr(artifacts.Draft, "publish", killed_before_records)
        with pytest.raises(KeyboardInterrupt):
            brought_in(project_with_database, path)
    assert [past.complete for past in imports.listing(project_with_database, "shelf")] == [False]
    apart = ledger(project_with_database)
    assert brought_in(project_with_database, path).new == 30
    assert [past.complete for past in imports.listing(project_with_database, "shelf")] == [True, False]
    assert ledger(project_with_database) == apart


def test_two_imports_at_once_store_each_record_once(project_with_database: Project, task: Task) -> None:
    paths = [
        written(project_with_database, map(line, range(start, start + 200)), f"{start}.csv")
        for start in (0, 100)
    ]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda path: brought_in(project_with_database, path), paths))
    found = [record["record_id"] for record in records(project_with_database)]
    assert len(found) == len(set(found)) == 300
    assert sum(result.new for result in results) == 300


def test_an_import_runs_as_a_job_too(project_with_database: Project, task: Task) -> None:
    path = written(project_with_database, map(line, range(20)))
    job = imports.start(project_with_database, "shelf", path, MAPPING, source="upload", imported_by="owner")
    jobs.run_inline(project_with_database, job.job_id)
    done = jobs.get(project_with_database, job.job_id)
    assert (done.status, done.summary["new"]) == ("succeeded", 20)
    assert done.artifact == f"imports/{done.summary['import_id']}"
    assert imports.listing(project_with_database, "shelf")[0].source == "upload"


def test_an_erased_record_is_not_brought_back_and_its_text_is_kept_nowhere(
    project_with_database: Project, task: Task
) -> None:
    project = project_with_database
    brought_in(project, written(project, [line(number) for number in range(20)]))
    gone = next(row for row in records(project) if "Wok 7" in row["inputs"])
    with database.engine(project).begin() as connection:
        connection.execute(
            tables.erasures.insert().values(
                erasure_id="era_1", requested_by="owner", reason="asked for", requested_at=now()
            )
        )
        erased.keep(connection, "era_1", [gone["record_id"]])
    other = tasks.create(project, task.model_copy(update={"name": "second"}))
    path = written(project, ["  Wok   7 ,Lodge,Cookware,shop,Tea", line(99)], "b.csv")
    result = imports.import_file(project, other.name, path, MAPPING, imported_by="owner")
    assert (result.read, result.new, result.rejected) == (2, 1, 1)
    (reject,) = imports.rejects(project, other.name, result.import_id)
    assert vars(reject) == {"row_number": 2, "reason": making.ERASED, "row": ""}
    for name in ("raw.parquet", "rejects.parquet", "steps.parquet", "uncertain.parquet"):
        table = artifacts.read_table(artifacts.load(project, "imports", other.name, result.import_id), name)
        assert "Wok   7" not in str(table.to_pylist())
        assert "Wok 7" not in str(table.to_pylist())
