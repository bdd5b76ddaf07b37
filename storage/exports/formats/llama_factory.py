"""`llama-factory-sharegpt` and `llama-factory-alpaca`: a `dataset_dir` that LLaMA-Factory trains from.

    dataset_info.json        a description per file: NAME_train, NAME_validation
    train.jsonl              the rows

The keys are those of https://github.com/hiyouga/LLaMA-Factory/blob/main/data/README.md. Name the
folder as `dataset_dir`, `NAME_train` as `dataset` and `NAME_validation` as `eval_dataset`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from storage.exports.format import Example, Format
from storage.exports.formats import alpaca, sharegpt
from storage.exports.options import Options
from storage.exports.rows import ExportRow
from storage.exports.splits import RECIPE_SPLITS, lines_by_split

_SHAREGPT = {"messages": "conversations"}
_ALPACA = {name: name for name in ("system", "history")} | {
    "prompt": "instruction", "query": "input", "response": "output",
}  # fmt: skip


def _layout(
    name: str, columns: dict[str, str], of_row: Callable[[ExportRow, Options], Iterable[Example]]
) -> Format:
    def examples(row: ExportRow, options: Options) -> Iterator[Example]:
        """The tool reads `tools` as JSON text beside either layout."""
        tools = {"tools": orjson.dumps(options.tools).decode()} if options.tools else {}
        for example in of_row(row, options):
            yield example | tools

    def to_folder(rows: Iterable[ExportRow], folder: Path, options: Options) -> int:
        written, splits = lines_by_split(rows, folder, options, examples)
        described: dict[str, Any] = {
            f"{options.name}_{split}": {
                "file_name": f"{split}.jsonl",
                "formatting": name,
                "columns": columns | ({"tools": "tools"} if options.tools else {}),
            }
            for split in splits
        }
        (folder / "dataset_info.json").write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
        return written

    return Format(".zip", default_splits=RECIPE_SPLITS, to_folder=to_folder)


SHAREGPT = _layout("sharegpt", _SHAREGPT, sharegpt.examples)
ALPACA = _layout("alpaca", _ALPACA, alpaca.examples)
