"""Replay: general-purpose rows among the training rows, so that the student forgets less of what it knew.

They train and never validate or test, whatever they come from.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import orjson

from curation.datasets.crossing import coarse_digest, digest
from curation.datasets.definition import Replay
from curation.datasets.planning.caps import drawn
from curation.imports.reading.batches import Row
from curation.imports.reading.files import open_file
from storage import artifacts
from storage.artifacts import Manifest
from storage.errors import InvalidInput, NotFound
from storage.project import Project

PREFIX = "replay_"
"""What the names of replayed rows begin with."""
_ASKED = ("prompt", "question", "instruction", "input", "text")
_ANSWERED = ("completion", "answer", "response", "output")


@dataclass(frozen=True)
class ReplayRow:
    """One row: `name` is a hash of what it says (`name_of`), wherever it comes from."""

    name: str
    system: str
    prompt: str
    completion: str


@dataclass(frozen=True)
class ReplaySource:
    """All rows there are, the version they come from if it is one, and what says which they are."""

    rows: tuple[ReplayRow, ...]
    reference: str
    content_hash: str


def read(project: Project, task: str, replay: Replay) -> ReplaySource:
    """The rows of a file or of another version's train split.

    Raises InvalidInput for a file that changed since it was named, or has no question and answer;
    NotFound for a version that is not there.
    """
    if replay.version is not None:
        manifest = _manifest(project, task, replay.version)
        rows = tuple(_of_version(manifest))
        return ReplaySource(rows, manifest.reference, str(manifest.facts["content_hash"]))
    path = Path(str(replay.file))
    digest = artifacts.sha256_of(path) if path.is_file() else ""
    if not digest:
        raise InvalidInput(f"There is no file {path} to replay.", next_step="Put it back, or name another.")
    if replay.sha256 is not None and digest != replay.sha256:
        raise InvalidInput(
            f"{path.name}, whose rows are replayed, changed since the definition was saved.",
            next_step="Save the definition again to take the file as it is now.",
        )
    return ReplaySource(tuple(_of_file(path)), "", digest)


def chosen(
    source: Sequence[ReplayRow], share: float, train_rows: int, seed: int, tested: Collection[bytes]
) -> list[ReplayRow]:
    """So many rows that they are `share` of all train rows, or all there are; ordered by name.

    Which ones follows from a hash of name and seed. `tested` are digests of the texts of
    test rows: a row that asks one of them is not taken.
    """
    wanted = round(share / (1 - share) * train_rows)
    asked = set(tested)
    fitting = {row.name: row for row in source if not asked & {digest(row.prompt), coarse_digest(row.prompt)}}
    ordered = sorted(fitting, key=lambda name: (drawn(name, seed, "replay"), name))
    return [fitting[name] for name in sorted(ordered[:wanted])]


def name_of(system: str, prompt: str, completion: str) -> str:
    """The name of a row that says this, which stands as its record id where it is replayed."""
    said = hashlib.sha256(orjson.dumps([system, prompt, completion])).hexdigest()
    return f"{PREFIX}{said[:20]}"


def _manifest(project: Project, task: str, named: str) -> Manifest:
    of_task, _, version = named.rpartition("/")
    try:
        return artifacts.load(project, "datasets", of_task or task, version)
    except NotFound as fault:
        raise NotFound(
            f"There is no dataset version {named!r} to replay.",
            next_step="Name a version such as v0001 of this task, or other-task/v0001.",
        ) from fault


def _of_version(manifest: Manifest) -> Iterator[ReplayRow]:
    table = artifacts.read_table(manifest, "train.parquet", ["system", "prompt", "completion", "source"])
    for row in table.to_pylist():
        if row["source"] != "replay":
            yield _row(row["system"] or "", row["prompt"], row["completion"])


def _of_file(path: Path) -> Iterator[ReplayRow]:
    opened = open_file(path)
    if opened.shape == "table":
        asked = next((name for name in _ASKED if name in opened.columns), None)
        answered = next((name for name in _ANSWERED if name in opened.columns), None)
        if asked is None or answered is None:
            raise InvalidInput(
                f"{path.name} has columns {', '.join(opened.columns)}: no question and answer to replay.",
                next_step="Name them prompt and completion, or give a file of conversations.",
            )
    else:
        asked, answered = "prompt", "answer"
    for row in opened.rows():
        if isinstance(row, Row) and (opened.shape == "table" or _one_question(row.values)):
            question, answer = row.values.get(asked, "").strip(), row.values.get(answered, "").strip()
            if question and answer:
                yield _row(row.values.get("system", "").strip(), question, answer)


def _one_question(values: dict[str, str]) -> bool:
    """Whether a row is one question and its answer; of a longer conversation the middle would be lost."""
    return len(orjson.loads(values.get("conversation") or "[]")) == 1


def _row(system: str, prompt: str, completion: str) -> ReplayRow:
    return ReplayRow(name_of(system, prompt, completion), system, prompt, completion)
