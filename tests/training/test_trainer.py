"""The trainer on a small real model: it learns, stops, resumes and fails as it should."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from storage.artifacts import sha256_of
from storage.errors import DiskFull, InvalidInput, JobCancelled
from tests.training import small
from training import adapters, checkpoints, events, rendering
from training.answering import answer
from training.arguments import total_steps
from training.batches import Collator
from training.events import RunEvent
from training.trainer import resumption_step

KILLED = """
import os, signal, sys
from pathlib import Path
from tests.training import small

def kill(step, steps, said):
    if step == int(sys.argv[3]):
        os.kill(os.getpid(), signal.SIGKILL)

small.learn(small.assignment(Path(sys.argv[1]), Path(sys.argv[2])), kill)
"""


def said(folder: Path, kind: str) -> list[RunEvent]:
    return [event for event in events.read(folder / events.FILE_NAME) if event.event == kind]


@pytest.fixture(scope="module")
def learned(base: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A whole run, 40 steps: its folder and its facts."""
    folder = tmp_path_factory.mktemp("learned")
    return folder, small.learn(small.assignment(base, folder))


def test_the_loss_falls_and_the_student_answers_rows_it_never_saw(
    base: Path, learned: tuple[Path, dict[str, Any]]
) -> None:
    folder, facts = learned
    validations = said(folder, "validation")
    assert [event.step for event in validations] == [0, 10, 20, 30, 40]
    assert validations[-1].loss < 0.3 * validations[0].loss
    assert facts["validation_loss"] == min(event.loss for event in validations)
    student = adapters.load(base, folder / "adapter", device="cpu")
    asked = [rendering.prompt_text(student.tokenizer, row.system, row.prompt) for row in small.rows(200, 12)]
    outputs = answer(
        student.model, student.tokenizer, [student.tokenizer(text)["input_ids"] for text in asked],
        max_new_tokens=24,
    )  # fmt: skip
    right = [output == row.completion for output, row in zip(outputs, small.rows(200, 12), strict=True)]
    assert sum(right) >= 10
    untrained = adapters.load(base, device="cpu")
    assert answer(untrained.model, untrained.tokenizer, [[7, 8]], max_new_tokens=24) != outputs[:1]


def test_events_go_forward_and_show_what_it_answers_as_it_learns(
    learned: tuple[Path, dict[str, Any]],
) -> None:
    folder, _ = learned
    read = events.read(folder / events.FILE_NAME)
    assert [event.step for event in read] == sorted(event.step for event in read)
    assert [event.seconds for event in read] == sorted(event.seconds for event in read)
    assert [event.tokens for event in said(folder, "train")] == sorted(
        event.tokens for event in said(folder, "train")
    )
    assert [event.step for event in said(folder, "train")] == list(range(2, 41, 2))
    samples = [event.sample for event in said(folder, "sample")]
    assert len(samples) == 5 * 2
    assert {sample.record_id for sample in samples} == {"rec_0060", "rec_0061"}
    assert all(sample.correct for sample in samples[-2:])
    assert not any(sample.correct for sample in samples[:2])
    notes = " ".join(event.text for event in said(folder, "note"))
    assert "q_proj x2" in notes
    assert "60 rows to learn from, 15 to validate on" in notes


def test_what_was_measured_is_told(learned: tuple[Path, dict[str, Any]]) -> None:
    _, facts = learned
    assert (facts["train_rows"], facts["validation_rows"]) == (60, 15)
    assert facts["steps"] == facts["planned_steps"] == 40
    assert facts["tokens_per_second"] > 0
    assert facts["peak_memory_mb"] > 50
    assert facts["device"] == "cpu"
    assert facts["precision"] == "fp32"
    assert set(facts["versions"]) == {"torch", "transformers", "peft"}


def test_the_adapter_reloads_with_peft_to_the_very_loss_that_was_reported(
    base: Path, learned: tuple[Path, dict[str, Any]]
) -> None:
    folder, facts = learned
    student = adapters.load(base, folder / "adapter", device="cpu")
    encoded = rendering.encode(student.tokenizer, small.rows(60, 15), 128)
    with torch.inference_mode():
        batch = Collator(student.tokenizer.pad_token_id)(encoded.examples)
        loss = student.model(**batch).loss.item()
    assert loss == pytest.approx(facts["validation_loss"], rel=2e-3)  # mean of batches against one batch
    plain = adapters.load(base, device="cpu").model
    with torch.inference_mode():
        assert plain(**batch).loss.item() > 3 * loss


def _weights(folder: Path) -> str:
    return sha256_of(folder / "adapter" / "adapter_model.safetensors")


