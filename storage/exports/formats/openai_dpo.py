"""`openai-dpo`: the same pairs in the form that OpenAI's preference tuning takes.

https://platform.openai.com/docs/api-reference/fine-tuning/preference-input
"""

from __future__ import annotations

from collections.abc import Iterator

from storage.exports.format import Example, json_lines
from storage.exports.options import Options
from storage.exports.rows import ExportRow, pair


def examples(row: ExportRow, options: Options) -> Iterator[Example]:
    """`{"input": {"messages", "tools"}, "preferred_output", "non_preferred_output"}` of a corrected row."""
    found = pair(row)
    if found is None:
        return
    asked: Example = {"messages": found.prompt}
    if options.tools:
        asked["tools"] = options.tools
    yield {"input": asked, "preferred_output": [found.chosen], "non_preferred_output": [found.rejected]}


FORMAT = json_lines(examples)
