"""OpenAI's requests and responses as they are logged: Batch input and output lines, and both in one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from curation.imports.reading.shapes.turns import Turn, Unfit, from_messages

REQUESTS = ("request", "body", "input")
RESPONSES = ("response", "output", "completion")


def asked(row: Mapping[str, Any]) -> list[Turn]:
    """The turns of the request in a row; none where the row holds a response only."""
    for name in REQUESTS:
        request = _inner(row.get(name))
        if isinstance(request, Mapping):
            if request.get("messages"):
                return from_messages(request["messages"])
            if request.get("input"):
                return _of_responses_api(request)
    return from_messages(row["messages"]) if row.get("messages") else []


def answered(row: Mapping[str, Any]) -> list[Turn]:
    """The assistant's turn in a row; none where it holds a request only. Raises Unfit for a failed call."""
    _check_failure(row)
    for name in RESPONSES:
        response = _inner(row.get(name))
        if isinstance(response, Mapping) and ("choices" in response or "output" in response):
            _check_failure(response)
            return _answer(response)
    return _answer(row) if "choices" in row else []


def _answer(response: Mapping[str, Any]) -> list[Turn]:
    choices = response.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], Mapping):
        choice = choices[0]
        if "message" in choice:
            return from_messages([choice["message"]])
        return from_messages([{"role": "assistant", "content": choice.get("text")}])
    output = response.get("output")
    if isinstance(output, list):
        messages = [one for one in output if isinstance(one, Mapping) and one.get("type") == "message"]
        if messages:
            return from_messages(messages[-1:])
    raise Unfit("Its response holds no answer.")


def _of_responses_api(request: Mapping[str, Any]) -> list[Turn]:
    given = request["input"]
    turns = [Turn("user", given)] if isinstance(given, str) else from_messages(given)
    instructions = request.get("instructions")
    return [Turn("system", instructions), *turns] if isinstance(instructions, str) else turns


def _inner(value: object) -> object:
    """What a request or response holds: its body where it has one."""
    if isinstance(value, Mapping) and isinstance(value.get("body"), Mapping):
        status = value.get("status_code", 200)
        if isinstance(status, int) and status >= 400:
            raise Unfit(f"The call failed with status {status}.")
        return value["body"]
    return value


def _check_failure(row: Mapping[str, Any]) -> None:
    error = row.get("error")
    if error:
        told = error.get("message", error) if isinstance(error, Mapping) else error
        raise Unfit(f"The call failed: {str(told)[:200]}")
