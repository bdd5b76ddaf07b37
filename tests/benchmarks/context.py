"""What the context of a record costs beside Argilla's answer: look-ups, and the nearest approved records.

python -m tests.benchmarks.context prints one JSON object per size of the approved set: milliseconds
at the median and the 95th percentile, warm, and the seconds that the first question waits for the index.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from curation.context import looking_up, nearest_approved
from storage import artifacts, schemas
from storage import project as projects
from storage.project import Project
from tests.curation import sample_task

SIZES = (10_000, 100_000)
QUESTIONS = 60
WORDS = [f"{start}{end}" for start in ("ba", "co", "di", "fo", "gu", "ka", "lo", "me") for end in
         ("ker", "lamp", "mill", "nut", "pan", "rose", "stone", "ting", "ware", "zel")]  # fmt: skip


def text(dice: random.Random) -> str:
    return " ".join(dice.choices(WORDS, k=10))


def made(folder: Path, size: int) -> tuple[Project, list[str]]:
    """A project with `size` approved records of ten words, one in ten of them with a copy."""
    dice = random.Random(3)
    project = projects.create(folder / f"p{size}", "demo")
    texts = [text(dice) for _ in range(size)]
    rows = [
        sample_task.record(number, inputs={"title": said, "Brand name": ""})
        for number, said in enumerate(texts)
    ]
    sample_task.publish_records(project, rows)
    ids = [row["record_id"] for row in rows]
    sample_task.publish_duplicates(project, [ids[start : start + 2] for start in range(0, size, 20)])
    given = [sample_task.review(each, "ann", output="Tea") for each in ids]
    sample_task.publish_reviews(project, given)
    labels = [
        {"label_id": f"lab_{each}", "record_id": each, "prompt_version": 1, "teacher": "t", "output": "Tea"}
        for each in ids
    ]
    with artifacts.draft(project, "labels", sample_task.NAME, "lab_a") as draft:
        draft.write_table("labels.parquet", schemas.from_rows(list(labels), "labels"), "labels")
        draft.publish()
    return project, ids


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def measured(project: Project, ids: list[str]) -> dict[str, object]:
    dice = random.Random(5)
    task = sample_task.TASK
    first_s = timed(lambda: nearest_approved(project, task.name, text(dice))) / 1000
    parts: dict[str, list[float]] = {"artifacts": [], "similar": [], "all": []}
    for _ in range(QUESTIONS):
        one = dice.choice(ids[::20])
        asked = text(dice)
        took = {
            "artifacts": timed(lambda one=one: looking_up.told(project, task, one)),  # type: ignore[misc]
            "similar": timed(lambda asked=asked: nearest_approved(project, task.name, asked)),  # type: ignore[misc]
        }
        took["all"] = sum(took.values())
        for name, each in took.items():
            parts[name].append(each)
    told = {
        name: [round(statistics.median(each), 1), round(statistics.quantiles(each, n=20)[18], 1)]
        for name, each in parts.items()
    }
    return {"approved": len(ids), "first_s": round(first_s, 2), "p50_p95_ms": told}


def main() -> int:
    """Measure each size."""
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            json.dump(measured(*made(Path(folder), size)), sys.stdout)
            sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
