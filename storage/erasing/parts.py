"""Parts of jobs that stopped: what is erased goes out of them whole, a line of JSONL or an entry of a list.

A job may be resumed from its parts. A masked id would be asked for again then, and is nobody's; without the
line or the entry the job goes on with the records that are left.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from storage.erasing.needles import Needles

SUFFIXES = (".jsonl", ".json")


def written(source: Path, target: Path, needles: Needles) -> bool:
    """Write what is left of a part to `target`; False for a file that is not the JSON its name says."""
    whole = source.read_bytes()
    if source.suffix == ".jsonl":
        forms = [form.encode() for form in needles.spelled]
        kept = (line for line in whole.splitlines(keepends=True) if not any(form in line for form in forms))
        target.write_bytes(b"".join(kept))
        return True
    try:
        value = orjson.loads(whole)
    except orjson.JSONDecodeError:
        return False
    target.write_bytes(orjson.dumps(_left(value, needles)))
    return True


def _left(value: Any, needles: Needles) -> Any:
    if isinstance(value, list):
        return [_left(each, needles) for each in value if not _names_one(each, needles)]
    if isinstance(value, dict):
        return {needles.masked(name): _left(each, needles) for name, each in value.items()}
    return needles.masked_value(value)


def _names_one(entry: Any, needles: Needles) -> bool:
    """Whether an entry of a list is one of them, or an object of which a value is."""
    said = entry.values() if isinstance(entry, dict) else (entry,)
    return any(isinstance(each, str) and needles.found_in(each) for each in said)
