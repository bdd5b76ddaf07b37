"""Outputs that are JSON, checked against the task's JSON schema (2020-12 unless it names another)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import jsonschema
from jsonschema.validators import validator_for

from storage.errors import InvalidInput

DEEPEST = 100
"""Deeper nesting is refused: nothing a person corrects is nested so."""


def checked(schema: Mapping[str, Any] | None, output: str) -> str:
    """`output` as compact JSON, its keys in the order given. Raises InvalidInput."""
    value = parsed(output)
    if schema is not None:
        _check(schema, value)
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def parsed(output: str) -> Any:
    """The value. Raises InvalidInput, naming line and column, for what is not JSON (NaN is not)."""
    try:
        value = json.loads(output, parse_constant=_refused)
    except json.JSONDecodeError as fault:
        raise InvalidInput(
            f"The output is not JSON: {fault.msg} at line {fault.lineno}, column {fault.colno}.",
            next_step="Correct it there.",
        ) from fault
    except RecursionError as fault:
        raise _too_deep() from fault
    if _depth(value) > DEEPEST:
        raise _too_deep()
    return value


def key(text: str) -> str:
    """The same for all JSON texts that hold one value; the order of keys does not count."""
    return json.dumps(json.loads(text), sort_keys=True)


def _check(schema: Mapping[str, Any], value: Any) -> None:
    validator = validator_for(schema, default=jsonschema.Draft202012Validator)(schema)
    fault = jsonschema.exceptions.best_match(validator.iter_errors(value))
    if fault is not None:
        raise InvalidInput(
            f"The output does not fit the task's schema: {_place(fault)}: {_brief(fault.message)}.",
            next_step="Correct it there.",
        )


def _refused(name: str) -> Any:
    raise InvalidInput(
        f"The output is not JSON: {name} is no JSON value.", next_step="Write a number, or null."
    )


def _too_deep() -> InvalidInput:
    return InvalidInput(f"The output is nested deeper than {DEEPEST} levels.", next_step="Flatten it.")


def _depth(value: Any) -> int:
    deepest, waiting = 0, [(value, 1)]
    while waiting:
        held, depth = waiting.pop()
        deepest = max(deepest, depth)
        inner = held.values() if isinstance(held, dict) else held if isinstance(held, list) else ()
        waiting.extend((each, depth + 1) for each in inner)
    return deepest


def _place(fault: jsonschema.exceptions._Error) -> str:
    return fault.json_path.removeprefix("$.").replace("$", "the whole")


def _brief(message: str) -> str:
    return message if len(message) <= 200 else f"{message[:199]}…"
