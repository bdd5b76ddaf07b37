"""`messages`: the conversational form that trl, Unsloth, mlx-lm and others call by that name.

https://huggingface.co/docs/trl/dataset_formats
"""

from __future__ import annotations

from collections.abc import Iterator

from storage.exports import rows
from storage.exports.format import Example, json_lines
from storage.exports.options import Options
from storage.exports.rows import ExportRow


def examples(row: ExportRow, options: Options) -> Iterator[Example]:
    """`{"messages": [{"role", "content"}, …]}`, with `tools` where there are some."""
    said = rows.messages(row)
    yield {"messages": said, "tools": options.tools} if options.tools else {"messages": said}


FORMAT = json_lines(examples)
