"""Freezing 100,000 reviewed rows, against pyarrow's own writing of the same rows.

    python -m tests.benchmarks.freezing --json

Ours is all of `datasets.freeze`: reading records, clusters, labels and reviews, resolving, splitting,
rendering, the guard against leaks, the content hash, the files with their SHA-256, the card and the
manifest, on a real PostgreSQL. The peer has the very rows as lists of Python values by column, makes
Arrow tables of them and writes the three Parquet files; `arrow_s` is its writing alone, from tables that
are there already. Each side is a process of its own; of the rounds taken in turn the fastest counts.
Limit: 5 x the peer.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from curation import datasets, prompts, tasks
from curation.datasets import Definition
from curation.datasets.definition import Splits, Variations
from curation.student_prompts import StudentPrompt, Variation
from curation.tasks import Task
from storage import artifacts, database, project, schemas
from storage.project import Project
from storage.rows_writer import RowsWriter
from storage.services import postgres
from tests.folders import open_folder

ROWS, ROUNDS, MOST_RATIO = 100_000, 3, 5.0
TASK = "bench"
LABELS = tuple(f"Shelf {number:03d}" for number in range(200))
SPLITS = ("train", "validation", "test")
STARTS = ("ba", "co", "di", "fo", "gu", "ka", "lo", "me", "ni", "pö", "ré", "su")
ENDS = ("ker", "lamp", "mill", "nut", "pan", "rose", "stone", "ting", "ware", "zel")
WORDS = [f"{start}{end}" for start in STARTS for end in ENDS]
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
DEFINITIONS = {
    "plain": Definition(),
    "whole": Definition(
        splits=Splits(group_column="seller", stratify_by="label"),
        caps={"seller": 8},
        balance=5,
        student_prompt=StudentPrompt(system="Answer in one line.", template="{text}"),
        variations=Variations(texts=(Variation(name="other", system="Name the shelf."),), share=0.5),
    ),
}


def filled(home: Project, count: int) -> None:
    """`count` records of about 430 characters, nine in ten reviewed, the others held out with gold."""
    columns = ("text",)
    tasks.create(home, Task(name=TASK, title="Bench", input_columns=columns, labels=LABELS))
    prompts.create(
        home, TASK, system="You sort goods.", template="Which shelf?\n\n{text}", reason="", created_by="bench"
    )
    dice = random.Random(7)
    with artifacts.draft(home, "records", TASK, "rec_a") as draft:
        with RowsWriter(draft, "records.parquet", "records") as writer:
            for number in range(count):
                writer.add(record(dice, number))
        draft.publish(inputs=["imports/imp_a"])
    kept = [number for number in range(count) if number % 10]
    searched(home, count)
    publish(home, "labels", "lab_a", "labels", (label(number) for number in kept))
    publish(home, "reviews", "g0001", "reviews", (review(number) for number in kept))


def publish(home: Project, kind: str, name: str, schema: str, rows: Any) -> None:
    """An artifact with one table of these rows."""
    with artifacts.draft(home, kind, TASK, name) as draft:
        with RowsWriter(draft, f"{schema}.parquet", schema) as writer:
            for row in rows:
                writer.add(row)
        draft.publish()


def searched(home: Project, count: int) -> None:
    """A search for duplicates that found none."""
    with artifacts.draft(home, "duplicates", TASK, "dup_a") as draft:
        with RowsWriter(draft, "clusters.parquet", "duplicates") as writer:
            for number in range(count):
                writer.add(cluster(number))
        draft.write_table("links.parquet", schemas.from_rows([], "duplicate_links"), "duplicate_links")
        draft.publish(inputs=["records/rec_a"], facts={"threshold": 0.9})


def record(dice: random.Random, number: int) -> dict[str, Any]:
    """A record; every tenth is held out."""
    text = f"{number} " + " ".join(dice.choices(WORDS, k=68))
    return {
        "record_id": f"rec_{number:07d}", "row_number": number,
        "inputs": orjson.dumps({"text": text}).decode(),
        "gold": None if number % 10 else LABELS[number % 200],
        "source": "bench.csv", "held_out": not number % 10,
        "extras": orjson.dumps({"seller": f"seller {number // 10 if number % 10 else -number}"}).decode(),
    }  # fmt: skip


def cluster(number: int) -> dict[str, Any]:
    """Each record in a cluster of its own."""
    return {
        "record_id": f"rec_{number:07d}", "cluster": number, "keeper": True, "similarity": 1.0,
        "match": "keeper", "held_out": not number % 10,
    }  # fmt: skip


def label(number: int) -> dict[str, Any]:
    """What the teacher said."""
    return {
        "label_id": f"lab_{number:07d}", "record_id": f"rec_{number:07d}", "prompt_version": 1,
        "teacher": "t", "model": "m", "output": LABELS[number % 200], "parameters": "{}", "created_at": NOON,
    }  # fmt: skip


def review(number: int) -> dict[str, Any]:
    """One person's decision; every third is a correction."""
    corrected = not number % 3
    return {
        "review_id": f"rev_{number:07d}", "record_id": f"rec_{number:07d}", "queue": "bench.prompt-v1",
        "prompt_version": 1, "label_id": f"lab_{number:07d}", "reviewer": "ann",
        "decision": "corrected" if corrected else "approved", "output": LABELS[(number + corrected) % 200],
        "error_tags": [], "ratings": "{}", "note": "", "seconds_spent": 4.0, "client_id": "",
        "base_version": "", "submitted_at": NOON, "deleted": False,
    }  # fmt: skip