@pytest.mark.parametrize("killed_at", [13, *(pytest.param(step, marks=pytest.mark.soak) for step in (7, 38))])
def test_after_a_kill_it_resumes_to_the_same_weights_and_losses_bit_by_bit(
    base: Path, tmp_path: Path, learned: tuple[Path, dict[str, Any]], killed_at: int
) -> None:
    whole, facts = learned
    folder = tmp_path / "killed"
    command = [sys.executable, "-W", "ignore", "-c", KILLED, str(base), str(folder), str(killed_at)]
    environment = {**os.environ, "PYTHONPATH": str(Path(small.__file__).parents[2]), "OMP_NUM_THREADS": "1"}
    assert subprocess.run(command, check=False, env=environment, timeout=200).returncode == -signal.SIGKILL
    assert not (folder / "adapter").exists()
    # what a kill in the middle of writing the next checkpoint leaves
    torn = checkpoints.of_step(folder / "checkpoints", killed_at // 10 * 10 + 10)
    torn.mkdir(parents=True)
    (torn / "adapter_model.safetensors").write_bytes(b"half")
    assert resumption_step(folder) == (killed_at // 10 * 10 or None)
    resumed = small.learn(small.assignment(base, folder))
    assert _weights(folder) == _weights(whole)
    assert resumed["validation_loss"] == facts["validation_loss"]
    assert [(event.step, event.loss) for event in said(folder, "validation")] == [
        (event.step, event.loss) for event in said(whole, "validation")
    ]
    assert [(event.step, event.loss) for event in said(folder, "train")] == [
        (event.step, event.loss) for event in said(whole, "train")
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"max_steps": 21, "eval_every_steps": 4},  # ends inside an epoch
        {"max_steps": 200, "eval_every_steps": 3, "early_stopping_patience": 1, "learning_rate": 5e-2},
    ],
)
def test_killed_after_its_last_checkpoint_it_only_ends(
    base: Path, tmp_path: Path, changes: dict[str, Any]
) -> None:
    given = small.assignment(base, tmp_path, **changes)
    facts = small.learn(given)
    before, told = _weights(tmp_path), said(tmp_path, "validation")
    shutil.rmtree(tmp_path / "adapter")

    def never(step: int, steps: int, said: str) -> None:
        raise AssertionError("it went on learning")

    again = small.learn(given, never)
    assert _weights(tmp_path) == before
    assert said(tmp_path, "validation") == told
    assert {name: again[name] for name in ("steps", "best_step", "validation_loss", "tokens")} == {
        name: facts[name] for name in ("steps", "best_step", "validation_loss", "tokens")
    }


def test_cancelled_it_keeps_the_last_checkpoint_and_leaves_no_adapter(base: Path, tmp_path: Path) -> None:
    def stop(step: int, steps: int, said: str) -> None:
        if step == 15:
            raise JobCancelled("stopped")

    with pytest.raises(JobCancelled):
        small.learn(small.assignment(base, tmp_path), stop)
    assert resumption_step(tmp_path) == 10
    assert not (tmp_path / "adapter").exists()


def test_it_stops_when_validation_no_longer_improves_and_keeps_the_best(base: Path, tmp_path: Path) -> None:
    given = small.assignment(
        base, tmp_path, max_steps=400, eval_every_steps=5, early_stopping_patience=2, learning_rate=3e-2
    )
    noisy = [replace(row, completion=small.LABELS[number * 7 % 3]) for number, row in enumerate(given.train)]
    facts = small.learn(replace(given, train=noisy))
    losses = {event.step: event.loss for event in said(tmp_path, "validation")}
    assert facts["steps"] < 400
    assert facts["best_step"] == min(losses, key=lambda step: losses[step] if step else 1e9)
    assert facts["best_step"] == facts["steps"] - 2 * 5
    assert "Stopped early" in " ".join(event.text for event in said(tmp_path, "note"))
    student = adapters.load(base, tmp_path / "adapter", device="cpu")
    encoded = rendering.encode(student.tokenizer, given.validation, 128)
    with torch.inference_mode():
        loss = student.model(**Collator(0)(encoded.examples)).loss.item()
    assert loss == pytest.approx(losses[facts["best_step"]], rel=1e-2), "the best adapter, not the last"


def test_the_settings_of_a_gpu_run_on_a_cpu_too(base: Path, tmp_path: Path) -> None:
    changes = {"precision": "bf16", "gradient_checkpointing": True, "gradient_accumulation_steps": 2}
    facts = small.learn(small.assignment(base, tmp_path, **changes))
    losses = [event.loss for event in said(tmp_path, "validation")]
    assert losses[-1] < 0.5 * losses[0]
    assert facts["precision"] == "bf16"


