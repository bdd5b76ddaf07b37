"""What differs between two versions of a dataset: rows, outputs, splits, labels, and how they were made.

DuckDB joins the two versions' files by record and variation; what is found is kept in the project's
cache, so that a page of it costs nothing. Versions never change, and neither does their difference.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
from pydantic import TypeAdapter

from curation import tasks
from curation.datasets.differences.making import Setting, settings
from curation.datasets.files import frozen
from curation.datasets.splits import SPLITS
from storage import artifacts
from storage.artifacts import Manifest
from storage.project import Project

Kind = Literal["added", "removed", "changed", "moved", "asked"]
KINDS: tuple[Kind, ...] = ("added", "removed", "changed", "moved", "asked")
CHANGES, SUMMARY = "changes.parquet", "summary.json"
MOST_LABELS = 200
ALL = "all"


@dataclass(frozen=True)
class Move:
    """So many rows stand in another split than before."""

    before: str
    after: str
    rows: int


@dataclass(frozen=True)
class Shift:
    """How often a label, or a decision, stands in the rows of each version."""

    value: str
    before: int
    after: int


@dataclass(frozen=True)
class Diff:
    """What differs from version `before` to version `after`, in rows; a row may differ in several ways.

    `changed` have another output, `asked` another prompt or system text, `moved` another split; `same`
    differ in nothing. `shifts` are a classification's labels, the most shifted first and at
    most 200 of `labels`, and `distances` the total variation distance between the two versions'
    label shares (0 the same, 1 no label in common), of all rows and by split, where both have
    rows. `decisions` are approved, corrected and gold. `settings` are what they were made with.
    """

    before: str
    after: str
    rows_before: int
    rows_after: int
    counts: Mapping[Kind, int]
    same: int
    moves: tuple[Move, ...]
    labels: int
    shifts: tuple[Shift, ...]
    distances: Mapping[str, float]
    decisions: tuple[Shift, ...]
    settings: tuple[Setting, ...]

    @property
    def none(self) -> bool:
        """Whether every row is the same."""
        return not any(self.counts.values())


_STORED = TypeAdapter(Diff)


def compare(project: Project, task: str, before: str, after: str) -> Diff:
    """The difference, as it was found before or else found now: seconds for a million rows.

    Raises NotFound for an unknown version.
    """
    return _STORED.validate_json((folder(project, task, before, after) / SUMMARY).read_bytes())


def folder(project: Project, task: str, before: str, after: str) -> Path:
    """Where the difference is kept; it is found now where it is not. Raises NotFound."""
    old, new = (artifacts.load(project, "datasets", task, version) for version in (before, after))
    content = "".join(entry.sha256 for manifest in (old, new) for entry in manifest.files)
    home = project.cache_dir / "diffs" / task
    found = home / f"{before}-{after}-{hashlib.sha256(content.encode()).hexdigest()[:16]}"
    if not (found / SUMMARY).is_file():
        _keep(project, old, new, found)
    return found


def _keep(project: Project, old: Manifest, new: Manifest, target: Path) -> None:
    """Find the difference and put it in place whole; one found at the same time elsewhere stands."""
    with artifacts.disk_faults(target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix=".tmp-", dir=target.parent))
        try:
            diff = _found(project, old, new, making / CHANGES)
            (making / SUMMARY).write_bytes(_STORED.dump_json(diff))
            if not target.exists():
                os.replace(making, target)
        finally:
            shutil.rmtree(making, ignore_errors=True)


def _found(project: Project, old: Manifest, new: Manifest, changes: Path) -> Diff:
    task = tasks.get(project, new.task)
    with frozen.opened(project, before=old, after=new) as connection:
        connection.execute(_MET)
        connection.execute(_CHANGES.format(path=frozen.quoted(changes)))
        [counted] = frozen.answered(connection, _COUNTS)
        moves = tuple(Move(**row) for row in frozen.answered(connection, _MOVES))
        value = "unnest(from_json(completion, '[\"VARCHAR\"]'))" if task.multi_label else "completion"
        labels = _shares(connection, value) if task.kind == "classification" else {}
        decisions = _shifts(_shares(connection, "decision"))
    shifts = _shifts(labels)
    return Diff(
        before=old.artifact_id,
        after=new.artifact_id,
        rows_before=counted["rows_before"],
        rows_after=counted["rows_after"],
        counts={kind: counted[kind] for kind in KINDS},
        same=counted["same"],
        moves=moves,
        labels=len(shifts),
        shifts=shifts[:MOST_LABELS],
        distances=_distances(labels),
        decisions=decisions,
        settings=settings(project, old, new),
    )


Shares = Mapping[str, tuple[Mapping[str, int], Mapping[str, int]]]
"""By split, and under `all`: how often each value stands in the version before and in the one after."""


def _shares(connection: duckdb.DuckDBPyConnection, value: str) -> Shares:
    found: dict[str, tuple[dict[str, int], dict[str, int]]] = {split: ({}, {}) for split in (ALL, *SPLITS)}
    for place, version in enumerate(("before", "after")):
        for row in frozen.answered(connection, _VALUES.format(value=value, version=version)):
            for split in (row["split"], ALL):
                counts = found[split][place]
                counts[row["value"]] = counts.get(row["value"], 0) + row["rows"]
    return found


def _shifts(shares: Shares) -> tuple[Shift, ...]:
    """The values of all rows, the most shifted first."""
    before, after = shares.get(ALL, ({}, {}))
    found = [Shift(value, before.get(value, 0), after.get(value, 0)) for value in {**before, **after}]
    return tuple(sorted(found, key=lambda each: (-abs(_share(each, before, after)), each.value)))


def _share(shift: Shift, before: Mapping[str, int], after: Mapping[str, int]) -> float:
    return shift.after / max(1, sum(after.values())) - shift.before / max(1, sum(before.values()))


def _distances(shares: Shares) -> dict[str, float]:
    both = {split: sides for split, sides in shares.items() if all(sides)}
    return {split: total_variation(before, after) for split, (before, after) in both.items()}


def total_variation(before: Mapping[str, int], after: Mapping[str, int]) -> float:
    """Half the sum of the differences between two distributions' shares, 0-1; both must have counts.

    It is the most by which the shares of any set of values differ (Levin, Peres and Wilmer, "Markov
    Chains and Mixing Times", proposition 4.2).
    """
    left, right = sum(before.values()), sum(after.values())
    values: Iterable[str] = {**before, **after}
    return sum(abs(before.get(value, 0) / left - after.get(value, 0) / right) for value in values) / 2


def _side(version: str) -> str:
    return (
        "SELECT record_id, variation, split, hash(completion) AS said, "
        f"hash(coalesce(system, ''), prompt) AS asking FROM {version}"
    )


_FLAGS: Sequence[str] = KINDS
_MET = f"""
CREATE TABLE met AS SELECT
    coalesce(b.record_id, a.record_id) AS record_id, coalesce(b.variation, a.variation) AS variation,
    b.record_id IS NULL AS added, a.record_id IS NULL AS removed,
    coalesce(b.said <> a.said, false) AS changed, coalesce(b.split <> a.split, false) AS moved,
    coalesce(b.asking <> a.asking, false) AS asked, b.split AS split_before, a.split AS split_after
FROM ({_side("before")}) AS b
FULL JOIN ({_side("after")}) AS a ON a.record_id = b.record_id AND a.variation = b.variation
"""
_CHANGES = f"""
COPY (SELECT * FROM met WHERE {" OR ".join(_FLAGS)} ORDER BY record_id, variation)
TO {{path}} (FORMAT parquet, COMPRESSION zstd)
"""
_COUNTS = f"""
SELECT {", ".join(f"count(*) FILTER ({flag}) AS {flag}" for flag in _FLAGS)},
    count(*) FILTER (NOT ({" OR ".join(_FLAGS)})) AS same,
    (SELECT count(*) FROM before) AS rows_before, (SELECT count(*) FROM after) AS rows_after
FROM met
"""
_MOVES = """
SELECT split_before AS before, split_after AS after, count(*) AS rows FROM met WHERE moved
GROUP BY ALL ORDER BY rows DESC, before, after
"""
_VALUES = """
SELECT coalesce(value, '') AS value, split, count(*) AS rows
FROM (SELECT {value} AS value, split FROM {version}) GROUP BY ALL
"""
