"""The folders that `datasets` opens itself: what `save_to_disk` makes, and what the Hub has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from storage import exports
from storage.exports import Options
from tests.storage.exports.reading import TOLD
from tests.storage.exports.sample import Row, chat_rows, nasty_rows

SPLITS = ("train", "validation", "test")


def split_rows() -> list[Row]:
    """Nasty rows of the three splits in turn."""
    return [
        Row(row.completion, row.record_id, SPLITS[number % 3], row.inputs, row.system, row.prompt)
        for number, row in enumerate(nasty_rows())
    ]


def opened(format: str, path: Path, cache: Path) -> Any:
    from datasets import load_dataset, load_from_disk

    if format == "huggingface-disk":
        return load_from_disk(str(path))
    return load_dataset(str(path), cache_dir=str(cache))


@pytest.mark.parametrize("format", ["huggingface-disk", "huggingface-hub"])
def test_datasets_opens_the_folder_split_by_split(format: str, tmp_path: Path) -> None:
    rows = split_rows()
    exports.write(rows, format, tmp_path / "rows")
    found = opened(format, tmp_path / "rows", tmp_path / "cache")
    assert set(found) == set(SPLITS)
    for split in SPLITS:
        wanted = [row for row in rows if row.split == split]
        assert [TOLD[format](example) for example in found[split]] == [
            (row.system, row.prompt, row.completion) for row in wanted
        ]
        assert found[split]["input_seller"] == [row.inputs["seller"] for row in wanted]
        assert found[split]["teacher_output"] == [None] * len(wanted)


@pytest.mark.parametrize("format", ["huggingface-disk", "huggingface-hub"])
def test_conversations_are_a_column_of_messages(format: str, tmp_path: Path) -> None:
    exports.write(chat_rows(), format, tmp_path / "rows")
    found = opened(format, tmp_path / "rows", tmp_path / "cache")["train"]
    assert found["messages"] == [list(row.conversation.messages) for row in chat_rows() if row.conversation]


def test_more_rows_than_a_batch_stay_in_order(tmp_path: Path) -> None:
    rows = [Row(str(number), split=SPLITS[number % 2]) for number in range(5_001)]
    exports.write(iter(rows), "huggingface-disk", tmp_path / "disk")
    exports.write(iter(rows), "huggingface-hub", tmp_path / "hub")
    for format, path in (("huggingface-disk", "disk"), ("huggingface-hub", "hub")):
        found = opened(format, tmp_path / path, tmp_path / "cache")
        for split in SPLITS[:2]:
            assert found[split]["completion"] == [row.completion for row in rows if row.split == split]


def test_nothing_but_what_the_library_writes_is_in_the_folder(tmp_path: Path) -> None:
    from datasets import Dataset, DatasetDict

    exports.write(split_rows(), "huggingface-disk", tmp_path / "ours")
    theirs = DatasetDict({split: Dataset.from_dict({"a": ["b"]}) for split in SPLITS})
    theirs.save_to_disk(str(tmp_path / "theirs"))
    names = [
        sorted(path.relative_to(tmp_path / name).as_posix() for path in (tmp_path / name).rglob("*"))
        for name in ("ours", "theirs")
    ]
    assert names[0] == names[1]


def test_a_hub_folder_brings_its_card(tmp_path: Path) -> None:
    exports.write(split_rows(), "huggingface-hub", tmp_path / "rows", options=Options(card="# Pans\n"))
    assert (tmp_path / "rows" / "README.md").read_text(encoding="utf-8") == "# Pans\n"
    assert sorted(path.name for path in (tmp_path / "rows").iterdir()) == [
        "README.md", "test.parquet", "train.parquet", "validation.parquet",
    ]  # fmt: skip
