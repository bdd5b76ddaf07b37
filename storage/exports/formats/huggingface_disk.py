"""`huggingface-disk`: the folder that `DatasetDict.save_to_disk` makes and `load_from_disk` opens.

Each split is streamed to an Arrow file, which `datasets` then maps into memory and saves itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from storage.exports.columns import batches, columns_of
from storage.exports.format import Format
from storage.exports.formats.huggingface_hub import of_split
from storage.exports.options import Options
from storage.exports.rows import ExportRow
from storage.exports.splits import checked_split

_SHARD = "500MB"


def to_folder(rows: Iterable[ExportRow], folder: Path, options: Options) -> int:
    """Write a dataset per split. Gives back how many rows."""
    from datasets import Dataset, DatasetDict

    streamed = folder / ".streamed"
    streamed.mkdir()
    written, splits = _stream(rows, streamed)
    found = DatasetDict({split: Dataset.from_file(str(streamed / f"{split}.arrow")) for split in splits})
    with _quietly():
        found.save_to_disk(str(folder), max_shard_size=_SHARD)
    shutil.rmtree(streamed)
    return written


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


def _stream(rows: Iterable[ExportRow], folder: Path) -> tuple[int, list[str]]:
    columns = columns_of(rows)
    written = 0
    streams: dict[str, pa.RecordBatchStreamWriter] = {}
    with ExitStack() as open_files:
        for batch in batches(rows, columns):
            for split in pc.unique(batch["split"]).to_pylist():
                if split not in streams:
                    sink = open_files.enter_context((folder / f"{checked_split(split)}.arrow").open("wb"))
                    streams[split] = open_files.enter_context(pa.ipc.new_stream(sink, columns.schema))
                streams[split].write_batch(of_split(batch, split))
            written += batch.num_rows
    return written, list(streams)


FORMAT = Format(".zip", default_splits=(), to_folder=to_folder, reads_twice=True)
