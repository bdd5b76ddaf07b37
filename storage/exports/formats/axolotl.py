"""`axolotl`: rows and the part of an Axolotl configuration that reads them.

    datasets.yaml            `datasets`, and `test_datasets` where there is a validation split
    train.jsonl              messages, of which each says whether it is trained on

Start Axolotl in that folder: its paths are relative. The keys are those of
https://docs.axolotl.ai/docs/dataset-formats/conversation.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import yaml

from storage.exports.format import Example, Format
from storage.exports.options import Options
from storage.exports.rows import ExportRow, conversation
from storage.exports.splits import RECIPE_SPLITS, lines_by_split

HELD_OUT = ("validation", "test")
"""What is never trained on, only measured on."""


def examples(row: ExportRow, options: Options) -> Iterator[Example]:
    """`{"messages": [{"role", "content", "train"}], "tools"}`: only what people decided on is trained on."""
    chat = conversation(row)
    said = [
        {**message, "train": message["role"] == "assistant" and place >= chat.answered_from}
        for place, message in enumerate(chat.messages)
    ]
    yield {"messages": said, "tools": options.tools} if options.tools else {"messages": said}


def to_folder(rows: Iterable[ExportRow], folder: Path, options: Options) -> int:
    """Write the lines of each split and the configuration. Gives back how many rows."""
    written, splits = lines_by_split(rows, folder, options, examples)
    settings = {
        key: [_described(split, options) for split in chosen]
        for key, chosen in (
            ("datasets", [split for split in splits if split not in HELD_OUT]),
            ("test_datasets", [split for split in splits if split in HELD_OUT]),
        )
        if chosen
    }
    (folder / "datasets.yaml").write_text(yaml.safe_dump(settings, sort_keys=False), encoding="utf-8")
    return written


def _described(split: str, options: Options) -> dict[str, Any]:
    described: dict[str, Any] = {
        "path": f"{split}.jsonl",
        "ds_type": "json",
        "split": "train",  # what a single file's rows are called, whatever they are for
        "type": "chat_template",
        "field_messages": "messages",
        "message_property_mappings": {"role": "role", "content": "content"},
        "message_field_training": "train",
    }
    return described | ({"field_tools": "tools"} if options.tools else {})


FORMAT = Format(".zip", default_splits=RECIPE_SPLITS, to_folder=to_folder)
