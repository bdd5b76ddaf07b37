"""Where a record stands: every place it was put is found, and no place of another record."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import insert

from storage import artifacts, audit, database, schemas
from storage import project as projects
from storage.database import tables
from storage.errors import NotFound
from storage.keeping import backups
from storage.keeping.mentions import Needles
from storage.keeping.whereabouts import Place, whereabouts
from storage.project import Project

TASK, HER, OTHER = "pans", "rec_her", "rec_other"
TEXT = 'A pan of "Ines", 5%_off \\ für Öl'


def put(project: Project, kind: str, artifact_id: str, rows: dict[str, list[dict[str, object]]],
        *inputs: str, **texts: str) -> None:  # fmt: skip
    with artifacts.draft(project, kind, TASK, artifact_id) as draft:
        for schema, each in rows.items():
            draft.write_table(f"{schema}.parquet", schemas.from_rows(each, schema), schema)
        for name, text in texts.items():
            draft.write_text(f"{name}.md", text)
        draft.publish(inputs=inputs)


@pytest.fixture
def project(project_with_database: Project) -> Project:
    """A record of hers beside another in an import, records, labels, a version and a run made of it."""
    path = project_with_database.root / projects.SETTINGS_NAME
    path.write_text(path.read_text() + 'argilla_url = "http://argilla.example.org"\n')
    made = projects.open_project(project_with_database.root)
    spelled = {HER: TEXT, OTHER: "Another pan altogether"}
    put(made, "imports", "imp_1", {"raw": [
        {"row_number": 2, "row": json.dumps({"title": TEXT})}, {"row_number": 3, "row": "{}"}],
        "rejects": [{"row_number": 4, "reason": "no brand", "row": TEXT}]})  # fmt: skip
    put(made, "records", "rec_1", {"records": [
        {"record_id": each, "row_number": number, "inputs": json.dumps({"title": text, "brand": "Lodge"})}
        for number, (each, text) in enumerate(spelled.items(), start=2)]}, "imports/imp_1")  # fmt: skip
    put(made, "labels", "lab_1", {"labels": [{"label_id": each, "record_id": each} for each in spelled]})
    for version, ids in (("v0001", [HER, OTHER]), ("v0002", [OTHER])):
        rows: list[dict[str, object]] = [{"record_id": each, "split": "train"} for each in ids]
        put(made, "datasets", version, {"dataset_rows": rows}, "records/rec_1")
        put(made, "runs", f"run_{version}", {"run_events": []}, f"datasets/{version}", README="Trained.")
    return made


def test_every_place_is_found_and_none_of_another_record(project: Project, tmp_path: Path) -> None:
    with database.engine(project).begin() as connection:
        ledger = {"task": TASK, "import_id": "imp_1"}
        for each in (HER, OTHER):
            connection.execute(insert(tables.held_out).values(record_id=each, **ledger))
    audit.append(project, actor="ann", action="gold.mark", subject=f"{TASK}/{HER}")
    log = project.jobs_dir / "job_1" / "log.txt"
    log.parent.mkdir(parents=True)
    log.write_text(f"read 2 rows\nmade {HER}\nfrom {TEXT}\n")
    (project.cache_dir / "demo").mkdir(parents=True)
    (project.cache_dir / "demo" / "rows.jsonl").write_text(json.dumps({"title": TEXT}) + "\n{}\n")
    (project.cache_dir / "demo" / "model.safetensors").write_bytes(b"weights")
    folder = backups.backup(project, tmp_path / "home")
    file = backups.backup(project, tmp_path / "pans.tar")
    found = whereabouts(project, [HER], backups=[tmp_path / "home", file.path, tmp_path / "gone.tar"])
    assert set(found.places) == {
        Place("artifact", f"{TASK}/imports/imp_1/raw.parquet", 1, 0),
        Place("artifact", f"{TASK}/imports/imp_1/rejects.parquet", 0, 1),
        Place("artifact", f"{TASK}/records/rec_1/records.parquet", 1, 0),
        Place("artifact", f"{TASK}/labels/lab_1/labels.parquet", 1, 0),
        Place("artifact", f"{TASK}/datasets/v0001/dataset_rows.parquet", 1, 0),
        Place("database", "public.held_out", 1, 0),
        Place("database", "public.audit", 0, 1),
        Place("file", "jobs/job_1/log.txt", 0, 2),
        Place("file", "cache/demo/rows.jsonl", 0, 1),
        Place("backup", str(folder.path), 4, 0),
        Place("backup", str(file.path), 4, 0),
    }
    assert found.trained == (f"{TASK}/run_v0001",)
    said = "\n".join(found.unsearched)
    assert "argilla.example.org" in said
    assert "model.safetensors" in said
    assert "gone.tar" in said


def test_a_record_that_nobody_has_is_not_found(project: Project) -> None:
    with pytest.raises(NotFound, match="No artifact has the record rec_nobody"):
        whereabouts(project, ["rec_nobody"])


def test_a_text_of_a_few_characters_is_not_looked_for() -> None:
    assert Needles.of(["r1"], ["Lodge", "x" * 11]).all == ["r1"]
    assert len(Needles.of(["r1"], [TEXT]).texts) == 3
