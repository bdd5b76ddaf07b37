"""`huggingface-hub`: a folder as a dataset repository of the Hugging Face Hub has it.

    README.md                the card, where there is one
    train.parquet            a file per split; `load_dataset(FOLDER)` reads them all

`huggingface_hub.upload_folder(folder_path=…, repo_id=…, repo_type="dataset")` pushes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import pyarrow.parquet as pq

from storage.exports.batches import by_split
from storage.exports.columns import Columns
from storage.exports.format import Format
from storage.exports.formats import parquet_table
from storage.exports.options import Options
from storage.exports.rows import ExportRow


def to_folder(rows: Iterable[ExportRow], folder: Path, options: Options) -> int:
    """Write a Parquet file per split, and the card. Gives back how many rows."""

    def opened(split: str, columns: Columns, open_files: ExitStack) -> pq.ParquetWriter:
        file = open_files.enter_context((folder / f"{split}.parquet").open("wb"))
        return open_files.enter_context(parquet_table.writer(file, columns))

    written = by_split(rows, opened)
    if options.card:
        (folder / "README.md").write_text(options.card, encoding="utf-8")
    return written


FORMAT = Format(".zip", default_splits=(), to_folder=to_folder, reads_twice=True)
