"""A base model made in seconds and rows it can learn, for the tests of training."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.config import TrainingConfig, parse_config
from training.demo_base import Recipe, build
from training.events import EventLog
from training.trainer import Assignment, resumption_step, train

LABELS = ("Kitchen > Cookware", "Kitchen > Tableware > Plates", "Audio > Headphones")
THINGS = ("saucepan", "dinner plate", "headphones")
WORDS = ("steel", "blue", "large", "small", "new", "used", "boxed")
RECIPE = Recipe(vocabulary=420, hidden=48, feed_forward=96, heads=4, steps=12, batch=8, block=24)
SETTINGS: dict[str, Any] = {
    "lora_r": 8,
    "modules_to_save": ("embed_tokens",),
    "ensure_weight_tying": True,
    "learning_rate": 1e-2,
    "prompt_dropout": 0.1,
    "lora_dropout": 0.1,  # so that a resumed run must take up the random numbers where they were
    "batch_size": 8,
    "gradient_accumulation_steps": 1,
    "max_length_tokens": 128,
    "max_steps": 40,
    "eval_every_steps": 10,
    "early_stopping_patience": None,
    "sample_rows": 2,
    "sample_tokens": 16,
}


@dataclass(frozen=True)
class Row:
    """What the trainer reads of a dataset row."""

    record_id: str
    system: str
    prompt: str
    completion: str


def row(number: int, prompt: str | None = None, completion: str | None = None) -> Row:
    """Row `number`: a listing and its label."""
    kind = number % 3
    said = f"{WORDS[number % 7]} {THINGS[kind]} {WORDS[number * 5 % 7]}, lot {number}"
    return Row(f"rec_{number:04d}", "Sort it.", prompt or said, completion or LABELS[kind])


def rows(first: int, count: int) -> list[Row]:
    """`count` rows from number `first` on."""
    return [row(number) for number in range(first, first + count)]


def base(folder: Path) -> Path:
    """The base model, made in `folder` once."""
    return build(folder, [row.prompt for row in rows(0, 90)], LABELS, recipe=RECIPE)


def config(base_folder: Path | str, **changes: Any) -> TrainingConfig:
    """Settings for a run of a few seconds."""
    return parse_config({**SETTINGS, "base_model": str(base_folder), **changes})


def assignment(base_folder: Path, folder: Path, **changes: Any) -> Assignment:
    """60 rows to learn from, 15 to validate on."""
    folder.mkdir(parents=True, exist_ok=True)
    return Assignment(
        config=config(base_folder, **changes),
        base=str(base_folder),
        train=rows(0, 60),
        validation=rows(60, 15),
        folder=folder,
        device="cpu",
    )


def learn(given: Assignment, progress: Any = lambda step, steps, said: None) -> dict[str, Any]:
    """Run the trainer, its log opened and closed."""
    with EventLog(given.folder, resumed_at_step=resumption_step(given.folder)) as log:
        return train(given, log, progress)
