"""`dpo`: pairs of answers, a person's chosen over the teacher's, in trl's conversational form.

https://huggingface.co/docs/trl/dataset_formats#preference
"""

from __future__ import annotations

from collections.abc import Iterator

from storage.exports.format import Example, json_lines
from storage.exports.options import Options
from storage.exports.rows import ExportRow, pair


def examples(row: ExportRow, options: Options) -> Iterator[Example]:
    """`{"prompt": […], "chosen": [answer], "rejected": [answer]}`; nothing for a row not corrected."""
    found = pair(row)
    if found is not None:
        yield {"prompt": found.prompt, "chosen": [found.chosen], "rejected": [found.rejected]}


FORMAT = json_lines(examples)
