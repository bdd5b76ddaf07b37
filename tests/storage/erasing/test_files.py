"""Files that are no artifacts: masked where they stand, or gone where they are somebody's upload."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from storage import artifacts
from storage import project as projects
from storage.erasing import files
from storage.erasing.needles import Needles
from storage.erasing.sieving import WINDOW_BYTES
from storage.project import Project
from tests.storage.keeping.filled import fill

TEXT = 'Pan of "Ines Ö."'
NEEDLES = Needles.of([TEXT, "rec_her"])


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = projects.create(tmp_path / "pans", "pans")
    fill(made)
    return made


def put(project: Project, name: str, content: bytes) -> Path:
    path = project.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_log_that_is_open_elsewhere_is_masked_in_place(project: Project) -> None:
    path = put(project, "services/logs/app.log", f"before {TEXT} behind rec_her\nnext\n".encode())
    with path.open("ab") as writer:
        writer.flush()
        files.erase(project, NEEDLES)
        writer.write(b"and on\n")
    stars = "*" * len(TEXT.encode())
    assert path.read_text() == f"before {stars} behind *******\nnext\nand on\n"


def test_what_stands_in_parts_of_jobs_goes_whole_so_that_a_job_may_go_on(project: Project) -> None:
    line = json.dumps({"record_id": "rec_her", "output": TEXT, "n": 1})
    jsonl = put(project, "jobs/job_1/answers.jsonl", f'{{"record_id": "b"}}\n{line}\n'.encode())
    parquet = project.root / "jobs" / "job_1" / "part.parquet"
    pq.write_table(pa.table({"note": ["a", TEXT]}), parquet)
    plan = {"artifact_id": "lab_1", "record_ids": ["a", "rec_her", "b"], "asked": [{"record_id": "rec_her"}]}
    planned = put(project, "jobs/job_1/plan.json", json.dumps({**plan, "said": TEXT}).encode())
    broken = put(project, "jobs/job_1/broken.json", f'{{"n": NaN, "said": "{TEXT[:3]} rec_her"}}'.encode())
    packed = project.root / "jobs" / "job_1" / "kept.jsonl.gz"
    packed.write_bytes(gzip.compress(line.encode()))
    done = files.erase(project, NEEDLES)
    assert set(done.files) == {
        f"jobs/job_1/{name}"
        for name in ("answers.jsonl", "broken.json", "part.parquet", "kept.jsonl.gz", "plan.json")
    }
    assert jsonl.read_text() == '{"record_id": "b"}\n'
    assert json.loads(planned.read_bytes()) == {
        "artifact_id": "lab_1", "record_ids": ["a", "b"], "asked": [], "said": "[erased]",
    }  # fmt: skip
    assert broken.read_text() == '{"n": NaN, "said": "Pan *******"}'
    assert pq.read_table(parquet)["note"].to_pylist() == ["a", "[erased]"]
    assert b"Ines" not in gzip.decompress(packed.read_bytes())
    assert files.look(project, NEEDLES).files == {}


@pytest.mark.parametrize("before", [0, 1, WINDOW_BYTES - 5, WINDOW_BYTES, 2 * WINDOW_BYTES - 40])
def test_a_text_is_found_wherever_it_stands_among_other_bytes(project: Project, before: int) -> None:
    noise = bytes(range(256)) * (before // 256 + 1)
    path = put(project, "services/dump.bin", noise[:before] + TEXT.encode() + noise)
    assert files.in_bytes(path, NEEDLES) == 1
    assert files.in_bytes(path, Needles.of(["nowhere in it", "Pan of 'Ines"])) == 0


def test_an_upload_goes_whole_by_its_text_or_by_the_import_it_was_read_for(project: Project) -> None:
    told = put(
        project, "cache/uploads/a/shelf.csv", f'title\n"{TEXT.replace(chr(34), chr(34) * 2)}"\n'.encode()
    )
    packed = put(project, "cache/uploads/b/shelf.xlsx", b"PK packed")
    other = put(project, "cache/uploads/c/other.csv", b"title\nPan\n")
    unknown = put(project, "cache/uploads/d/other.xlsx", b"PK other")
    condemned = frozenset({artifacts.sha256_of(packed)})
    seen = files.look(project, NEEDLES, condemned)
    assert told.exists()
    done = files.erase(project, NEEDLES, condemned)
    assert seen == done
    assert done.deleted == ["cache/uploads/a/shelf.csv", "cache/uploads/b/shelf.xlsx"]
    assert done.closed == ["cache/uploads/d/other.xlsx"]
    assert [path.exists() for path in (told, packed, other, unknown)] == [False, False, True, True]


def test_published_files_settings_and_secrets_are_left_alone(project: Project) -> None:
    put(project, "services/secrets.json", TEXT.encode())
    settings = project.root / projects.SETTINGS_NAME
    known = set(files.listed(project))
    assert settings not in known
    assert not any(path.is_relative_to(project.services_dir) for path in known)
    assert not any(path.name == "labels.parquet" for path in known)
    stray = put(project, "tasks/pans/labels/lab_1/left.txt", TEXT.encode())
    assert stray in set(files.listed(project))


def test_weights_and_broken_files_are_told_of(project: Project) -> None:
    put(project, "jobs/job_1/adapter.safetensors", b"weights")
    put(project, "jobs/job_1/broken.parquet", b"no parquet")
    put(project, "jobs/job_1/broken.gz", b"\x1f\x8b broken")
    assert sorted(files.look(project, NEEDLES).closed) == [
        "jobs/job_1/adapter.safetensors", "jobs/job_1/broken.gz", "jobs/job_1/broken.parquet",
    ]  # fmt: skip
