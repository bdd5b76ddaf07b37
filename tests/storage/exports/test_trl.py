"""trl's own formatting reads the chat exports as what they are: demonstrations, pairs, marked answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from storage import exports
from storage.exports import Message
from tests.storage.exports.sample import Row, chat_rows, nasty_rows

TEMPLATE = (
    "{% for message in messages %}<|{{ message['role'] }}|>{{ message['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    """A tokenizer made on the spot, of which only the chat template counts."""
    from tokenizers import Tokenizer, models
    from transformers import PreTrainedTokenizerFast

    words = Tokenizer(models.WordLevel({"<unk>": 0, "<|end|>": 1}, unk_token="<unk>"))
    made = PreTrainedTokenizerFast(tokenizer_object=words, unk_token="<unk>", eos_token="<|end|>")
    made.chat_template = TEMPLATE
    return made


def formatted(format: str, rows: list[Row], tokenizer: Any, folder: Path) -> list[dict[str, Any]]:
    """The export as `datasets` loads it and trl renders it."""
    from datasets import load_dataset
    from trl.data_utils import apply_chat_template, is_conversational

    path = folder / f"{format}.jsonl"
    exports.write(rows, format, path)
    opened = load_dataset("json", data_files=str(path), split="train", cache_dir=str(folder / "cache"))
    assert all(is_conversational(example) for example in opened)
    return [apply_chat_template(example, tokenizer) for example in opened]


def rendered(chat: tuple[Message, ...] | list[Message]) -> str:
    return "".join(f"<|{message['role']}|>{message['content']}<|end|>" for message in chat)


def all_rows() -> list[Row]:
    return [*nasty_rows(), *chat_rows()]


def test_messages_are_demonstrations(tokenizer: Any, tmp_path: Path) -> None:
    found = formatted("messages", all_rows(), tokenizer, tmp_path)
    assert [each["text"] for each in found] == [rendered(exports.messages(row)) for row in all_rows()]


def test_pairs_share_their_prompt_and_differ_in_the_answer(tokenizer: Any, tmp_path: Path) -> None:
    corrected = [row for row in nasty_rows() if row.decision == "corrected"]
    found = formatted("dpo", nasty_rows(), tokenizer, tmp_path)
    for row, each in zip(corrected, found, strict=True):
        system = f"<|system|>{row.system}<|end|>" if row.system else ""
        assert each == {
            "prompt": f"{system}<|user|>{row.prompt}<|end|><|assistant|>",
            "chosen": f"{row.completion}<|end|>",
            "rejected": f"{row.teacher_output}<|end|>",
        }
    chats = formatted("dpo", chat_rows(), tokenizer, tmp_path)
    assert [(each["chosen"], each["rejected"]) for each in chats] == [
        ("Any fever?<|end|>", "Take a pill.<|end|>"), ("What hurts?<|end|>", "Hi!<|end|>"),
    ]  # fmt: skip


def test_marked_answers_are_what_trl_makes_of_the_pairs(tokenizer: Any, tmp_path: Path) -> None:
    from datasets import load_dataset
    from trl.data_utils import unpair_preference_dataset

    corrected = [row for row in all_rows() if row.decision == "corrected"]
    marked = formatted("kto", corrected, tokenizer, tmp_path)
    exports.write(corrected, "dpo", tmp_path / "pairs.jsonl")
    pairs = load_dataset(
        "json", data_files=str(tmp_path / "pairs.jsonl"), split="train", cache_dir=str(tmp_path / "cache")
    )
    from trl.data_utils import apply_chat_template

    unpaired = [apply_chat_template(each, tokenizer) for each in unpair_preference_dataset(pairs)]

    def key(each: dict[str, Any]) -> tuple[str, str, bool]:
        return each["prompt"], each["completion"], each["label"]

    assert sorted(map(key, marked)) == sorted(map(key, unpaired))
    assert {each["label"] for each in marked} == {True, False}
