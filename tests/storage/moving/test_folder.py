"""The export's folder: damaged files are named, a full disk leaves nothing, a newer format is refused."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage import moving
from storage.argilla_client.whole import Account, QueueSettings, WholeRecord
from storage.errors import DiskFull, InvalidInput, NotFound
from storage.moving import contents, folder
from storage.moving.folder import ACCOUNTS, FORMAT, MANIFEST, ExportedQueue, Manifest
from storage.project import Project
from tests.storage.test_disk_full import small_disk as small_disk

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def record(number: int, text: str = "a pan") -> WholeRecord:
    return WholeRecord(key=f"rec_{number}", fields={"text": text}, inserted_at=NOW)


def export(path: Path, records: list[WholeRecord]) -> Manifest:
    settings = QueueSettings(name="shelf", min_submitted=1, fields=(), questions=())
    with folder.writing(path) as draft:
        draft.write("queues/001.settings.json", [settings])
        content = draft.write_records("queues/001.records.jsonl", records)
        draft.write(ACCOUNTS, [Account(username="ann", role="annotator", member=True)])
        queue = ExportedQueue(
            name="shelf", source_id="s", file="queues/001", content_sha256=content.sha256, **content.counts()
        )
        manifest = Manifest(
            format=FORMAT, export_id="argilla_1", exported_at=NOW, code_version="1", source="http://a",
            argilla_version="2.8.0", workspace="demo", accounts=1, queues=(queue,), files=draft.files(),
        )  # fmt: skip
        draft.write(MANIFEST, [manifest])
    return manifest


def test_what_was_written_is_read_again_in_batches(tmp_path: Path) -> None:
    records = [record(number, "line\nbreak \u2028 \r 終") for number in range(600)]
    manifest = export(tmp_path / "export", records)
    found = folder.opened(tmp_path / "export")
    assert found.manifest == manifest
    batches = list(found.batches(manifest.queues[0]))
    assert [len(batch) for batch in batches] == [250, 250, 100]
    assert [each for batch in batches for each in batch] == records
    assert found.accounts() == [Account(username="ann", role="annotator", member=True)]
    assert (tmp_path / "export").stat().st_mode & 0o077 == 0


def test_a_batch_of_long_records_is_short(tmp_path: Path) -> None:
    manifest = export(tmp_path / "export", [record(number, "x" * 1_500_000) for number in range(5)])
    assert [len(batch) for batch in folder.opened(tmp_path / "export").batches(manifest.queues[0])] == [
        2,
        2,
        1,
    ]


def cut(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 20)


def change(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"a pan", b"a pot", 1).replace(b"annotator", b"administ.", 1))


@pytest.mark.parametrize(
    ("name", "harm", "said"),
    [
        ("queues/001.records.jsonl", cut, "the manifest says"),
        ("queues/001.records.jsonl", change, "SHA-256 differs"),
        ("queues/001.settings.json", Path.unlink, "is missing"),
        (ACCOUNTS, change, "SHA-256 differs"),
        (MANIFEST, cut, "Line 1 of .*manifest.json cannot be read"),
    ],
)
def test_a_damaged_export_is_named_before_anything_is_asked_of_argilla(
    project: Project, tmp_path: Path, name: str, harm: Callable[[Path], None], said: str
) -> None:
    export(tmp_path / "export", [record(1), record(2)])
    harm(tmp_path / "export" / name)
    with pytest.raises(InvalidInput, match=said) as told:
        moving.import_folder(project, tmp_path / "export")
    assert str(tmp_path / "export" / name) in str(told.value)


def test_an_export_that_points_outside_itself_is_refused(project: Project, tmp_path: Path) -> None:
    export(tmp_path / "export", [record(1)])
    path = tmp_path / "export" / MANIFEST
    path.write_text(path.read_text().replace('"accounts.jsonl"', '"../accounts.jsonl"'))
    shutil.copy(tmp_path / "export" / ACCOUNTS, tmp_path / ACCOUNTS)
    with pytest.raises(InvalidInput, match="is missing"):
        moving.import_folder(project, tmp_path / "export")


def test_no_export_and_one_of_a_newer_release_are_named(project: Project, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"holds no manifest\.json"):
        moving.import_folder(project, tmp_path)
    export(tmp_path / "export", [record(1)])
    path = tmp_path / "export" / MANIFEST
    path.write_text(path.read_text().replace('"format":1', '"format":2'))
    with pytest.raises(InvalidInput, match="has format 2"):
        moving.import_folder(project, tmp_path / "export")


def test_a_full_disk_is_one_sentence_and_leaves_nothing(small_disk: Path) -> None:
    with pytest.raises(DiskFull, match="is full; nothing was published"):
        export(small_disk / "export", [record(number, os.urandom(500).hex()) for number in range(2000)])
    assert list(small_disk.iterdir()) == []


def test_what_a_killed_export_left_is_swept_by_the_next(tmp_path: Path) -> None:
    left = tmp_path / ".export.part-999999999"
    (left / "queues").mkdir(parents=True)
    others = tmp_path / ".export.part-mine"
    others.mkdir()
    export(tmp_path / "export", [record(1)])
    assert not left.exists()
    assert others.exists()


def test_the_hash_of_content_does_not_mind_the_order_and_minds_everything_else() -> None:
    one = contents.content_of([record(1), record(2)])
    assert contents.content_of([record(2), record(1)]) == one
    assert contents.content_of([record(1), record(2, "a pot")]) != one
    assert contents.content_of([record(1), record(1)]) != one
    assert contents.content_of([record(1), record(2), record(2)]).sha256 != one.sha256
