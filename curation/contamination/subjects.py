"""What is held against a benchmark: all records of a task, or the rows of a dataset version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import orjson

from curation import datasets
from storage import artifacts
from storage.project import Project

LEAST_CHARACTERS = 30
"""A column by itself is compared from this length on: a brand alone is in every file."""


@dataclass
class Subject:
    """Texts with the record each is of. `splits` is empty unless a dataset version was asked for.

    A record has its inputs as one text and, where it has several, each longer one by itself.
    """

    inputs: tuple[str, ...] = ()
    records: int = 0
    texts: list[str] = field(default_factory=list)
    record_ids: list[str] = field(default_factory=list)
    splits: dict[str, str] = field(default_factory=dict)

    def add(self, record_id: str, inputs: Mapping[str, str], columns: Sequence[str]) -> None:
        """Add a record with its texts."""
        self.records += 1
        for text in _texts(inputs, columns):
            self.texts.append(text)
            self.record_ids.append(record_id)


def read(project: Project, task: str, columns: Sequence[str], version: str | None) -> Subject:
    """The records of the task, from all its imports; with `version` the rows of that dataset version.

    Raises NotFound for a version that does not stand.
    """
    if version is not None:
        manifest = datasets.get(project, task, version).manifest
        subject = Subject((manifest.reference,))
        for row in datasets.rows(project, task, version):
            if row.record_id not in subject.splits:  # once, however many prompts it is asked in
                subject.add(row.record_id, row.inputs, columns)
            subject.splits[row.record_id] = row.split
        return subject
    manifests = artifacts.listing(project, "records", task)
    subject = Subject(tuple(manifest.reference for manifest in manifests))
    for manifest in manifests:
        for entry in manifest.files:
            if entry.schema == "records":
                table = artifacts.read_table(manifest, entry.name, ["record_id", "inputs"])
                for record_id, inputs in zip(
                    table.column("record_id").to_pylist(), table.column("inputs").to_pylist(), strict=True
                ):
                    subject.add(record_id, orjson.loads(inputs), columns)
    return subject


def _texts(inputs: Mapping[str, str], columns: Sequence[str]) -> Iterator[str]:
    values = [inputs.get(column, "") for column in columns]
    yield "\n".join(value for value in values if value)
    if len(columns) > 1:
        yield from (value for value in values if len(value) >= LEAST_CHARACTERS)
