"""Turns of a conversation, whatever tool wrote them, as the four columns of a recognised shape."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_ROLES = {
    "system": "system", "developer": "system", "user": "user", "human": "user", "prompter": "user",
    "assistant": "assistant", "gpt": "assistant", "chatgpt": "assistant", "bing": "assistant",
    "bard": "assistant", "model": "assistant", "bot": "assistant",
}  # fmt: skip


class Unfit(Exception):
    """A row that is not of the shape, or holds what a conversation here cannot; says why."""


@dataclass(frozen=True)
class Turn:
    """One message; `role` is system, user or assistant."""

    role: str
    content: str


@dataclass(frozen=True)
class Talk:
    """The four columns of one row."""

    system: str
    prompt: str
    conversation: str
    answer: str


def from_messages(messages: object, *, role: str = "role", content: str = "content") -> list[Turn]:
    """The turns of a list of objects. Raises Unfit for a role or a content that is no text."""
    if not isinstance(messages, list) or not messages:
        raise Unfit("It holds no list of turns.")
    return [_turn(number, one, role, content) for number, one in enumerate(messages, start=1)]


def talk(turns: Sequence[Turn]) -> Talk:
    """The turns as columns. Where the last turn is not the assistant's, the answer is still to be given."""
    said = [turn for turn in turns if turn.role != "system"]
    if not said:
        raise Unfit("Its conversation has no turn but the system's.")
    answer = said.pop().content if said[-1].role == "assistant" else ""
    asked = next((turn.content for turn in reversed(said) if turn.role == "user"), "")
    system = "\n\n".join(turn.content for turn in turns if turn.role == "system")
    return Talk(system, asked, as_json(said), answer)


def as_json(turns: Sequence[Turn]) -> str:
    """Turns as tasks of kind chat keep them."""
    return json.dumps([{"role": turn.role, "content": turn.content} for turn in turns], ensure_ascii=False)


def _turn(number: int, one: object, role: str, content: str) -> Turn:
    if not isinstance(one, Mapping):
        raise Unfit(f"Turn {number} is no object.")
    name = one.get(role)
    known = _ROLES.get(name.strip().casefold()) if isinstance(name, str) else None
    if known is None:
        raise Unfit(f"Turn {number} has the role {str(name)[:40]!r}; system, user and assistant can be kept.")
    return Turn(known, _content(number, one, content))


def _content(number: int, one: Mapping[str, Any], name: str) -> str:
    value = one.get(name)
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(_part(number, part) for part in value)
    if one.get("tool_calls") or one.get("function_call"):
        raise Unfit(f"Turn {number} calls a tool, which a conversation here cannot hold.")
    if one.get("refusal"):
        raise Unfit(f"Turn {number} is a refusal of the model's: {str(one['refusal'])[:200]}")
    raise Unfit(f"Turn {number} holds no text.")


def _part(number: int, part: object) -> str:
    if isinstance(part, Mapping):
        kind, text = part.get("type"), part.get("text")
        if kind in ("text", "input_text", "output_text") and isinstance(text, str):
            return text
        raise Unfit(f"Turn {number} holds a part of type {str(kind)[:40]!r}; only text can be kept.")
    raise Unfit(f"Turn {number} holds no text.")
