"""A dataset version as a file or folder that other tools train from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from curation import outputs, prompts, tasks
from curation.datasets.card import dataset_card
from curation.datasets.card.about import NOTHING_ELSE, About
from curation.datasets.exports.conversing import conversation
from curation.datasets.freezing import get
from curation.datasets.splits import SPLITS
from storage import exports, schemas
from storage.artifacts import Manifest
from storage.errors import InvalidInput
from storage.exports import Options, Written
from storage.exports.columns import LYING
from storage.exports.options import Tool
from storage.exports.rows import Row
from storage.project import Project

HUB = "huggingface-hub"
_MOST_ROWS, _MOST_LYING, _MOST_BYTES = 500, 5_000, 8_000_000


class VersionRows:
    """The rows of some splits of a version, read from its files anew each time, a few at a time."""

    def __init__(self, manifest: Manifest, splits: Sequence[str], speakers: Mapping[str, str] | None) -> None:
        self._manifest = manifest
        self._splits = splits
        self._speakers = speakers

    def __iter__(self) -> Iterator[Row]:
        for batch in self._batches(LYING, _MOST_ROWS):
            yield from map(self._row, batch.to_pylist())

    def columnar(self, names: Sequence[str]) -> Iterator[pa.RecordBatch] | None:
        """The rows as they lie, for tables; None for conversations, whose turns are not stored so."""
        return self._batches(names, _MOST_LYING) if self._speakers is None else None

    def _batches(self, names: Sequence[str], most_rows: int) -> Iterator[pa.RecordBatch]:
        for split in self._splits:
            name = f"{split}.parquet"
            version = next(entry.schema_version for entry in self._manifest.files if entry.name == name)
            current = version == schemas.VERSIONS["dataset_rows"]
            with pq.ParquetFile(self._manifest.path(name), pre_buffer=False, buffer_size=1 << 20) as file:
                rows = _batch_rows(file.metadata, most_rows)
                for batch in file.iter_batches(batch_size=rows, columns=list(names) if current else None):
                    table = pa.Table.from_batches([batch])
                    if not current:
                        table = schemas.upgraded(table, "dataset_rows", version or 1)
                    yield from table.select(list(names)).combine_chunks().to_batches()

    def _row(self, columns: Mapping[str, Any]) -> Row:
        texts = [columns[name] for name in ("system", "prompt", "completion", "teacher_output")]
        return Row(
            record_id=columns["record_id"],
            split=columns["split"],
            inputs=orjson.loads(columns["inputs"]),
            system=columns["system"],
            prompt=columns["prompt"],
            completion=columns["completion"],
            decision=columns["decision"],
            teacher_output=columns["teacher_output"],
            conversation=None if self._speakers is None else conversation(self._speakers, *texts),
        )


def _batch_rows(file: pq.FileMetaData, most_rows: int) -> int:
    """How many rows are about 8 MB, so that long texts are not read by the hundred."""
    size = sum(file.row_group(number).total_byte_size for number in range(file.num_row_groups))
    fitting = _MOST_BYTES * int(file.num_rows) // max(int(size), 1)
    return max(1, min(most_rows, fitting))


def rows(project: Project, task: str, version: str, splits: Sequence[str] = SPLITS) -> VersionRows:
    """The rows of a version, to be read as often as is needed and never held together.

    Raises InvalidInput for an unknown split, NotFound for an unknown version.
    """
    for split in splits:
        if split not in SPLITS:
            raise InvalidInput(f"There is no split {split!r}.", next_step=f"There are {', '.join(SPLITS)}.")
    form = outputs.form_of(tasks.get(project, task))
    speakers = form.speakers if form.type == "chat" else None
    return VersionRows(get(project, task, version).manifest, splits, speakers)


def export(
    project: Project,
    task: str,
    version: str,
    format: str,
    path: Path,
    *,
    split: str | None = None,
    tools: Sequence[Tool] = (),
    about: About = NOTHING_ELSE,
) -> Path:
    """Write a version, or one split of it, as one of `storage.exports.FORMATS`. Returns the path.

    Without a split, a file that others train from holds the train split only, a folder for a
    training tool the validation split besides, so that no test row is ever trained on by accident;
    a table holds all splits, with a column that says which. `tools` go with every row of a chat,
    `about` into the card of a Hub folder.

    Raises InvalidInput for an unknown format or split, NotFound for an unknown version, and what
    `storage.exports.write` raises.
    """
    written(project, task, version, format, path, split=split, tools=tools, about=about)
    return path


def written(
    project: Project, task: str, version: str, format: str, path: Path, *,
    split: str | None = None, tools: Sequence[Tool] = (), about: About = NOTHING_ELSE,
) -> Written:  # fmt: skip
    """As `export`; gives back how many rows there are in it."""
    chosen = (split,) if split else (exports.named(format).default_splits or SPLITS)
    given = rows(project, task, version, chosen)
    readme = card(project, task, version, chosen, about) if format == HUB else ""
    options = Options(tools=tuple(tools), name=task, card=readme)
    return exports.write(given, format, path, options=options)


def suffix(format: str) -> str:
    """The file suffix of an export format, with its dot. Raises InvalidInput for an unknown one."""
    return exports.named(format).suffix


def card(project: Project, task: str, version: str, splits: Sequence[str], about: About) -> str:
    """The card of an exported version, of the splits among these that have rows."""
    found = get(project, task, version)
    prompt = prompts.get(project, task, found.prompt_number)
    held = tuple(name for name in splits if found.rows[name])
    return dataset_card(
        tasks.get(project, task), version, prompt, found.manifest.facts, about=about, splits=held, flat=True
    )
