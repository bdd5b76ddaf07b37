"""Outputs that are the turns of a conversation, of which the assistant's may be corrected.

A conversation is written as a JSON list of `{"role", "content"}`, or as a transcript of lines
`Speaker: words`; a text that is neither is one turn of the assistant's.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from curation.outputs import texts
from curation.tasks import LengthRule
from storage.errors import InvalidInput

_SPEAKERS = {"system": "system", "user": "user", "assistant": "assistant"}


class Turn(BaseModel):
    """One message."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Literal["system", "user", "assistant"]
    content: str


_TURNS: TypeAdapter[list[Turn]] = TypeAdapter(list[Turn])
_BLANK = r"[^\S\n]*"  # within the line: across lines it would start anew at each of them


def turns(speakers: Mapping[str, str], text: str) -> list[Turn]:
    """The turns of a conversation. `speakers` gives the role of each name in a transcript."""
    stripped = text.strip()
    if stripped.startswith("["):
        try:
            return _TURNS.validate_json(stripped)
        except ValidationError:
            pass  # a text may begin with a bracket
    return _transcript({**_SPEAKERS, **speakers}, stripped) or [Turn(role="assistant", content=stripped)]


def checked(length: LengthRule | None, speakers: Mapping[str, str], output: str) -> str:
    """The one spelling: the text of a lone assistant's turn, else the JSON list. Raises InvalidInput."""
    found = turns(speakers, output)
    said = [turn for turn in found if turn.role == "assistant"]
    if not said:
        raise InvalidInput(
            "The conversation has no turn of the assistant's.", next_step="Write one, or discard it."
        )
    tidy = [_checked_turn(length, number, turn) for number, turn in enumerate(found, start=1)]
    if len(tidy) == 1:
        return tidy[0].content
    return as_text(tidy)


def as_text(found: Sequence[Turn]) -> str:
    """Turns as a JSON list."""
    listed: list[dict[str, Any]] = [turn.model_dump() for turn in found]
    return json.dumps(listed, ensure_ascii=False)


def _checked_turn(length: LengthRule | None, number: int, turn: Turn) -> Turn:
    if turn.role != "assistant":
        return turn
    if not turn.content.strip():
        raise InvalidInput(
            f"Turn {number} of the conversation is empty.", next_step="Write it, or discard the record."
        )
    try:
        return Turn(role="assistant", content=texts.checked(length, turn.content))
    except InvalidInput as fault:
        raise InvalidInput(f"Turn {number}: {fault.what}", next_step=fault.next_step) from fault


def _transcript(speakers: Mapping[str, str], text: str) -> list[Turn]:
    """The turns of `Speaker: words` lines; none unless the text begins with a known speaker."""
    names = "|".join(re.escape(name) for name in sorted(speakers, key=len, reverse=True))
    spoken = rf"^{_BLANK}({names}){_BLANK}:[ \t]*"
    starts = list(re.finditer(spoken, text, flags=re.MULTILINE | re.IGNORECASE))
    if not starts or starts[0].start() != 0:
        return []
    roles = {name.casefold(): role for name, role in speakers.items()}
    ends = [start.start() for start in starts[1:]] + [len(text)]
    return [
        Turn.model_validate({"role": roles[start[1].casefold()], "content": text[start.end() : end].strip()})
        for start, end in zip(starts, ends, strict=True)
    ]
