"""Folders of data files, read one after the other as one file: `save_to_disk`, or any folder of tables.

The parts must have the same columns. Rows are numbered on from part to part.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from curation.imports.reading.archives import Member, listed
from curation.imports.reading.batches import Chunk, Reject
from curation.imports.reading.limits import Limits
from curation.imports.reading.opened import Opened
from storage.errors import InvalidInput

SUFFIXES = (".parquet", ".arrow", ".jsonl", ".ndjson", ".json", ".csv", ".tsv")
PACKED = (".gz", ".zst", ".bz2", ".xz")
SPLIT = "split"
_NO_DATA = ("dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json")


@dataclass(frozen=True)
class Part:
    """A file of the folder, and the split it belongs to, if the folder says so."""

    path: Path
    split: str = ""


def parts(folder: Path, limits: Limits) -> tuple[Part, ...]:
    """The data files of a folder, in order. Raises InvalidInput for links that lead out, and for none."""
    if (folder / "dataset_dict.json").is_file():
        splits = _described(folder, "dataset_dict.json").get("splits", [])
        found = [Part(path, str(split)) for split in splits for path in _saved(_inside(folder, str(split)))]
    elif (folder / "state.json").is_file():
        found = [Part(path) for path in _saved(folder)]
    else:
        found = [Part(path) for path in _tables(folder, limits)]
    for part in found:
        if not part.path.resolve().is_relative_to(folder.resolve()):
            raise InvalidInput(f"{part.path} is a link that leads out of {folder}.",
                               next_step="Put the file itself there.")  # fmt: skip
    if not found:
        raise InvalidInput(
            f"{folder} holds no data files.", next_step=f"These are read: {', '.join(SUFFIXES)}."
        )
    return tuple(found)


def members(folder: Path, limits: Limits) -> tuple[Member, ...]:
    """What can be chosen of a folder: its splits where it has some, else its files."""
    found = parts(folder, limits)
    sizes: dict[str, int] = {}
    for part in found:
        name = part.split or part.path.relative_to(folder).as_posix()
        sizes[name] = sizes.get(name, 0) + part.path.stat().st_size
    return tuple(Member(name, size) for name, size in sizes.items())


def opened(folder: Path, member: str | None, limits: Limits, open_part: Callable[[Path], Opened]) -> Opened:
    """The folder as one file. Raises InvalidInput where its parts do not fit together."""
    found = parts(folder, limits)
    if member is not None:
        chosen = [one for one in found if member in (one.split, one.path.relative_to(folder).as_posix())]
        if not chosen:
            raise InvalidInput(f"{folder.name} holds no {member!r}.",
                               next_step=f"It holds {listed(members(folder, limits))}.")  # fmt: skip
        found = tuple(chosen)
    first = open_part(found[0].path)
    split = SPLIT if found[0].split and SPLIT not in first.columns else None
    names = (*first.columns, split) if split else first.columns
    detected = {**first.detected, "files": str(len(found))}
    if splits := dict.fromkeys(part.split for part in found if part.split):
        detected["splits"] = ", ".join(splits)
    return Opened(first.format, names, detected, lambda: _chunks(folder, found, first, split, open_part))


def _chunks(
    folder: Path,
    found: tuple[Part, ...],
    first: Opened,
    split: str | None,
    open_part: Callable[[Path], Opened],
) -> Iterator[Chunk]:
    before = 0
    for place, part in enumerate(found):
        one = first if place == 0 else open_part(part.path)
        if (one.format, set(one.columns)) != (first.format, set(first.columns)):
            raise InvalidInput(
                f"{part.path.relative_to(folder)} has other columns or another format than "
                f"{found[0].path.relative_to(folder)}.",
                next_step="Import them one by one.",
            )
        last = before
        for chunk in one.chunks():
            numbers = [before + number for number in chunk.numbers]
            rejects = [Reject(before + one.row_number, one.reason, one.row) for one in chunk.rejects]
            last = max([last, *numbers[-1:], *(one.row_number for one in rejects)])
            columns: dict[str, Any] = {name: chunk.columns[name] for name in first.columns}
            if split:
                columns[split] = [part.split] * len(numbers)
            yield Chunk(numbers, columns, rejects, chunk.more)
        before = last


def _tables(folder: Path, limits: Limits) -> Iterator[Path]:
    found = list(islice(folder.rglob("*"), limits.members + 1))
    if len(found) > limits.members:
        raise InvalidInput(
            f"{folder} holds more than {limits.members:,} files.", next_step="Name a folder further down."
        )
    for path in sorted(found):
        name = path.name.lower()
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        for suffix in PACKED:
            name = name.removesuffix(suffix)
        if not hidden and path.name not in _NO_DATA and name.endswith(SUFFIXES) and path.is_file():
            yield path


def _saved(folder: Path) -> list[Path]:
    """The data files that a dataset saved to disk names."""
    files = _described(folder, "state.json").get("_data_files", [])
    named = [one.get("filename") for one in files if isinstance(one, dict)]
    return [_inside(folder, str(name)) for name in named]


def _described(folder: Path, name: str) -> dict[str, Any]:
    path = folder / name
    try:
        found = json.loads(path.read_bytes()[:MOST_DESCRIBED_BYTES])
    except (OSError, ValueError, RecursionError) as fault:
        raise InvalidInput(f"{path} cannot be read: {fault}.", next_step="Save the dataset again.") from fault
    if not isinstance(found, dict):
        raise InvalidInput(f"{path} is not a JSON object.", next_step="Save the dataset again.")
    return found


MOST_DESCRIBED_BYTES = 10_000_000


def _inside(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise InvalidInput(f"{folder} names {name!r}, which leads out of it.", next_step="Save it again.")
    if not path.exists():
        raise InvalidInput(f"{folder} names {name!r}, which is not there.", next_step="Copy it again.")
    return path
