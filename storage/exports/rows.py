"""What a row brings to an export, and how it reads as a chat.

A row is one question and its answer unless it carries a `conversation`, as the rows of a chat task do.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from storage.errors import InvalidInput

Message = dict[str, str]
"""`{"role": "system" | "user" | "assistant", "content": text}`."""

CORRECTED = "corrected"


class ExportRow(Protocol):
    """What a row brings: what the student is asked and is to answer, and where that came from.

    A row may besides have `conversation`, a `Conversation` or None; see there. An iterable of rows
    may besides have `columnar`; see `storage.exports.columns`.
    """

    @property
    def record_id(self) -> str: ...  # noqa: D102
    @property
    def split(self) -> str: ...  # noqa: D102
    @property
    def inputs(self) -> Mapping[str, str]: ...  # noqa: D102
    @property
    def system(self) -> str: ...  # noqa: D102
    @property
    def prompt(self) -> str: ...  # noqa: D102
    @property
    def completion(self) -> str: ...  # noqa: D102
    @property
    def decision(self) -> str: ...  # noqa: D102
    @property
    def teacher_output(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True)
class Conversation:
    """A row as a chat of several turns.

    `messages` is the whole of it, a system text first where there is one. Those from `answered_from`
    on are what people decided on; an assistant's turn before it was part of the question.
    `teacher` is the whole chat with the teacher's output in that place; empty where none is known.
    """

    messages: tuple[Message, ...]
    answered_from: int
    teacher: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Row:
    """An `ExportRow` by itself; `conversation` is set for chat tasks only."""

    record_id: str
    split: str
    inputs: Mapping[str, str]
    system: str
    prompt: str
    completion: str
    decision: str
    teacher_output: str | None
    conversation: Conversation | None


@dataclass(frozen=True)
class Pair:
    """Two answers to the same `prompt`: a person's and the teacher's that it replaced."""

    prompt: tuple[Message, ...]
    chosen: Message
    rejected: Message


def own_conversation(row: ExportRow) -> Conversation | None:
    """The conversation that a row carries, if it does."""
    own: Conversation | None = getattr(row, "conversation", None)
    return own


def conversation(row: ExportRow) -> Conversation:
    """A row as a chat: its own conversation, else system text, prompt and answer."""
    own = own_conversation(row)
    if own is not None:
        return own
    asked = (*((_said("system", row.system),) if row.system else ()), _said("user", row.prompt))
    teacher = (*asked, _said("assistant", row.teacher_output)) if row.teacher_output is not None else ()
    return Conversation((*asked, _said("assistant", row.completion)), len(asked), teacher)


def messages(row: ExportRow) -> list[Message]:
    """A row as a chat: the system text where there is one, then the turns, the answer last."""
    return list(conversation(row).messages)


def pair(row: ExportRow) -> Pair | None:
    """The first turn in which a person corrected the teacher; None for a row that has none.

    Later turns are left out: after a changed turn two conversations no longer answer the same. A
    turn that answers nothing of the user's makes no pair, for tools cannot render its prompt.
    """
    if row.decision != CORRECTED:
        return None
    chat = conversation(row)
    for place, (ours, theirs) in enumerate(zip(chat.messages, chat.teacher, strict=False)):
        if ours != theirs:
            both = ours["role"] == theirs["role"] == "assistant"
            asked = answers_the_user(chat.messages, place)
            return Pair(chat.messages[:place], ours, theirs) if both and asked else None
    return None


def answers_the_user(chat: Sequence[Message], place: int) -> bool:
    """Whether the message at `place` is the assistant's and follows one of the user's."""
    return place > 0 and (chat[place - 1]["role"], chat[place]["role"]) == ("user", "assistant")


def alternating(chat: Iterable[Message]) -> list[Message]:
    """A chat in which neighbours of the same role are one message, for tools that ask for that."""
    joined: list[Message] = []
    for message in chat:
        if joined and joined[-1]["role"] == message["role"]:
            text = f"{joined[-1]['content']}\n\n{message['content']}"
            joined[-1] = {"role": message["role"], "content": text}
        else:
            joined.append(message)
    return joined


class CheckedRows:
    """Rows as they come, each looked at; `seen` says how many there were.

    Iterating raises InvalidInput at a row whose text is not valid Unicode. `only_once` is whether
    they are gone once read, as those of a generator are.
    """

    def __init__(self, rows: Iterable[ExportRow]) -> None:
        self.seen = 0
        self.only_once = isinstance(rows, Iterator)
        self.rows = rows

    def __iter__(self) -> Iterator[ExportRow]:
        self.seen = 0
        for row in self.rows:
            self.seen += 1
            try:
                for text in _texts(row):
                    if not text.isascii():
                        text.encode("utf-8")
            except UnicodeEncodeError as fault:
                raise _unwritable(row, self.seen, fault) from fault
            yield row


def _unwritable(row: ExportRow, number: int, fault: UnicodeEncodeError) -> InvalidInput:
    return InvalidInput(
        f"Row {number} (record {row.record_id!a}) has the lone surrogate "
        f"U+{ord(fault.object[fault.start]):04X}, which no file can hold as text.",
        next_step="Clean that record, or leave it out.",
    )


def _said(role: str, content: str) -> Message:
    return {"role": role, "content": content}


def _texts(row: ExportRow) -> Iterator[str]:
    yield from (row.record_id, row.split, row.system, row.prompt, row.completion, row.decision)
    yield row.teacher_output or ""
    yield from row.inputs
    yield from row.inputs.values()
    own = own_conversation(row)
    if own is not None:
        yield from (message["content"] for message in (*own.messages, *own.teacher))
