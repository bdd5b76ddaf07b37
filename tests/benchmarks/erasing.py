"""Erasing ten records of 100,000, against pyarrow reading and writing the same Parquet files once.

    python -m tests.benchmarks.erasing --json

Ours is finding what holds the records and the whole job: every artifact looked through and rewritten
(lines of the import, records, clusters, labels, reviews, a dataset version), our database and its files
compacted, logs and caches, and the scan of every byte afterwards, on a real PostgreSQL. Argilla is left
out: it deletes its records by its own API. The peer reads each of those Parquet files and writes it
again, compressed alike; it looks for nothing. Of the rounds, each with ten other records, the fastest
counts. The processor's seconds are those of the two programs, without PostgreSQL's own.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import tomlkit

from curation import datasets, erasing
from storage import artifacts, database, jobs, project
from storage.artifacts import KINDS
from storage.project import SETTINGS_NAME, Project
from storage.services import postgres
from tests.benchmarks import freezing
from tests.benchmarks.freezing import TASK
from tests.folders import open_folder

ROWS, ROUNDS, ERASED, MOST_RATIO = 100_000, 3, 10, 15.0


def filled(home: Project, count: int) -> None:
    """The records of the benchmark of freezing, with the lines they were made of and a frozen version."""
    freezing.filled(home, count)
    (records,) = artifacts.listing(home, "records", TASK)
    table = artifacts.read_table(records, "records.parquet", ["row_number", "inputs", "extras"])
    freezing.publish(
        home, "imports", "imp_a", "raw",
        (
            {"row_number": row["row_number"],
             "row": orjson.dumps(orjson.loads(row["inputs"]) | orjson.loads(row["extras"])).decode()}
            for batch in table.to_batches() for row in batch.to_pylist()
        ),
    )  # fmt: skip
    datasets.freeze(home, TASK, created_by="bench", fresh=False)


def ours(home: Project, numbers: range) -> dict[str, float]:
    """Find ten records by their ids and erase them, as the command does."""
    began, worked = time.perf_counter(), time.process_time()
    found = erasing.find(home, record_ids=[f"rec_{number:07d}" for number in numbers])
    seen = time.perf_counter()
    job = erasing.start(home, found, by="bench", reason="a round of the benchmark")
    done = jobs.run_inline(home, job.job_id)
    ended = time.perf_counter()
    if done.status != "succeeded" or not erasing.report(home, str(done.summary["erasure_id"])).clean:
        raise RuntimeError(f"the erasure did not end clean: {done.error}")
    return {"seconds": ended - began, "find_s": seen - began, "cpu_s": time.process_time() - worked}


def peer(home: Project, folder: Path) -> dict[str, float]:
    """Read every table of every artifact and write it again."""
    paths = [
        manifest.folder / entry.name
        for kind in KINDS
        for manifest in artifacts.listing(home, kind)
        for entry in manifest.files
        if entry.schema
    ]
    began, worked = time.perf_counter(), time.process_time()
    for number, path in enumerate(paths):
        pq.write_table(pq.read_table(path), folder / f"{number}.parquet", compression="zstd")
    return {"seconds": time.perf_counter() - began, "cpu_s": time.process_time() - worked}


def main() -> int:
    """Measure; one JSON object where asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.erasing", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    asked = parser.parse_args()
    with open_folder() as folder:
        home = project.create(folder / "project", "bench")
        settings = home.root / SETTINGS_NAME
        document = tomlkit.parse(settings.read_text())
        document.setdefault("services", tomlkit.table())["argilla_url"] = "http://argilla.example.org"
        settings.write_text(tomlkit.dumps(document))
        home = project.open_project(home.root)
        with postgres.running(home):
            database.migrate(home)
            filled(home, asked.rows)
            (folder / "peer").mkdir()
            rounds: list[tuple[dict[str, float], dict[str, float]]] = []
            for place in range(asked.rounds):
                first = 1 + 7 * ERASED * place
                rounds.append((ours(home, range(first, first + ERASED)), peer(home, folder / "peer")))
            database.engine(home).dispose()
    best, theirs = (min(each[side]["seconds"] for each in rounds) for side in (0, 1))
    busy, theirs_busy = (min(each[side]["cpu_s"] for each in rounds) for side in (0, 1))
    result: dict[str, Any] = {
        "benchmark": "erasing",
        "peer": "pyarrow reading and writing the same Parquet files",
        "rows": asked.rows,
        "erased": ERASED,
        "ours_s": round(best, 2),
        "find_s": round(min(taken["find_s"] for taken, _ in rounds), 2),
        "peer_s": round(theirs, 2),
        "ratio": round(best / theirs, 2),
        "ours_cpu_s": round(busy, 2),
        "peer_cpu_s": round(theirs_busy, 2),
        "cpu_ratio": round(busy / theirs_busy, 2),
        "within": best / theirs <= MOST_RATIO,
    }
    sys.stdout.write((json.dumps(result) if asked.json else json.dumps(result, indent=1)) + "\n")
    return 0 if result["within"] else 1


if __name__ == "__main__":
    sys.exit(main())
