"""One LoRA run on the sample's listings: our trainer against transformers' own way of making batches.

    python -m tests.benchmarks.training --json

Both train the same adapter on the same demo base and rows, for as many steps, on one thread. The
peer is transformers' Trainer with its `DataCollatorForSeq2Seq`: rows in random order, padded on
the right, logits at every place. CPU seconds are compared, which other work disturbs least.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from transformers import DataCollatorForSeq2Seq, PrinterCallback, Trainer

from curation.sample import product_categories as sample
from training import adapters, demo_base, rendering
from training.arguments import arguments
from training.batches import IGNORED
from training.config import DEMO_BASE, TrainingConfig, defaults_for
from training.events import EventLog
from training.lora import wrapped
from training.trainer import Assignment, train

ROWS, STEPS, ROUNDS = 1_500, 60, 3


@dataclass(frozen=True)
class Row:
    """What the trainer reads of a dataset row."""

    record_id: str
    system: str
    prompt: str
    completion: str


def rows(folder: Path) -> list[Row]:
    """The sample's listings with their right answers."""
    with sample.write(folder).open(newline="", encoding="utf-8") as stream:
        found = list(csv.DictReader(stream))
    gold = sample.mapping().gold
    return [
        Row(f"rec_{number}", sample.PROMPT_SYSTEM, sample.PROMPT_TEMPLATE.format(**listing), listing[gold])
        for number, listing in enumerate(found[:ROWS])
    ]


def ours(base: Path, given: list[Row], config: TrainingConfig, folder: Path) -> None:
    """Train as the product does, without validation."""
    with EventLog(folder) as log:
        train(Assignment(config, str(base), given, [], folder, "cpu"), log, lambda step, steps, said: None)


def peers(base: Path, given: list[Row], config: TrainingConfig, folder: Path) -> None:
    """Train with the collator that transformers has for prompts and answers."""
    tokenizer = adapters.load_tokenizer(str(base))
    examples = [
        {
            "input_ids": [*each.prompt_ids, *each.completion_ids],
            "labels": [*[IGNORED] * len(each.prompt_ids), *each.completion_ids],
        }
        for each in rendering.encode(tokenizer, given, config.max_length_tokens).examples
    ]
    model, _ = wrapped(adapters.load_model(str(base), dtype=torch.float32), config)
    trainer = Trainer(
        model=model,
        args=arguments(config, folder, device="cpu", rows=len(examples), validated=False),
        train_dataset=examples,  # type: ignore[arg-type]
        data_collator=DataCollatorForSeq2Seq(tokenizer),
    )
    trainer.remove_callback(PrinterCallback)
    trainer.train()


def measure() -> dict[str, object]:
    """CPU seconds of each, the least of three rounds taken in turn, and how many times as fast ours is."""
    torch.set_num_threads(1)
    ways: dict[str, Callable[[Path, list[Row], TrainingConfig, Path], None]] = {"ours": ours, "peer": peers}
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        given = rows(folder)
        base = demo_base.build(folder / "base", [row.prompt for row in given], sample.task().labels)
        config = defaults_for(DEMO_BASE).model_copy(
            update={"base_model": str(base), "max_steps": STEPS, "early_stopping_patience": None}
        )
        for turn in range(ROUNDS):
            for name, way in ways.items():
                place = folder / f"{name}-{turn}"
                place.mkdir()
                began = time.process_time()
                way(base, given, config, place)
                seconds[name].append(time.process_time() - began)
    best = {name: min(found) for name, found in seconds.items()}
    return {
        "benchmark": "training",
        "peer": "transformers Trainer with DataCollatorForSeq2Seq",
        "unit": f"CPU seconds of {STEPS} steps of {config.batch_size} rows",
        "ours": round(best["ours"], 2),
        "peers": round(best["peer"], 2),
        "ratio": round(best["peer"] / best["ours"], 2),
    }


def main() -> None:
    """Print the figures, as one JSON object where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    as_json = parser.parse_args().json
    found = measure()
    text = json.dumps(found) if as_json else "\n".join(f"{name}: {value}" for name, value in found.items())
    sys.stdout.write(text + "\n")


if __name__ == "__main__":
    main()
