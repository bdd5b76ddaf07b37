"""What different people made of one record: each version against the teacher's, and one against another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from ui.components.sources import component


@dataclass(frozen=True)
class Shown:
    """One person's version. `name` says no more than which it is; `output` is None for a discard."""

    name: str
    decision: str
    output: str | None
    error_tags: tuple[str, ...] = ()
    note: str = ""


def versions(*, inputs: Mapping[str, str], teacher: str, shown: Sequence[Shown], key: str) -> None:
    """Draw the record, the teacher's output, and the versions with what differs marked."""
    data = {
        "inputs": [[column, text] for column, text in inputs.items()],
        "teacher": teacher,
        "versions": [asdict(each) for each in shown],
    }
    component("versions", ("versions.js",))(key=key, data=data)
