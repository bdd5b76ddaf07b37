"""How long an import takes, beside libraries that read the same file and write it again.

    python -m tests.benchmarks.importing --json

Ours is the whole way: the file read in its guarded process, hashed, its rows kept as they came, cleaned,
redacted, checked, hashed, held out or not, written down in the ledger, and published. The peers read the
table and write it as Parquet (pyarrow), or read and write the rows (polars), and do nothing else. Each
measurement is a process of its own that has its libraries loaded, and a database of its own; of the
rounds, taken in turn, the fastest counts. Limit: 4 times the wall time of pyarrow, which like ours
writes Parquet; polars, which writes the JSON lines again and compresses nothing, is there to compare.

The texts are those of the benchmark of duplicates: titles, messages, reports and listings of some 430
characters, one in seven with numbers; one in fifty has an e-mail address or a telephone number. Beside
them stand a label, an id and a price. `--numbers` puts a date, an order number and a price into every
text, which makes redaction look at each: it says what that costs, and the limit is not for it. Also the
most memory that our process and the one that reads held together.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pyarrow as pa
import pyarrow.json
import pyarrow.parquet as pq

from curation import imports, tasks
from curation.imports.mapping import ColumnMapping
from curation.tasks import Task
from storage import database, project
from storage.project import Project
from storage.services import postgres
from tests.benchmarks._duplicate_texts import made as made_texts

ROWS, ROUNDS = 100_000, 3
MOST_RATIO = 4.0
TASK = "bench"
MAPPING = ColumnMapping(inputs={"text": "text"}, gold="label", extras=("id", "price"))
LABELS = ("billing", "delivery", "refund", "other")
PEERS = {"parquet": ("pyarrow",), "jsonl": ("pyarrow", "polars")}


def made(rows: int, *, numbers: bool) -> pa.Table:
    """The rows, always the same."""
    dice = random.Random(3)
    texts = made_texts(rows, 0).texts
    for place in range(0, rows, 50):
        contact = (f"kim{place}@shop.example", f"+49 30 23125 {place % 900 + 100}")[place % 100 // 50]
        texts[place] = f"{texts[place]} Write to {contact}, please."
    if numbers:
        texts = [
            f"On {dice.randint(1, 28)}.{dice.randint(1, 12)}.2026 order {dice.randrange(10**8)} of "
            f"{dice.randrange(100, 99_999) / 100:.2f} EUR: {text}"
            for text in texts
        ]
    return pa.table({
        "id": [f"row-{number}" for number in range(rows)], "text": texts,
        "label": dice.choices(LABELS, k=rows), "price": [dice.randint(1, 100_000) for _ in range(rows)],
    })  # fmt: skip


def write_jsonl(table: pa.Table, path: Path) -> None:
    """One object a line."""
    with path.open("w", encoding="utf-8") as stream:
        for batch in table.to_batches(10_000):
            stream.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in batch.to_pylist())


def ours(folder: Path, path: Path, name: str) -> Callable[[], None]:
    """An import into a task of its own; services and libraries are there before the clock starts.

    So are those that come with the first import of a process: pyarrow loads pandas with the first list that
    it converts, redaction the numbering plans of telephone numbers.
    """
    pa.array([""])
    import phonenumbers  # noqa: F401

    home = project.open_project(folder / "project")
    tasks.create(home, Task(name=name, title=name, input_columns=("text",), labels=LABELS))
    return lambda: _check(imports.import_file(home, name, path, MAPPING))


def _check(result: imports.ImportResult) -> None:
    assert result.new + result.known == result.read > 0, result


def peer(which: str, path: Path, out: Path) -> Callable[[], None]:
    """Read the file and write it again."""
    if which == "polars":
        import polars

        return lambda: polars.read_ndjson(path).write_ndjson(out)
    if path.suffix == ".jsonl":
        return lambda: pq.write_table(pa.json.read_json(path), out)  # pyarrow writes no JSON
    return lambda: pq.write_table(pq.read_table(path), out)


def child(folder: Path, path: Path, which: str, name: str) -> None:
    """One measurement."""
    out = folder / "again"
    work = ours(folder, path, name) if which == "ours" else peer(which, path, out)
    began = time.perf_counter()
    work()
    sys.stdout.write(f"{time.perf_counter() - began}\n")
    out.unlink(missing_ok=True)


def started(folder: Path, path: Path, which: str, name: str) -> subprocess.Popen[str]:
    """This program again, for one measurement."""
    command = ["--child", which, "--folder", str(folder), "--path", str(path), "--name", name]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.importing", *command], stdout=subprocess.PIPE, text=True
    )


def seconds(folder: Path, path: Path, which: str, name: str) -> float:
    """What one measurement said."""
    process = started(folder, path, which, name)
    said, _ = process.communicate()
    assert process.returncode == 0
    return float(said.splitlines()[-1])


def memory_mb(folder: Path, path: Path, name: str) -> float:
    """The most that an import and the process that reads for it hold together; looked at often."""
    process, most = started(folder, path, "ours", name), 0
    watched = psutil.Process(process.pid)
    while process.poll() is None:
        with suppress(psutil.Error):
            tree = [watched, *watched.children(recursive=True)]
            most = max(most, sum(one.memory_info().rss for one in tree))
        time.sleep(0.02)
    process.communicate()
    return most / 1e6


def measured(folder: Path, rows: int, rounds: int, *, numbers: bool) -> dict[str, Any]:
    """Every figure."""
    table = made(rows, numbers=numbers)
    paths = {"parquet": folder / "rows.parquet", "jsonl": folder / "rows.jsonl"}
    pq.write_table(table, paths["parquet"])
    write_jsonl(table, paths["jsonl"])
    del table
    found: dict[str, Any] = {"benchmark": "importing", "rows": rows, "numbers_in_every_text": numbers}
    for form, path in paths.items():
        taken: dict[str, list[float]] = {which: [] for which in ("ours", *PEERS[form])}
        for number in range(rounds):
            for which, times in taken.items():
                times.append(seconds(folder, path, which, f"{form}-{number}"))
        best = {which: min(times) for which, times in taken.items()}
        found |= {f"{form}_mb": path.stat().st_size / 1e6, f"{form}_s": best["ours"]}
        for which in PEERS[form]:
            found[f"{form}_by_{which}_s"] = best[which]
            found[f"{form}_ratio_to_{which}"] = best["ours"] / best[which]
        found[f"{form}_memory_mb"] = memory_mb(folder, path, f"{form}-memory")
    found["worst_ratio"] = max(found["parquet_ratio_to_pyarrow"], found["jsonl_ratio_to_pyarrow"])
    found["within"] = found["worst_ratio"] <= MOST_RATIO
    return {name: round(value, 3) if isinstance(value, float) else value for name, value in found.items()}


@contextmanager
def house() -> Iterator[Path]:
    """A folder with a project whose PostgreSQL runs."""
    folder = Path(tempfile.mkdtemp(prefix="understudy-bench-"))
    folder.chmod(0o755)
    try:
        home: Project = project.create(folder / "project", "bench")
        with postgres.running(home):
            database.migrate(home)
            yield folder
            database.engine(home).dispose()
    finally:
        shutil.rmtree(folder)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--numbers", action="store_true", help="numbers in every text")
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--path", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--name", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        child(asked.folder, asked.path, asked.child, asked.name)
        return 0
    with house() as folder:
        found = measured(folder, asked.rows, asked.rounds, numbers=asked.numbers)
    lines = (
        json.dumps(found) if asked.json else "\n".join(f"{name}: {value}" for name, value in found.items())
    )
    sys.stdout.write(f"{lines}\n")
    return 0 if asked.numbers or found["within"] else 1


if __name__ == "__main__":
    sys.exit(main())
