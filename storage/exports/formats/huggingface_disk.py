"""`huggingface-disk`: the folder that `DatasetDict.save_to_disk` makes and `load_from_disk` opens.

Each split is streamed to an Arrow file. `datasets` itself writes everything else: it saves one empty
row of the same columns, whose file then gives way to the full one.
"""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow as pa

from storage.exports.batches import by_split
from storage.exports.columns import Columns
from storage.exports.format import Format
from storage.exports.options import Options
from storage.exports.rows import ExportRow


def to_folder(rows: Iterable[ExportRow], folder: Path, options: Options) -> int:
    """Write a dataset per split. Gives back how many rows."""
    streamed = folder / ".streamed"
    streamed.mkdir()
    schemas: dict[str, pa.Schema] = {}

    def opened(split: str, columns: Columns, open_files: ExitStack) -> pa.RecordBatchStreamWriter:
        schemas[split] = columns.schema
        sink = open_files.enter_context((streamed / f"{split}.arrow").open("wb"))
        return open_files.enter_context(pa.ipc.new_stream(sink, columns.schema))

    written = by_split(rows, opened)
    _save_one_row(schemas, folder)
    for split in schemas:
        [saved] = (folder / split).glob("*.arrow")
        (streamed / f"{split}.arrow").replace(saved)
    shutil.rmtree(streamed)
    return written


def _save_one_row(schemas: dict[str, pa.Schema], folder: Path) -> None:
    """What `datasets` writes of such splits. Each has a fingerprint of its own, by which it caches."""
    from datasets import Dataset, DatasetDict

    made = DatasetDict()
    for split, schema in schemas.items():
        row = pa.table([pa.nulls(1, field.type) for field in schema], schema=schema)
        made[split] = Dataset(row, fingerprint=secrets.token_hex(8))
    with _quietly():
        made.save_to_disk(str(folder))


@contextmanager
def _quietly() -> Iterator[None]:
    """Without the library's progress bars, which it shows or hides for the whole process."""
    import datasets

    shown = not datasets.are_progress_bars_disabled()
    datasets.disable_progress_bars()
    try:
        yield
    finally:
        if shown:
            datasets.enable_progress_bars()


FORMAT = Format(".zip", default_splits=(), to_folder=to_folder, reads_twice=True)
