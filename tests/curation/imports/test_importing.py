"""Imports into a real project: each record once, held out by hash, and nothing half done."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from curation import imports, tasks
from curation.imports import making
from curation.imports.mapping import ColumnMapping
from curation.imports.records import share_positions
from curation.tasks import HeldOutWhere, Task
from storage import artifacts, database, views
from storage.database import tables
from storage.errors import NotFound
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
    assert vars(reject) == {"row_number": 1, "reason": making.ERASED, "row": ""}
    for name in ("raw.parquet", "rejects.parquet", "steps.parquet", "uncertain.parquet"):
        table = artifacts.read_table(artifacts.load(project, "imports", other.name, result.import_id), name)
        assert "Wok   7" not in str(table.to_pylist())
        assert "Wok 7" not in str(table.to_pylist())
