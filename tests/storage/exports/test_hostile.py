"""Any text at all comes back from every format as it was."""

from __future__ import annotations

import csv
import json
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import exports
from storage.errors import InvalidInput
from tests.storage.exports.reading import TOLD
from tests.storage.exports.sample import Row, hostile_texts


def rows() -> st.SearchStrategy[list[Row]]:
    one = st.builds(
        lambda texts, column: Row(
            texts[0], inputs={column: texts[1]}, system=texts[2], prompt=texts[3], decision="corrected",
            teacher_output=f"{texts[0]}.",
        ),
        st.lists(hostile_texts(), min_size=4, max_size=4),
        hostile_texts().map(lambda name: name.replace("\0", "0")),
    )  # fmt: skip
    return st.lists(one, min_size=1, max_size=5)


def json_lines(path: Path) -> Iterable[Mapping[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]


def separated(separator: str) -> Callable[[Path], Iterable[Mapping[str, Any]]]:
    def read(path: Path) -> Iterable[Mapping[str, Any]]:
        with path.open(encoding="utf-8", newline="") as stream:
            return [
                {exports.restored(name): exports.restored(cell) for name, cell in line.items()}
                for line in csv.DictReader(stream, delimiter=separator)
            ]

    return read


def arrow(path: Path) -> Iterable[Mapping[str, Any]]:
    with pa.memory_map(str(path / "train" / "data-00000-of-00001.arrow")) as source:
        return list(pa.ipc.open_stream(source).read_all().to_pylist())


TABLES = ("csv", "tsv", "parquet", "huggingface-hub", "huggingface-disk")
READERS: dict[str, Callable[[Path], Iterable[Mapping[str, Any]]]] = {
    "csv": separated(","),
    "tsv": separated("\t"),
    "parquet": lambda path: pq.read_table(path).to_pylist(),
    "huggingface-hub": lambda path: pq.read_table(path / "train.parquet").to_pylist(),
    "huggingface-disk": arrow,
    "llama-factory-sharegpt": lambda path: json_lines(path / "train.jsonl"),
    "llama-factory-alpaca": lambda path: json_lines(path / "train.jsonl"),
    "axolotl": lambda path: json_lines(path / "train.jsonl"),
}


@pytest.mark.parametrize("format", TABLES)
@pytest.mark.parametrize("name", ["\0", "ti\0tle"])
def test_a_column_whose_name_no_reader_can_hold_is_refused(format: str, name: str, tmp_path: Path) -> None:
    given = [Row("a", inputs={"": "t"}), Row("b", inputs={name: "t"})]
    with pytest.raises(InvalidInput, match=r"\\x00.*Rename that column"):
        exports.write(given, format, tmp_path / "rows")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("format", list(TOLD))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(given=rows())
def test_any_text_comes_back(format: str, given: list[Row]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows"
        exports.write(given, format, path)
        found = list(READERS.get(format, json_lines)(path))
        assert [TOLD[format](example) for example in found] == [
            (row.system, row.prompt, row.completion) for row in given
        ]
        if format in TABLES:
            for row, example in zip(given, found, strict=True):
                [(name, text)] = row.inputs.items()
                assert (example[f"input_{name}"], example["teacher_output"]) == (text, row.teacher_output)
        if format == "axolotl":
            assert (
                yaml.safe_load((path / "datasets.yaml").read_text())["datasets"][0]["path"] == "train.jsonl"
            )
