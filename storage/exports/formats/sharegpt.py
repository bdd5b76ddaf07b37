"""`sharegpt`: conversations with `from` and `value`, as the ShareGPT collections had them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from storage.exports.format import Example, json_lines
from storage.exports.options import Options
from storage.exports.rows import ExportRow, Message, alternating, messages

SPEAKERS = {"system": "system", "user": "human", "assistant": "gpt"}


def spoken(chat: Iterable[Message]) -> list[dict[str, str]]:
    """A chat in ShareGPT's words; neighbours of one role are joined, since its readers want turns."""
    return [{"from": SPEAKERS[message["role"]], "value": message["content"]} for message in alternating(chat)]


def examples(row: ExportRow, options: Options) -> Iterator[Example]:
    """`{"conversations": [{"from": "system" | "human" | "gpt", "value": text}, …]}`."""
    yield {"conversations": spoken(messages(row))}


FORMAT = json_lines(examples)
