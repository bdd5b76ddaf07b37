"""`kto`: answers each marked good or bad, in trl's conversational form.

https://huggingface.co/docs/trl/dataset_formats#unpaired-preference
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from storage.exports.format import Example, json_lines
from storage.exports.options import Options
from storage.exports.rows import ExportRow, Message, answers_the_user, messages, pair


def examples(row: ExportRow, options: Options) -> Iterator[Example]:
    """`{"prompt": […], "completion": [answer], "label": true | false}`.

    What a person wrote or approved is true, what they corrected away is false. A conversation that
    was approved gives its last answer.
    """
    found = pair(row)
    if found is not None:
        yield _marked(found.prompt, found.chosen, good=True)
        yield _marked(found.prompt, found.rejected, good=False)
        return
    said = messages(row)
    answers = [place for place in range(len(said)) if answers_the_user(said, place)]
    if answers:
        yield _marked(said[: answers[-1]], said[answers[-1]], good=True)


def _marked(prompt: Sequence[Message], answer: Message, *, good: bool) -> Example:
    return {"prompt": prompt, "completion": [answer], "label": good}


FORMAT = json_lines(examples)
