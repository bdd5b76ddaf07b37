"""`prompt-completion`: two texts a line, for models without a chat template."""

from __future__ import annotations

from collections.abc import Iterator

from storage.exports.format import Example, json_lines
from storage.exports.options import Options
from storage.exports.rows import ExportRow


def examples(row: ExportRow, options: Options) -> Iterator[Example]:
    """`{"prompt": system text and prompt, "completion": answer}`."""
    prompt = "\n\n".join(text for text in (row.system, row.prompt) if text)
    yield {"prompt": prompt, "completion": row.completion}


FORMAT = json_lines(examples)
