"""A task as a file that a person writes: TOML or JSON, with the fields of `Task`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import orjson

from curation.tasks.definition import Task
from storage.errors import InvalidInput

MOST_BYTES = 5_000_000


def read(path: Path) -> Task:
    """The task that a `.toml` or `.json` file defines. Raises InvalidInput, naming what is wrong with it."""
    try:
        raw = path.read_bytes()
    except OSError as fault:
        raise InvalidInput(
            f"{path} cannot be read: {fault.strerror}.", next_step="Name another file."
        ) from fault
    if len(raw) > MOST_BYTES:
        raise InvalidInput(
            f"{path.name} has {len(raw):,} bytes.", next_step=f"At most {MOST_BYTES:,} are read."
        )
    try:
        values = tomllib.loads(raw.decode()) if path.suffix == ".toml" else orjson.loads(raw)
    except (tomllib.TOMLDecodeError, orjson.JSONDecodeError, UnicodeDecodeError) as fault:
        raise InvalidInput(
            f"{path.name} cannot be read: {fault}.", next_step="Write it as TOML (.toml) or JSON."
        ) from fault
    if not isinstance(values, dict):
        raise InvalidInput(f"{path.name} holds no task.", next_step="Write its fields as a JSON object.")
    return _task(path, values)


def _task(path: Path, values: dict[str, Any]) -> Task:
    if "revision" in values:
        raise InvalidInput(f"{path.name} gives a revision, which is counted here.", next_step="Take it out.")
    for field in ("name", "title", "input_columns"):
        if field not in values:
            raise InvalidInput(f"{path.name} gives no {field}.", next_step="Say it there.")
    return Task(**values)
