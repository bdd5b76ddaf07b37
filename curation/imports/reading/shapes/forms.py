"""Each form that conversations are kept in: which columns it takes, how one knows it, what its turns are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from curation.imports.reading.shapes import chatml, openai_logs
from curation.imports.reading.shapes.turns import Turn, Unfit, from_messages

Shape = Literal["table", "chat", "batch", "log", "sharegpt", "alpaca", "chatml"]
Values = Mapping[str, Any]
"""The columns a form takes from a row, JSON as the values it stands for."""


@dataclass(frozen=True)
class Form:
    """One form. `takes` names the columns it would take from a file's, none where it cannot be one."""

    shape: Shape
    takes: Callable[[frozenset[str]], tuple[str, ...]]
    is_one: Callable[[Values], bool]
    turns: Callable[[Values], list[Turn]]


def _any_of(*names: str) -> Callable[[frozenset[str]], tuple[str, ...]]:
    return lambda columns: tuple(name for name in names if name in columns)[:1]


def _is_list_of(values: Values, *keys: str) -> bool:
    return any(
        isinstance(value, list) and value and all(isinstance(one, Mapping) and set(keys) <= one.keys()
                                                  for one in value)
        for value in values.values()
    )  # fmt: skip


def _listed(values: Values) -> object:
    return next((value for value in values.values() if isinstance(value, list)), None)


_LOGGED = (*openai_logs.REQUESTS, *openai_logs.RESPONSES, "choices", "error")


def _logged(columns: frozenset[str]) -> tuple[str, ...]:
    """A log has a response, or a request that is an object of its own (`messages` alone is a chat)."""
    if not columns & {"choices", "response", "request", "body"}:
        return ()
    return tuple(name for name in (*_LOGGED, "messages") if name in columns)


def _is_logged(values: Values) -> bool:
    for name in ("request", "body", "response"):
        value = values.get(name)
        inner = value.get("body", value) if isinstance(value, Mapping) else None
        if isinstance(inner, Mapping) and inner.keys() & {"messages", "input", "choices", "output", "error"}:
            return True
    choices = values.get("choices")
    return isinstance(choices, list) and bool(choices) and isinstance(choices[0], Mapping)


def _logged_turns(values: Values) -> list[Turn]:
    asked = openai_logs.asked(values)
    while asked and openai_logs.answered(values) and asked[-1].role == "assistant":
        asked.pop()  # a request that begins the answer for the model
    return [*asked, *openai_logs.answered(values)]


def _sharegpt_turns(values: Values) -> list[Turn]:
    turns = from_messages(_listed(values), role="from", content="value")
    system = values.get("system")
    if isinstance(system, str) and system and all(turn.role != "system" for turn in turns):
        turns.insert(0, Turn("system", system))
    return turns


def _sharegpt(columns: frozenset[str]) -> tuple[str, ...]:
    taken = tuple(name for name in ("conversations", "conversation") if name in columns)[:1]
    return (*taken, "system") if taken and "system" in columns else taken


def _alpaca(columns: frozenset[str]) -> tuple[str, ...]:
    if not {"instruction", "input", "output"} <= columns:
        return ()
    return tuple(name for name in ("instruction", "input", "output", "system", "history") if name in columns)


def _alpaca_turns(values: Values) -> list[Turn]:
    asked = "\n\n".join(str(values[name]) for name in ("instruction", "input") if values.get(name))
    if not asked:
        raise Unfit("It has neither an instruction nor an input.")
    turns = [Turn("system", str(values["system"]))] if values.get("system") else []
    history = values.get("history") or []
    for pair in history if isinstance(history, list) else []:
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)):
            raise Unfit("Its history holds something else than pairs of texts.")
        turns += [Turn("user", pair[0]), Turn("assistant", pair[1])]
    answer = values.get("output")
    return [*turns, Turn("user", asked), *([Turn("assistant", str(answer))] if answer else [])]


def _chatml_turns(values: Values) -> list[Turn]:
    return chatml.turns(str(next(iter(values.values()), "")))


FORMS = (
    Form("log", _logged, _is_logged, _logged_turns),
    Form(
        "chat", _any_of("messages", "conversations", "conversation"),
        lambda values: _is_list_of(values, "role", "content"), lambda values: from_messages(_listed(values)),
    ),
    Form("sharegpt", _sharegpt, lambda values: _is_list_of(values, "from", "value"), _sharegpt_turns),
    Form(
        "alpaca", _alpaca,
        lambda values: isinstance(values.get("instruction"), str) and isinstance(values.get("output"), str),
        _alpaca_turns,
    ),
    Form(
        "chatml", _any_of("text", "chatml", "formatted", "formatted_chat", "conversation", "prompt"),
        lambda values: str(next(iter(values.values()), "")).lstrip().startswith(chatml.START),
        _chatml_turns,
    ),
)  # fmt: skip
