"""A pile of messages as they come: web tags, broken encodings, addresses, numbers, copies; of any size."""

from __future__ import annotations

import json
import random
from pathlib import Path

from curation.tasks import Task
from tests.benchmarks import _duplicate_texts

NAME = "messages"
LABELS = ("delivery", "refund", "damage", "account", "praise")
TASK = Task(name=NAME, title="Shop messages", input_columns=("text",), labels=LABELS)
COPY_SHARE = 0.06
SHOPS = 7


def written(path: Path, rows: int, seed: int = 5) -> Path:
    """`rows` messages as JSON lines, with their label, a teacher that errs now and then, and their shop."""
    dice = random.Random(seed)
    texts = _duplicate_texts.made(rows, int(rows * COPY_SHARE), seed).texts
    with path.open("w", encoding="utf-8") as stream:
        for number, text in enumerate(texts):
            label = LABELS[len(text) % len(LABELS)]
            row = {
                "text": _as_it_comes(dice, text, number),
                "label": label,
                "teacher": label if dice.random() < 0.9 else dice.choice(LABELS),
                "shop": f"shop {number % SHOPS}",
            }
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def _as_it_comes(dice: random.Random, text: str, number: int) -> str:
    """One text in three is damaged, each in one of five ways."""
    kind = dice.randrange(15)
    if kind == 0:
        return f"<p>{text}</p><br>Sent &amp; signed"
    if kind == 1:
        return f"{text} Write to customer{number}@example.org."
    if kind == 2:
        return f"{text} Call +44 20 7946 0{number % 1000:03}."
    if kind == 3:
        return f"{text} The cafÃ© set, pour le thÃ©."
    if kind == 4:
        return text.replace(". ", ".\u200b  ")
    return text
