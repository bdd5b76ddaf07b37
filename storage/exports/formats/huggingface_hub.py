"""`huggingface-hub`: a folder as a dataset repository of the Hugging Face Hub has it.

    README.md                the card, where there is one
    train.parquet            a file per split; `load_dataset(FOLDER)` reads them all

`huggingface_hub.upload_folder(folder_path=…, repo_id=…, repo_type="dataset")` pushes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from storage.exports.columns import batches, columns_of
from storage.exports.format import Format
from storage.exports.formats import parquet_table
from storage.exports.options import Options
from storage.exports.rows import ExportRow
from storage.exports.splits import checked_split


def to_folder(rows: Iterable[ExportRow], folder: Path, options: Options) -> int:
    """Write a Parquet file per split, and the card. Gives back how many rows."""
    columns = columns_of(rows)
    written = 0
    tables: dict[str, pq.ParquetWriter] = {}
    with ExitStack() as open_files:
        for batch in batches(rows, columns):
            for split in pc.unique(batch["split"]).to_pylist():
                if split not in tables:
                    file = open_files.enter_context((folder / f"{checked_split(split)}.parquet").open("wb"))
                    tables[split] = open_files.enter_context(parquet_table.writer(file, columns))
                tables[split].write_batch(of_split(batch, split))
            written += batch.num_rows
    if options.card:
        (folder / "README.md").write_text(options.card, encoding="utf-8")
    return written


def of_split(batch: pa.RecordBatch, split: str) -> pa.RecordBatch:
    """The rows of a batch that are of one split."""
    if pc.all(pc.equal(batch["split"], split)).as_py():
        return batch
    return batch.filter(pc.equal(batch["split"], split))


FORMAT = Format(".zip", default_splits=(), to_folder=to_folder, reads_twice=True)
