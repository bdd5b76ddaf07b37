"""What a format may be told besides the rows: the tools of a chat, a name, a card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema
from jsonschema.validators import validator_for
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from storage.errors import InvalidInput
from storage.identifiers import checked_name

Tool = Mapping[str, Any]
"""A function in the form of OpenAI's chat API: `{"type": "function", "function": {"name": …}}`."""


@dataclass(frozen=True)
class Options:
    """What a format writes besides the rows; each takes what it knows and ignores the rest.

    `tools` are functions the assistant may call, written with every row by the chat formats.
    `name` is what a training tool calls the dataset. `card` is the README of a Hub folder, whole.
    Raises InvalidInput for a tool that the chat API would refuse, or a name it cannot have.
    """

    tools: tuple[Tool, ...] = ()
    name: str = "understudy"
    card: str = ""

    def __post_init__(self) -> None:
        checked_name(self.name, "dataset")
        for number, tool in enumerate(self.tools, start=1):
            _check_tool(number, tool)


class _Function(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[a-zA-Z0-9_-]{1,64}$")
    description: str | None = None
    parameters: dict[str, Any] | None = None
    strict: bool | None = None


class _Tool(BaseModel):
    model_config = ConfigDict(extra="forbid")

    type: str = Field(pattern="^function$")
    function: _Function


def _check_tool(number: int, tool: Tool) -> None:
    """Raise InvalidInput unless the chat API would take the tool; its name pattern is OpenAI's."""
    next_step = 'Write it as {"type": "function", "function": {"name": …, "parameters": JSON schema}}.'
    try:
        schema = _Tool.model_validate(tool).function.parameters
        if schema is not None:
            validator_for(schema, default=jsonschema.Draft202012Validator).check_schema(schema)
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        raise InvalidInput(
            f"Tool {number} has {place} = {first.get('input')!r:.200}: {first['msg']}.", next_step=next_step
        ) from fault
    except jsonschema.SchemaError as fault:
        raise InvalidInput(
            f"The parameters of tool {number} are no JSON schema: {fault.message[:200]}.", next_step=next_step
        ) from fault
