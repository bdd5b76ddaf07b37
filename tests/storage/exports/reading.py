"""What each format holds, told by reading it with other programs than the one that wrote it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

Told = tuple[str, str, str]
"""System text ("" where there is none), what was asked, what was answered."""


def _of_messages(said: Iterable[Mapping[str, Any]], role: str = "role", content: str = "content") -> Told:
    texts: dict[str, str] = {"system": "", "human": "", "gpt": ""}
    names = {"user": "human", "assistant": "gpt"}
    for message in said:
        name = names.get(message[role], message[role])
        assert not texts[name]
        texts[name] = message[content]
    return texts["system"], texts["human"], texts["gpt"]


def _of_alpaca(example: Mapping[str, Any]) -> Told:
    assert (example["input"], list(example["history"])) == ("", [])
    return example["system"], example["instruction"], example["output"]


def _of_pair(example: Mapping[str, Any]) -> Told:
    return _of_messages([*example["prompt"], *example["chosen"]])


def _of_openai_pair(example: Mapping[str, Any]) -> Told:
    return _of_messages([*example["input"]["messages"], *example["preferred_output"]])


def _of_columns(example: Mapping[str, Any]) -> Told:
    return example["system"], example["prompt"], example["completion"]


TOLD: dict[str, Callable[[Mapping[str, Any]], Told]] = {
    "openai-chat": lambda example: _of_messages(example["messages"]),
    "messages": lambda example: _of_messages(example["messages"]),
    "sharegpt": lambda example: _of_messages(example["conversations"], "from", "value"),
    "alpaca": _of_alpaca,
    "dpo": _of_pair,
    "openai-dpo": _of_openai_pair,
    "csv": _of_columns,
    "tsv": _of_columns,
    "parquet": _of_columns,
    "huggingface-disk": _of_columns,
    "huggingface-hub": _of_columns,
    "llama-factory-sharegpt": lambda example: _of_messages(example["conversations"], "from", "value"),
    "llama-factory-alpaca": _of_alpaca,
    "axolotl": lambda example: _of_messages(example["messages"]),
}
"""What one example of a format says. `kto` and `prompt-completion` have tests of their own."""
