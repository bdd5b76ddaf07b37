"""How long a file takes to become batches of text, beside libraries that read it and write it again.

    python -m tests.benchmarks.reading --json

Parquet against pyarrow (read the table, write it again); JSONL against polars and pyarrow (read, write the
rows again). Ours is the whole way, as the app goes it: the process started, the file told, each batch of
text in this process. Each is the best of `--rounds`. Also the memory that both processes held together.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.json
import pyarrow.parquet as pq

from curation.imports.files import open_file

WORDS_A_ROW = 80
VOCABULARY = 20_000


def made(rows: int) -> pa.Table:
    """Rows as people import them: an id, a text of about 430 characters, a label, a number."""
    chance = random.Random(5)
    letters = "abcdefghijklmnopqrstuvwxyzäöé"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 8))) for _ in range(VOCABULARY)]
    texts = [" ".join(chance.choices(words, k=WORDS_A_ROW)) for _ in range(rows)]
    return pa.table({
        "id": [f"row-{number}" for number in range(rows)], "text": texts,
        "label": chance.choices(["billing", "delivery", "refund", "other"], k=rows),
        "price": [chance.randint(1, 100_000) for _ in range(rows)],
    })  # fmt: skip


def write_jsonl(table: pa.Table, path: Path) -> None:
    """One object a line."""
    with path.open("w", encoding="utf-8") as stream:
        for batch in table.to_batches(10_000):
            stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in batch.to_pylist())


def ours(path: Path) -> None:
    """Every batch of the file."""
    for batch in open_file(path).batches():
        assert batch.numbers


def parquet_by_pyarrow(path: Path) -> None:
    """Read and write."""
    pq.write_table(pq.read_table(path), path.with_suffix(".again"))


def jsonl_by_pyarrow(path: Path) -> None:
    """Read, and write as Parquet: pyarrow writes no JSON."""
    pq.write_table(pa.json.read_json(path), path.with_suffix(".again"))


def jsonl_by_polars(path: Path) -> None:
    """Read and write."""
    import polars

    polars.read_ndjson(path).write_ndjson(path.with_suffix(".again"))


def seconds(work: Callable[[Path], None], path: Path, rounds: int) -> float:
    """The best of some rounds."""
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        work(path)
        found.append(time.perf_counter() - began)
    return min(found)


def memory_mb(path: Path) -> float:
    """The most that a process that reads the file and all its children hold together; looked at often."""
    asked = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.reading", "--only-read", str(path)])
    watched, most = psutil.Process(asked.pid), 0
    while asked.poll() is None:
        with suppress(psutil.Error):
            tree = [watched, *watched.children(recursive=True)]
            most = max(most, sum(one.memory_info().rss for one in tree))
        time.sleep(0.02)
    return most / 1e6


def measured(rows: int, rounds: int) -> dict[str, Any]:
    """Every figure."""
    table = made(rows)
    with tempfile.TemporaryDirectory() as folder:
        parquet, jsonl = Path(folder) / "rows.parquet", Path(folder) / "rows.jsonl"
        pq.write_table(table, parquet)
        write_jsonl(table, jsonl)
        del table
        found: dict[str, Any] = {
            "benchmark": "reading", "rows": rows,
            "parquet_mb": parquet.stat().st_size / 1e6, "jsonl_mb": jsonl.stat().st_size / 1e6,
            "parquet_s": seconds(ours, parquet, rounds),
            "parquet_by_pyarrow_s": seconds(parquet_by_pyarrow, parquet, rounds),
            "jsonl_s": seconds(ours, jsonl, rounds),
            "jsonl_by_pyarrow_s": seconds(jsonl_by_pyarrow, jsonl, rounds),
            "jsonl_by_polars_s": seconds(jsonl_by_polars, jsonl, rounds),
            "parquet_memory_mb": memory_mb(parquet), "jsonl_memory_mb": memory_mb(jsonl),
        }  # fmt: skip
    found["parquet_ratio"] = found["parquet_s"] / found["parquet_by_pyarrow_s"]
    found["jsonl_ratio_to_pyarrow"] = found["jsonl_s"] / found["jsonl_by_pyarrow_s"]
    found["jsonl_ratio_to_polars"] = found["jsonl_s"] / found["jsonl_by_polars_s"]
    return {name: round(value, 2) if isinstance(value, float) else value for name, value in found.items()}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only-read", type=Path, help="read this file and say nothing")
    told = parser.parse_args()
    if told.only_read:
        ours(told.only_read)
        return
    found = measured(told.rows, told.rounds)
    if told.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for name, value in found.items():
        sys.stdout.write(f"{name}: {value}\n")


if __name__ == "__main__":
    main()
