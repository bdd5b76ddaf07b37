"""Outputs that are free text, ruled in words and characters."""

from __future__ import annotations

from curation.tasks import LengthRule
from storage.errors import InvalidInput


def checked(length: LengthRule | None, output: str) -> str:
    """`output` without space around it. Raises InvalidInput where it is too short or too long."""
    text = output.strip()
    if length is not None:
        _check("words", len(text.split()), length.least_words, length.most_words)
        _check("characters", len(text), length.least_characters, length.most_characters)
    return text


def _check(what: str, count: int, least: int, most: int | None) -> None:
    if count < least:
        raise InvalidInput(
            f"The output has {count:,} {what}; at least {least:,} are asked for.", next_step="Write more."
        )
    if most is not None and count > most:
        raise InvalidInput(
            f"The output has {count:,} {what}; at most {most:,} are allowed.", next_step="Shorten it."
        )
