"""The rows that differ between two versions, a page at a time, with what each version says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

from curation.datasets import leakage
from curation.datasets.differences.diffing import CHANGES, KINDS, Kind, folder
from curation.datasets.files import frozen
from storage import artifacts
from storage.errors import InvalidInput
from storage.project import Project

PAGE = 20


@dataclass(frozen=True)
class Side:
    """A row as one of the versions has it."""

    split: str
    system: str
    prompt: str
    completion: str
    decision: str
    text: str = ""  # what its record says; "" for a row without one


@dataclass(frozen=True)
class Change:
    """A row that differs: `before` is None where it was added, `after` where it was removed."""

    record_id: str
    variation: str
    before: Side | None
    after: Side | None

    @property
    def shown(self) -> Side:
        """The newer of its sides."""
        side = self.after or self.before
        assert side is not None
        return side


def changes(
    project: Project, task: str, before: str, after: str, kind: Kind, *, limit: int = PAGE, offset: int = 0
) -> list[Change]:
    """Rows that differ in this way, in the order of their records. Raises InvalidInput for another kind."""
    if kind not in KINDS:
        raise InvalidInput(f"Rows do not differ by {kind!r}.", next_step=f"They do by {', '.join(KINDS)}.")
    found = frozen.exactly(folder(project, task, before, after) / CHANGES)
    old, new = (artifacts.load(project, "datasets", task, version) for version in (before, after))
    with frozen.opened(project, before=old, after=new) as connection:
        page = frozen.answered(
            connection,
            f"SELECT record_id, variation FROM read_parquet({found}) WHERE {kind} LIMIT ? OFFSET ?",
            limit, offset,
        )  # fmt: skip
        ids = sorted({row["record_id"] for row in page})
        sides = {
            version: {
                (row.pop("record_id"), row.pop("variation")): _side(row)
                for row in frozen.of_records(connection, version, _SIDE, ids)
            }
            for version in ("before", "after")
        }
    return [
        Change(*key, before=sides["before"].get(key), after=sides["after"].get(key))
        for key in ((row["record_id"], row["variation"]) for row in page)
    ]


def _side(row: dict[str, Any]) -> Side:
    inputs: dict[str, str] = orjson.loads(row.pop("inputs") or "{}")
    return Side(**row, text=leakage.text_of(inputs, list(inputs)))


_SIDE = "record_id, variation, split, coalesce(system, '') AS system, prompt, completion, decision, inputs"
