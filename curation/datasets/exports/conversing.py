"""The rows of a chat task as conversations, from the texts in which they are stored.

A completion is one answer, or the turns of a whole conversation as JSON; a prompt is a question,
or the conversation so far. Which it is decides where the answer begins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from curation.outputs import conversations
from curation.outputs.conversations import Turn
from storage.exports import Conversation, Message


def conversation(
    speakers: Mapping[str, str], system: str, prompt: str, completion: str, teacher_output: str | None
) -> Conversation:
    """The chat of one row. `speakers` gives the role of each name in a transcript.

    A completion that begins with the user's turn is the whole conversation, and the prompt, which
    rendered the same record for one question, is not said again. Else the completion follows the
    prompt: its turns, if it is a conversation that ends with the user's, or one turn of the user's.
    Turns after the last answer are left out, for nothing is learned from them.
    """
    asked = _asked(speakers, prompt)
    said, answered_from = _whole(system, asked, _answered(speakers, completion))
    if teacher_output is None:
        return Conversation(tuple(said), answered_from)
    return Conversation(
        tuple(said), answered_from, tuple(_whole(system, asked, _answered(speakers, teacher_output))[0])
    )


def _asked(speakers: Mapping[str, str], prompt: str) -> list[Turn]:
    turns = conversations.turns(speakers, prompt)
    systems = [place for place, turn in enumerate(turns) if turn.role == "system"]
    if turns and turns[-1].role == "user" and systems in ([], [0]):
        return turns
    return [Turn(role="user", content=prompt)]


def _answered(speakers: Mapping[str, str], output: str) -> list[Turn]:
    turns = conversations.turns(speakers, output)
    last = max((place for place, turn in enumerate(turns) if turn.role == "assistant"), default=-1)
    return turns[: last + 1] or [Turn(role="assistant", content=output)]


def _whole(system: str, asked: Sequence[Turn], answered: Sequence[Turn]) -> tuple[list[Message], int]:
    """The messages with one system text before all others, and the place of the first answered."""
    before = asked if answered[0].role == "assistant" else []
    turns = [*before, *answered]
    systems = [text for text in (system, *(turn.content for turn in turns if turn.role == "system")) if text]
    spoken: list[Message] = [
        {"role": turn.role, "content": turn.content} for turn in turns if turn.role != "system"
    ]
    head: list[Message] = [{"role": "system", "content": "\n\n".join(systems)}] if systems else []
    return [*head, *spoken], len(head) + sum(turn.role != "system" for turn in before)
