from __future__ import annotations

from pathlib import Path

from training import checkpoints


def written(folder: Path, step: int, *, complete: bool) -> Path:
    path = folder / f"checkpoint-{step}"
    path.mkdir(parents=True)
    (path / "adapter_model.safetensors").write_bytes(b"weights")
    if complete:
        checkpoints.mark_complete(path)
    return path


def test_a_half_written_checkpoint_is_removed_and_the_one_before_is_used(tmp_path: Path) -> None:
    written(tmp_path, 20, complete=True)
    torn = written(tmp_path, 100, complete=False)
    assert checkpoints.last_complete(tmp_path) == tmp_path / "checkpoint-20"
    assert not torn.exists()


def test_the_newest_is_the_highest_step_not_the_last_name(tmp_path: Path) -> None:
    for step in (20, 100, 90):
        written(tmp_path, step, complete=True)
    found = checkpoints.last_complete(tmp_path)
    assert found is not None
    assert checkpoints.step_of(found) == 100


def test_a_run_that_never_saved_has_none(tmp_path: Path) -> None:
    assert checkpoints.last_complete(tmp_path / "checkpoints") is None
    written(tmp_path, 10, complete=False)
    assert checkpoints.last_complete(tmp_path) is None
