"""`alpaca`: instruction, input and output, with the system text and earlier turns beside them.

`system` and `history` are the additions of LLaMA-Factory and Axolotl to Stanford's three fields.
"""

from __future__ import annotations

from collections.abc import Iterator

from storage.exports.format import Example, json_lines
from storage.exports.options import Options
from storage.exports.rows import ExportRow, alternating, messages


def examples(row: ExportRow, options: Options) -> Iterator[Example]:
    """`{"instruction", "input": "", "output", "system", "history": [[asked, answered], …]}`.

    The instruction is the last thing asked, the output the answer to it. Turns of a conversation
    that begins with the assistant's own are asked with an empty text.
    """
    said = alternating(messages(row))
    system = said.pop(0)["content"] if said[0]["role"] == "system" else ""
    if said and said[0]["role"] == "assistant":
        said.insert(0, {"role": "user", "content": ""})
    texts = [message["content"] for message in said]
    turns = [list(turn) for turn in zip(texts[::2], texts[1::2], strict=False)]
    if not turns:
        return
    *history, (instruction, output) = turns
    yield {"instruction": instruction, "input": "", "output": output, "system": system, "history": history}


FORMAT = json_lines(examples)
