"""Templates: text with input columns in braces, `Title: {title}`. Pure functions.

`{labels}` stands for the task's label set, one per line. `{{` and `}}` are literal braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from storage.errors import InvalidInput

LABELS = "labels"
"""The placeholder for the task's label set; an input column of that name hides it."""

_PIECES = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


@dataclass(frozen=True)
class Rendered:
    """What a model is sent for one record: the system text (may be empty) and the user text."""

    system: str
    text: str

    def messages(self) -> list[dict[str, str]]:
        """The same in the form of OpenAI's chat messages."""
        system = [{"role": "system", "content": self.system}] if self.system else []
        return [*system, {"role": "user", "content": self.text}]


def placeholders(template: str) -> list[str]:
    """The columns a template names, each once, in order. Raises InvalidInput for a lone brace."""
    seen: dict[str, None] = {}
    _filled(template, lambda name: seen.setdefault(name) or "")
    return list(seen)


def render(system: str, template: str, inputs: Mapping[str, str]) -> Rendered:
    """Fill a record's inputs in. What a record says is never read as a placeholder itself.

    Raises InvalidInput for a column the record does not have, listing those it has.
    """

    def value(name: str) -> str:
        if name not in inputs:
            raise InvalidInput(
                f"The prompt names {{{name}}}, which is not a column of this record.",
                next_step=f"Known columns: {braced(inputs)}. A literal brace is written {{{{ or }}}}.",
            )
        return inputs[name]

    return Rendered(_filled(system, value), _filled(template, value))


def pieces(template: str) -> list[tuple[str, str | None]]:
    """A template as texts, each with the column that follows it; None after the last.

    Raises InvalidInput for a lone brace.
    """
    found: list[tuple[str, str | None]] = []
    text, place = "", 0
    for piece in _PIECES.finditer(template):
        text += template[place : piece.start()]
        place = piece.end()
        if piece.group(1) is None:
            text += _literal(piece)
        else:
            found.append((text, piece.group(1).strip()))
            text = ""
    return [*found, (text + template[place:], None)]


def with_labels(text: str, labels: Sequence[str], input_columns: Sequence[str] = ()) -> str:
    """`text` with `{labels}` replaced by the labels, one per line; the other placeholders stay."""
    if LABELS in input_columns:
        return text
    listed = "\n".join(f"- {label}" for label in labels).replace("{", "{{").replace("}", "}}")
    return _PIECES.sub(lambda piece: listed if piece.group(1) == LABELS else piece.group(0), text)


def _filled(template: str, value: Callable[[str], str]) -> str:
    def replaced(piece: re.Match[str]) -> str:
        return _literal(piece) if piece.group(1) is None else value(piece.group(1).strip())

    return _PIECES.sub(replaced, template)


def _literal(piece: re.Match[str]) -> str:
    text = piece.group(0)
    if len(text) == 1:
        raise InvalidInput(
            f"The prompt has a lone {text!r} at character {piece.start() + 1}.",
            next_step=f"Write {text * 2!r} for a literal brace, or {{column}} for a column.",
        )
    return text[0]


def braced(names: Sequence[str] | Mapping[str, str]) -> str:
    """Column names as they stand in a template."""
    return ", ".join(f"{{{name}}}" for name in names)