def ours(home: Project, which: str, seed: int) -> dict[str, Any]:
    """Freeze as the product does; another seed each time, for the same version is not written twice."""
    definition = DEFINITIONS[which]
    began = time.perf_counter()
    seen = datasets.preview(home, TASK, definition=definition, seed=seed, fresh=False)
    previewed = time.perf_counter()
    made = datasets.freeze(home, TASK, definition=definition, seed=seed, created_by="bench", fresh=False)
    frozen = time.perf_counter()
    assert made.rows == seen.splits
    return {"seconds": frozen - previewed, "preview_s": previewed - began, "rows": made.total,
            "version": made.version}  # fmt: skip


def peer(home: Project, version: str, out: Path) -> dict[str, Any]:
    """Write the rows of that version from Arrow tables, as pyarrow does."""
    manifest = artifacts.load(home, "datasets", TASK, version)
    tables = {split: artifacts.read_table(manifest, f"{split}.parquet").combine_chunks() for split in SPLITS}
    assert all(table.schema == schemas.SCHEMAS["dataset_rows"] for table in tables.values())
    out.mkdir()
    rows = {split: table.to_pydict() for split, table in tables.items()}
    began = time.perf_counter()
    for split, columns in rows.items():
        table = pa.Table.from_pydict(columns, schema=schemas.SCHEMAS["dataset_rows"])
        pq.write_table(table, out / f"{split}.parquet", compression="zstd")
    written = time.perf_counter()
    for split, table in tables.items():
        pq.write_table(table, out / f"{split}.parquet", compression="zstd")
    only_arrow = time.perf_counter() - written
    shutil.rmtree(out)
    return {"seconds": written - began, "arrow_s": only_arrow}


def child(arguments: list[str]) -> dict[str, Any]:
    """This program again, in a process of its own."""
    command = [sys.executable, "-m", "tests.benchmarks.freezing", *arguments]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    found: dict[str, Any] = json.loads(said.splitlines()[-1])
    return found


def measured(home: Project, which: str, rounds: int) -> dict[str, Any]:
    """Both sides, in turn."""
    taken: list[dict[str, Any]] = []
    written: list[dict[str, Any]] = []
    folder = ["--folder", str(home.root)]
    for seed in range(rounds):
        taken.append(child(["--child", "ours", *folder, "--definition", which, "--seed", str(seed)]))
        written.append(child(["--child", "peer", *folder, "--version", taken[-1]["version"]]))
    best, theirs, arrow = (
        min(each[name] for each in sides)
        for sides, name in ((taken, "seconds"), (written, "seconds"), (written, "arrow_s"))
    )
    return {
        "definition": which,
        "rows": taken[0]["rows"],
        "ours_s": round(best, 2),
        "peer_s": round(theirs, 2),
        "ratio": round(best / theirs, 2),
        "arrow_s": round(arrow, 2),
        "ratio_to_arrow": round(best / arrow, 2),
        "preview_s": round(min(each["preview_s"] for each in taken), 2),
        "ours_mb": round(max(each["mb"] for each in taken)),
        "within": best / theirs <= MOST_RATIO,
    }


def main() -> int:
    """Measure both definitions; one JSON object where asked."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.freezing", description=__doc__)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--definition", choices=list(DEFINITIONS), nargs="+", default=list(DEFINITIONS))
    parser.add_argument("--child", choices=("ours", "peer"), help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--seed", type=int, default=0, help=argparse.SUPPRESS)
    parser.add_argument("--version", default="", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        home = project.open_project(asked.folder)
        if asked.child == "ours":
            found = ours(home, asked.definition[0], asked.seed)
        else:
            found = peer(home, asked.version, asked.folder / "peer")
        found["mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sys.stdout.write(json.dumps(found) + "\n")
        return 0
    with open_folder() as folder:
        home = project.create(folder / "project", "bench")
        with postgres.running(home):
            database.migrate(home)
            filled(home, asked.rows)
            database.engine(home).dispose()
            each = [measured(home, which, asked.rounds) for which in asked.definition]
    result = {
        "benchmark": "freezing",
        "peer": "pyarrow making tables of the same rows and writing them",
        "definitions": each,
        "worst_ratio": max(one["ratio"] for one in each),
        "within": all(one["within"] for one in each),
    }
    sys.stdout.write((json.dumps(result) if asked.json else "\n".join(map(json.dumps, each))) + "\n")
    return 0 if result["within"] else 1


if __name__ == "__main__":
    sys.exit(main())
