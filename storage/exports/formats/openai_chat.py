"""`openai-chat`: the chat lines that OpenAI's fine-tuning takes, and with it many others.

https://platform.openai.com/docs/api-reference/fine-tuning/chat-input
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from storage.exports.format import Example, json_lines
from storage.exports.options import Options
from storage.exports.rows import ExportRow, conversation


def examples(row: ExportRow, options: Options) -> Iterator[Example]:
    """`{"messages": […], "tools": […]}`, without tools where there are none.

    An assistant's turn that was part of the question has weight 0: nobody decided on it, so nothing
    is learned from it.
    """
    chat = conversation(row)
    said: list[dict[str, Any]] = [
        {**message, "weight": 0} if place < chat.answered_from and message["role"] == "assistant" else message
        for place, message in enumerate(chat.messages)
    ]
    yield {"messages": said, "tools": options.tools} if options.tools else {"messages": said}


FORMAT = json_lines(examples)
