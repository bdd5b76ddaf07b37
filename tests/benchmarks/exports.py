"""Every export of 100,000 rows of 2 kB, against `datasets`' own writer of that format.

    python -m tests.benchmarks.exports --json

Ours reads the rows from a version's Parquet files as the product does, and writes; the peer has them
mapped into memory already, in the shape of the format, and only writes. Each is a process of its
own; of the rounds taken in turn the fastest counts. Limits: 4 x the peer's wall time, 500 MB.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from curation.datasets.exports.exporting import VersionRows
from storage import artifacts, exports, project, schemas
from storage.artifacts import Manifest
from storage.exports import Options
from storage.exports.batches import batches
from storage.exports.columns import columns_of
from storage.exports.formats import (
    alpaca,
    axolotl,
    dpo,
    kto,
    messages,
    openai_chat,
    openai_dpo,
    prompt_completion,
    sharegpt,
)

ROWS, ROUNDS = 100_000, 3
MOST_RATIO, MOST_MB = 4.0, 500
TASK, VERSION = "bench", "v0001"
EXAMPLES = {
    "openai-chat": openai_chat, "messages": messages, "prompt-completion": prompt_completion,
    "sharegpt": sharegpt, "alpaca": alpaca, "dpo": dpo, "openai-dpo": openai_dpo, "kto": kto,
    "llama-factory-sharegpt": sharegpt, "llama-factory-alpaca": alpaca, "axolotl": axolotl,
}  # fmt: skip
STARTS = ("ba", "co", "di", "fo", "gu", "ka", "lo", "me", "ni", "pö", "ré", "su")
ENDS = ("ker", "lamp", "mill", "nut", "pan", "rose", "stone", "ting", "ware", "zel")
WORDS = [f"{start}{end}" for start in STARTS for end in ENDS]


def made(folder: Path, count: int) -> Manifest:
    """A version of `count` rows, half of them corrected; the columns together have about 2 kB a row."""
    dice = random.Random(7)
    home = project.create(folder / "project", "bench")
    splits = {"train": count * 8 // 10, "validation": count // 10}
    splits["test"] = count - sum(splits.values())
    with artifacts.draft(home, "datasets", TASK, VERSION) as draft:
        for split, rows in splits.items():
            given = [row(dice, split, number) for number in range(rows)]
            draft.write_table(f"{split}.parquet", schemas.from_rows(given, "dataset_rows"), "dataset_rows")
        return draft.publish(facts={})


def row(dice: random.Random, split: str, number: int) -> dict[str, Any]:
    """A row of a version: 900 characters of input, the same in the prompt, short answers."""
    text = " ".join(dice.choices(WORDS, k=140))
    answer = " ".join(dice.choices(WORDS, k=10))
    return {
        "record_id": f"{split}_{number:06d}", "cluster": number, "split": split,
        "inputs": orjson.dumps({"text": text}).decode(), "system": "Answer in one line.",
        "prompt": f"Say what is new in this:\n\n{text}", "completion": answer,
        "decision": "corrected" if number % 2 else "approved", "reviewers": ["ann"],
        "review_ids": [f"rev_{number}"], "label_id": f"lab_{number}", "teacher_output": f"{answer}?",
    }  # fmt: skip


def rows_of(folder: Path) -> VersionRows:
    """The rows of that version, of all splits."""
    manifest = artifacts.load(project.open_project(folder / "project"), "datasets", TASK, VERSION)
    return VersionRows(manifest, ("train", "validation", "test"), None)


def prepare(folder: Path, format: str) -> None:
    """The same rows for the peer: an Arrow dataset a split, in the columns that the format has."""
    from datasets import Dataset, DatasetDict, disable_progress_bars

    disable_progress_bars()
    given = rows_of(folder)
    if format in EXAMPLES:
        of_row = EXAMPLES[format].examples

        def examples(split: str) -> Iterator[dict[str, Any]]:
            for each in given:
                if each.split == split:
                    for example in of_row(each, Options()):
                        yield orjson.loads(orjson.dumps(example))

        cache = str(folder / "cache")
        found = {
            split: Dataset.from_generator(examples, gen_kwargs={"split": split}, cache_dir=cache)
            for split in ("train", "validation", "test")
        }
    else:
        columns = columns_of(given)
        found = {}
        table = pa.Table.from_batches(list(batches(given, columns)))
        for split in ("train", "validation", "test"):
            part = table.filter(pc.equal(table["split"], split))
            found[split] = Dataset(part, fingerprint=split)
    DatasetDict(found).save_to_disk(str(folder / "peer" / format))


def ours(folder: Path, format: str, out: Path) -> None:
    """Write as the product does."""
    exports.write(rows_of(folder), format, out)


def peers(folder: Path, format: str, out: Path) -> Callable[[], None]:
    """What writes the prepared rows; they are opened before the clock starts."""
    from datasets import concatenate_datasets, disable_progress_bars, load_from_disk

    disable_progress_bars()
    found = load_from_disk(str(folder / "peer" / format))
    one = concatenate_datasets(list(found.values()))
    shape = exports.named(format)
    if format == "huggingface-disk":
        return lambda: found.save_to_disk(str(out))
    out.mkdir()
    if format == "huggingface-hub":
        return lambda: [part.to_parquet(out / f"{name}.parquet") for name, part in found.items()] and None
    if shape.to_folder:
        return lambda: [part.to_json(out / f"{name}.jsonl") for name, part in found.items()] and None
    path = out / f"rows{shape.suffix}"
    ways: dict[str, Callable[[], object]] = {
        ".jsonl": lambda: one.to_json(path),
        ".csv": lambda: one.to_csv(path),
        ".tsv": lambda: one.to_csv(path, sep="\t"),
        ".parquet": lambda: one.to_parquet(path),
    }
    return lambda: ways[shape.suffix]() and None


def child(side: str, format: str, folder: Path) -> None:
    """One measurement: seconds of wall time, and the most memory this process ever had."""
    import datasets  # a long-lived process has it loaded; both sides are timed so

    assert datasets.__version__
    out = folder / f"out-{side}"
    shutil.rmtree(out, ignore_errors=True)
    work = peers(folder, format, out) if side == "peer" else lambda: ours(folder, format, out)
    began = time.perf_counter()
    work()
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    sys.stdout.write(json.dumps({"seconds": seconds, "mb": memory}) + "\n")
    if out.is_dir():
        shutil.rmtree(out)
    else:
        out.unlink()


def measured(folder: Path, format: str, rounds: int) -> dict[str, Any]:
    """Both sides, in turn."""
    run(["--child", "prepare", "--format", format, "--folder", str(folder)])
    found: dict[str, list[dict[str, float]]] = {"ours": [], "peer": []}
    for _ in range(rounds):
        for side, taken in found.items():
            said = run(["--child", side, "--format", format, "--folder", str(folder)])
            taken.append(json.loads(said.splitlines()[-1]))
    shutil.rmtree(folder / "peer" / format)
    best = {side: min(each["seconds"] for each in taken) for side, taken in found.items()}
    most = max(each["mb"] for each in found["ours"])
    ratio = best["ours"] / best["peer"]
    return {
        "format": format,
        "ours_s": round(best["ours"], 2),
        "peer_s": round(best["peer"], 2),
        "ratio": round(ratio, 2),
        "ours_mb": round(most),
        "within": ratio <= MOST_RATIO and most <= MOST_MB,
    }


def run(arguments: list[str]) -> str:
    """This program again, in a process of its own; this one stays small, for its memory counts as theirs."""
    command = [sys.executable, "-m", "tests.benchmarks.exports", *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main() -> int:
    """Measure each format; one JSON object where asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.exports", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--format", choices=list(exports.FORMATS), nargs="+", help="these only")
    parser.add_argument("--child", choices=("make", "ours", "peer", "prepare"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child == "make":
        made(asked.folder, asked.rows)
        return 0
    if asked.child == "prepare":
        prepare(asked.folder, asked.format[0])
        return 0
    if asked.child:
        child(asked.child, asked.format[0], asked.folder)
        return 0
    with tempfile.TemporaryDirectory() as home:
        run(["--child", "make", "--rows", str(asked.rows), "--folder", home])
        names = asked.format or list(exports.FORMATS)
        found = [measured(Path(home), name, asked.rounds) for name in names]
    result = {
        "benchmark": "exports",
        "peer": "datasets' own writer",
        "rows": asked.rows,
        "formats": found,
        "worst_ratio": max(each["ratio"] for each in found),
        "most_mb": max(each["ours_mb"] for each in found),
        "within": all(each["within"] for each in found),
    }
    lines = json.dumps(result) if asked.json else "\n".join(json.dumps(each) for each in found)
    sys.stdout.write(lines + "\n")
    return 0 if result["within"] else 1


if __name__ == "__main__":
    sys.exit(main())