def test_without_validation_rows_it_trains_to_the_end_and_says_so(base: Path, tmp_path: Path) -> None:
    given = replace(small.assignment(base, tmp_path, max_steps=6, eval_every_steps=4), validation=[])
    facts = small.learn(given)
    assert facts["best_step"] == facts["steps"] == 6
    assert facts["validation_loss"] is None
    assert "No validation rows" in " ".join(event.text for event in said(tmp_path, "note"))
    adapters.load(base, tmp_path / "adapter", device="cpu")


def test_a_loss_that_explodes_ends_in_a_sentence_with_the_step_and_the_rate(
    base: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken"
    model = adapters.load_model(base, dtype=torch.float32)
    with torch.no_grad():
        model.model.layers[0].mlp.down_proj.weight.fill_(float("nan"))
    model.save_pretrained(broken)
    adapters.load_tokenizer(base).save_pretrained(broken)
    with pytest.raises(InvalidInput, match=r"became nan at step \d+ \(learning rate 0.01\)") as caught:
        small.learn(small.assignment(broken, tmp_path / "run", modules_to_save=(), ensure_weight_tying=False))
    assert "Lower the learning rate" in caught.value.next_step


def test_rows_that_are_too_long_are_counted_and_said(base: Path, tmp_path: Path) -> None:
    given = small.assignment(base, tmp_path, max_steps=2, max_length_tokens=40)
    long = [small.row(900, prompt="steel pan " * 60), small.row(901, completion="pan " * 80)]
    facts = small.learn(replace(given, train=[*given.train, *long]))
    assert (facts["shortened_rows"], facts["left_out_rows"]) == (1, 1)
    notes = " ".join(event.text for event in said(tmp_path, "note"))
    assert "(40): 1 rows lost the middle of their prompt, 1 were left out" in notes


def test_rows_of_which_none_fits_are_refused(base: Path, tmp_path: Path) -> None:
    given = small.assignment(base, tmp_path, max_length_tokens=16)
    with pytest.raises(InvalidInput, match="max_length_tokens, 16"):
        small.learn(replace(given, train=[small.row(1, completion="pan " * 80)]))


def test_a_folder_with_torn_weights_is_refused(base: Path, tmp_path: Path) -> None:
    torn = tmp_path / "torn"
    shutil.copytree(base, torn)
    (torn / "model.safetensors").unlink()
    with pytest.raises(InvalidInput, match="cannot be loaded"):
        small.learn(small.assignment(torn, tmp_path / "run"))


def test_an_adapter_of_another_model_is_refused(
    base: Path, tmp_path: Path, learned: tuple[Path, dict[str, Any]]
) -> None:
    from training.demo_base import build

    other = build(tmp_path, ["another model"], recipe=replace(small.RECIPE, hidden=32, steps=2))
    with pytest.raises(InvalidInput, match="does not fit"):
        adapters.load(other, learned[0] / "adapter", device="cpu")


def test_steps_follow_from_rows_batches_and_epochs(base: Path) -> None:
    config = small.config(base, max_steps=None, epochs=2.5, batch_size=8, gradient_accumulation_steps=2)
    assert total_steps(config, 100) == 18  # 13 batches, 7 steps an epoch
    assert total_steps(config, 1) == 3
    assert total_steps(small.config(base, max_steps=5), 10_000) == 5


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of 2 MB; only root can mount one."""
    if os.geteuid() != 0 or sys.platform != "linux":
        pytest.skip("mounting a small file system needs root on Linux")
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    mounted = subprocess.run(command, capture_output=True, text=True, check=False)
    if mounted.returncode:
        pytest.skip(f"mount refused: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_ends_in_a_sentence_and_the_run_goes_on_once_there_is_room(
    base: Path, tiny_disk: Path, learned: tuple[Path, dict[str, Any]]
) -> None:
    given = small.assignment(base, tiny_disk / "run")
    ballast = tiny_disk / "ballast"

    def fill(step: int, steps: int, said: str) -> None:
        if step == 12:
            room = shutil.disk_usage(tiny_disk).free
            ballast.write_bytes(b"x" * max(0, room - 100_000))

    with pytest.raises(DiskFull, match="the last complete checkpoint is kept") as caught:
        small.learn(given, fill)
    assert "resume" in caught.value.next_step
    assert not (given.folder / "adapter").exists()
    assert resumption_step(given.folder) == 10
    ballast.unlink()
    small.learn(given)
    assert _weights(given.folder) == _weights(learned[0])
