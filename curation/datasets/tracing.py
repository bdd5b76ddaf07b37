"""Tracing: which rows of a version say something, and what was made of a version or of an import since."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from curation.datasets import leakage
from curation.datasets.files import frozen
from storage import artifacts, views
from storage.artifacts import Manifest
from storage.errors import InvalidInput
from storage.project import Project

MOST_FOUND = 20
_SHOWN_CHARACTERS = 300
_USERS = ("runs", "evaluations")


@dataclass(frozen=True)
class Found:
    """A row that says what was asked for; `text` is the beginning of what its record says."""

    record_id: str
    split: str
    text: str
    completion: str


@dataclass(frozen=True)
class Use:
    """A training run or an evaluation that used a version, and by whom; `kind` is runs or evaluations."""

    kind: str
    artifact_id: str
    version: str
    at: datetime
    by: str


@dataclass(frozen=True)
class Holding:
    """A dataset version and how many of its rows came with an import."""

    version: str
    rows: int


@dataclass(frozen=True)
class Forward:
    """What was made of an import: its records, the versions that hold some, and what used those."""

    import_id: str
    file: str
    records: int
    held: tuple[Holding, ...]
    uses: tuple[Use, ...]


def find(project: Project, task: str, version: str, text: str, *, limit: int = MOST_FOUND) -> list[Found]:
    """The first rows whose record has this id, or that say this, in whatever case; at most `limit`.

    Raises NotFound for an unknown version, InvalidInput for nothing to look for.
    """
    wanted = text.strip()
    if not wanted:
        raise InvalidInput("There is nothing to look for.", next_step="Give a record's id, or words of it.")
    manifest = artifacts.load(project, "datasets", task, version)
    with frozen.opened(project, version=manifest) as connection:
        rows = frozen.answered(connection, _BY_ID, wanted, limit)
        if not rows:
            rows = frozen.answered(connection, _BY_TEXT, wanted, wanted, wanted, limit)
    return [_found(row) for row in rows]


def uses(project: Project, task: str, version: str) -> list[Use]:
    """The runs and evaluations that used a version, newest first."""
    found = _uses(project, task, {f"datasets/{version}": version})
    return sorted(found, key=lambda use: use.at, reverse=True)


def forward(project: Project, task: str, import_id: str) -> Forward:
    """What came of an import. Raises NotFound for an unknown one."""
    imported = artifacts.load(project, "imports", task, import_id)
    made = [one for one in artifacts.listing(project, "records", task) if imported.reference in one.inputs]
    mine = {one.reference for one in made}
    versions = [one for one in artifacts.listing(project, "datasets", task) if mine & set(one.inputs)]
    held = _held(project, task, {one.artifact_id for one in made}, versions) if made else []
    named = {f"datasets/{each.version}": each.version for each in held if each.rows}
    return Forward(
        import_id=import_id,
        file=str(imported.facts.get("file", "")),
        records=sum(one.rows("records") for one in made),
        held=tuple(each for each in held if each.rows),
        uses=tuple(sorted(_uses(project, task, named), key=lambda use: use.at, reverse=True)),
    )


def _held(project: Project, task: str, records: Collection[str], versions: list[Manifest]) -> list[Holding]:
    """How many rows of each version are of records that these artifacts brought first.

    A record that an earlier import of the version brought already counts for that one.
    """
    held = []
    with views.connect(project, task, only=("records", "dataset_rows")) as connection:
        for version in versions:
            pinned = [ref.split("/", 1)[1] for ref in version.inputs if ref.startswith("records/")]
            earlier = pinned[: min(pinned.index(one) for one in records if one in pinned)]
            mine = [one for one in pinned if one in records]
            [row] = views.answered(connection, _HELD, (version.artifact_id, mine, earlier))
            held.append(Holding(version.artifact_id, row["rows"]))
    return held


def _uses(project: Project, task: str, versions: Mapping[str, str]) -> list[Use]:
    return [
        Use(kind, one.artifact_id, versions[reference], one.created_at, _by(one.facts))
        for kind in _USERS
        for one in artifacts.listing(project, kind, task)
        for reference in dict.fromkeys(one.inputs)
        if reference in versions
    ]


def _by(facts: Mapping[str, Any]) -> str:
    return str(facts.get("created_by") or "")


def _found(row: Mapping[str, Any]) -> Found:
    inputs: dict[str, str] = orjson.loads(row["inputs"] or "{}")
    text = leakage.text_of(inputs, list(inputs)) or row["prompt"]
    return Found(row["record_id"], row["split"], text[:_SHOWN_CHARACTERS], row["completion"])


_SHOWN = "record_id, split, inputs, prompt, completion"
_BY_ID = f"SELECT {_SHOWN} FROM version WHERE record_id = ? ORDER BY variation LIMIT ?"
_BY_TEXT = f"""
SELECT {_SHOWN} FROM version
WHERE contains(lower(prompt), lower(?)) OR contains(lower(completion), lower(?))
    OR contains(lower(inputs), lower(?))
LIMIT ?
"""
_HELD = """
SELECT count(*) AS rows FROM dataset_rows
WHERE artifact = ? AND record_id IN (
    SELECT record_id FROM records WHERE artifact IN (SELECT unnest(?::VARCHAR[]))
) AND record_id NOT IN (
    SELECT record_id FROM records WHERE artifact IN (SELECT unnest(?::VARCHAR[]))
)
"""
