"""What cleaning costs beside ftfy alone.

python -m tests.benchmarks.cleaning --json prints one JSON object: seconds per 100,000 texts, the best of
five rounds in which all take turns, and the ratios. The texts have some 430 characters; of a hundred,
eighty are plain, the others have line breaks and odd spaces, accents, broken encodings, mark-up or
control characters. `--data FILE` takes the lines of a file instead.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import ftfy

from curation.cleaning import DEFAULT, WEB, Batch, Recipe, changed, run
from curation.cleaning.mojibake import Mojibake

TEXTS = 100_000
ROUNDS = 5
BATCH_ROWS = 5_000
STARTS = ("ba", "co", "di", "fo", "gu", "ka", "lo", "me", "pri", "stu")
ENDS = ("ker", "lamp", "mill", "nut", "pan", "rose", "stone", "ting", "ware", "zel", "r", "t")
WORDS = [start + end for start in STARTS for end in ENDS]


def made(count: int) -> list[str]:
    """The corpus; always the same."""
    dice = random.Random(7)
    return [_roughened(dice, " ".join(dice.choices(WORDS, k=dice.randint(20, 125)))) for _ in range(count)]


def _roughened(dice: random.Random, text: str) -> str:
    kind = dice.randrange(100)
    words = text.split(" ")
    if kind < 80:
        return text
    if kind < 88:
        return "\r\n\r\n\n".join(" ".join(words[start : start + 15]) for start in range(0, len(words), 15))
    if kind < 92:
        return text.replace("ro", "rö").replace("lo", "lo\u0301")
    if kind < 94:
        return text.replace("ro", "rÃ¶").replace(" ka", " â€™ka")
    if kind < 97:
        return "<p>" + "</p><p>".join(words[:40]) + "</p> &amp; " + " ".join(words[40:])
    return text.replace(" ", "  ", 5).replace("a", "a\u200b", 2).replace("e", "\0e", 1)


def streamed(recipe: Recipe, texts: Sequence[str]) -> int:
    """The recipe as an import runs it, with its report; the rows kept."""
    batches = [
        Batch(
            {"text": texts[start : start + BATCH_ROWS]},
            range(start, start + len(texts[start : start + BATCH_ROWS])),
        )
        for start in range(0, len(texts), BATCH_ROWS)
    ]
    running = run(recipe, batches)
    kept = sum(len(batch.numbers) for batch in running)
    return min(kept, running.report.kept)


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def measured(texts: Sequence[str]) -> dict[str, object]:
    """Seconds per 100,000 texts of each, and what is held against what."""
    repaired = Recipe(steps=(Mojibake(), *DEFAULT.steps))
    runs: dict[str, Callable[[], object]] = {
        "ftfy_alone": lambda: [ftfy.fix_text(text) for text in texts],
        "default": lambda: changed(DEFAULT, texts),
        "default_with_report": lambda: streamed(DEFAULT, texts),
        "default_and_ftfy": lambda: changed(repaired, texts),
        "web_with_report": lambda: streamed(WEB, texts),
    }
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(ROUNDS):
        for name, work in runs.items():
            best[name] = min(best[name], timed(work))
    seconds = {name: round(took * 100_000 / len(texts), 3) for name, took in best.items()}
    return {
        "texts": len(texts),
        "mean_characters": round(sum(map(len, texts)) / len(texts)),
        "seconds_per_100000": seconds,
        "default_to_ftfy": round(best["default"] / best["ftfy_alone"], 4),
        "default_and_ftfy_to_ftfy": round(best["default_and_ftfy"] / best["ftfy_alone"], 3),
        "web_to_ftfy": round(best["web_with_report"] / best["ftfy_alone"], 3),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--json", action="store_true", help="accepted for all benchmarks; JSON is what is printed"
    )
    parser.add_argument("--data", type=Path, help="a UTF-8 file, a text per line")
    parser.add_argument("--texts", type=int, default=TEXTS, help="how many texts to make")
    asked = parser.parse_args()
    texts = asked.data.read_text(encoding="utf-8").splitlines() if asked.data else made(asked.texts)
    json.dump(measured(texts), sys.stdout)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
