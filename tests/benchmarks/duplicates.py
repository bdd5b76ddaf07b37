"""Finding near-duplicates beside rensa and datasketch, on a corpus with planted copies.

    python -m tests.benchmarks.duplicates --json [--rows 110000] [--planted 10000] [--data FILE]
    python -m tests.benchmarks.duplicates --json --brute 15000
    python -m tests.benchmarks.duplicates --json --rows 1000000 --planted 90000 --ours-only

Wall time and peak memory of each in a process of its own; recall of the planted pairs that rapidfuzz calls
90% alike; precision of what we call copies; with --brute the recall against every pair compared. FILE is
JSONL with a `text` in each line, and then nothing is planted. The peers live in .venv-peers/duplicates.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from curation.duplicates.normal import normal_form
from tests.benchmarks import _duplicate_peers, _duplicate_texts

THRESHOLD = 0.9
PEERS = Path(__file__).resolve().parents[2] / ".venv-peers" / "duplicates"
LIMITS = {
    "of rensa's time": 0.5,
    "of datasketch's time": 0.15,
    "recall": 0.995,
    "precision": 1.0,
    "peak_mb": 700,
}
ROWS_AT_ONCE = 500


def timed(way: str, path: Path) -> dict[str, Any]:
    """One way of `_duplicate_peers`, in a process of its own."""
    python = Path(sys.executable) if way == "ours" else _peers_python()
    command = [python, _duplicate_peers.__file__, way, path, str(THRESHOLD)]
    root = Path(__file__).resolve().parents[2]
    told = os.environ | ({"PYTHONPATH": str(root)} if way == "ours" else {})
    done = subprocess.run(
        list(map(str, command)), cwd=root, env=told, stdout=subprocess.PIPE, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _peers_python() -> Path:
    python = PEERS / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", PEERS], check=True)
        packages = ("rensa", "datasketch", "rapidfuzz")
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


def recall(clusters: Sequence[int], pairs: Iterable[tuple[int, int]]) -> float | None:
    """The share of pairs (positions) that stand in one cluster."""
    found = [clusters[one] == clusters[other] for one, other in pairs]
    return round(sum(found) / len(found), 4) if found else None


def alike(forms: Sequence[str], pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of the pairs whose ratio reaches the threshold."""
    return [(one, other) for one, other in pairs if fuzz.ratio(forms[one], forms[other]) >= 100 * THRESHOLD]


def precision(forms: Sequence[str], clusters: Sequence[int]) -> float:
    """The share of copies whose ratio with the first text of their cluster reaches the threshold."""
    first: dict[int, int] = {}
    copies = [
        (first[cluster], number)
        for number, cluster in enumerate(clusters)
        if first.setdefault(cluster, number) != number
    ]
    return round(len(alike(forms, copies)) / len(copies), 6) if copies else 1.0


def every_pair(forms: Sequence[str]) -> list[tuple[int, int]]:
    """All pairs that reach the threshold, found by comparing each text with each."""
    found: list[tuple[int, int]] = []
    for start in range(0, len(forms), ROWS_AT_ONCE):
        scores = process.cdist(
            forms[start : start + ROWS_AT_ONCE], forms[start:], scorer=fuzz.ratio,
            score_cutoff=100 * THRESHOLD, dtype=np.uint8, workers=-1,
        )  # fmt: skip
        left, right = np.triu(scores, 1).nonzero()
        found += zip((left + start).tolist(), (right + start).tolist(), strict=True)
    return found


def compared(corpus: _duplicate_texts.Corpus, folder: Path, ways: Sequence[str]) -> dict[str, Any]:
    """The table of one corpus."""
    path = folder / "texts.json"
    path.write_text(json.dumps(corpus.texts), encoding="utf-8")
    forms = [normal_form(text) for text in corpus.texts]
    planted = alike(forms, corpus.planted)
    told: dict[str, Any] = {
        "rows": len(corpus.texts), "mean_characters": round(sum(map(len, corpus.texts)) / len(corpus.texts)),
        "planted_pairs": len(planted), "limits": LIMITS,
    }  # fmt: skip
    for way in ways:
        found = timed(way, path)
        clusters = found.pop("clusters")
        told[way] = found | {"recall": recall(clusters, planted), "precision": precision(forms, clusters)}
    for peer in ways[1:]:
        told[f"of {peer}'s time"] = round(told["ours"]["seconds"] / told[peer]["seconds"], 3)
    return told


def natural(rows: int, folder: Path) -> dict[str, Any]:
    """Our recall of every pair there is, on `rows` texts; recall counts pairs, not clusters."""
    corpus = _duplicate_texts.made(rows, rows // 11, seed=12)
    path = folder / "texts.json"
    path.write_text(json.dumps(corpus.texts), encoding="utf-8")
    pairs = every_pair([normal_form(text) for text in corpus.texts])
    share = recall(timed("ours", path)["clusters"], pairs)
    return {"rows": rows, "pairs": len(pairs), "recall": share, "limit": 0.99}


def from_file(path: Path) -> _duplicate_texts.Corpus:
    """The texts of a JSONL file."""
    with path.open(encoding="utf-8") as lines:
        return _duplicate_texts.Corpus([json.loads(line)["text"] for line in lines], [])


def arguments() -> argparse.Namespace:
    """What is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.duplicates")
    parser.add_argument("--json", action="store_true", help="accepted for likeness with the other benchmarks")
    parser.add_argument("--rows", type=int, default=110_000)
    parser.add_argument("--planted", type=int, default=10_000)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--brute", type=int, metavar="ROWS")
    parser.add_argument("--ours-only", action="store_true")
    return parser.parse_args()


def main() -> int:
    """Measure, and print one JSON object."""
    wanted = arguments()
    ways = ["ours"] if wanted.ours_only else list(_duplicate_peers.WAYS)
    with tempfile.TemporaryDirectory() as folder:
        if wanted.brute:
            told = natural(wanted.brute, Path(folder))
        elif wanted.data:
            told = compared(from_file(wanted.data), Path(folder), ways)
        else:
            told = compared(_duplicate_texts.made(wanted.rows, wanted.planted), Path(folder), ways)
    json.dump(told, sys.stdout)
    sys.stdout.write("\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
