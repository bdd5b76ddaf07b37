"""Rows to export, among them texts that have broken other writers."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

from storage.exports import Conversation

NASTY = [
    'He said "no",\nthen left',
    "=SUM(A1:A9)",
    "naïve – 日本語 🙂",
    "",
    "  spaces  ",
    "\\n \t tab",
    "carriage\rreturn, both\r\nand a last\r",
    "\u2028line and paragraph\u2029 separators \x85",
    "\u202eright to left\u202c, \u200bzero width, \ufeffmark",
    "NA",
    "null",
    '{"not": "an object"}',
    "'=1 and '' quotes",
    "ends with a backslash \\",
    "a\u0301 is not á",
    "\x01\x1f\x7f control",
    "x" * 20_000,
]
NUL = "nul \x00 inside"


@dataclass(frozen=True)
class Row:
    """A row as a dataset version has it."""

    completion: str
    record_id: str = "r"
    split: str = "train"
    inputs: dict[str, str] = field(default_factory=lambda: {"title": "t"})
    system: str = "Be brief."
    prompt: str = "What is it?"
    decision: str = "approved"
    teacher_output: str | None = None
    conversation: Conversation | None = None


def nasty_rows() -> list[Row]:
    """A row per nasty text, with it in every place; every second one has no system text."""
    return [
        Row(
            text,
            record_id=f"r{number}",
            inputs={"title": text, "seller": f"s{number}"},
            system=text if number % 2 else "",
            prompt=f"{text}?",
            decision="corrected" if number % 3 else "approved",
            teacher_output=f"{text}!",
        )
        for number, text in enumerate([*NASTY, NUL])
    ]


def say(role: str, content: str) -> dict[str, str]:
    """A message."""
    return {"role": role, "content": content}


def chat_rows() -> list[Row]:
    """An intake whose last answer was corrected, one of which two turns were, and one approved."""
    start = (say("system", "Ask."), say("user", "My head aches."), say("assistant", "Since when?"))
    first = (*start, say("user", "Two days."))
    whole = (say("user", "Hello."), say("assistant", "What hurts?"), say("user", "My back."))
    return [
        Row(
            "Any fever?",
            record_id="answer",
            decision="corrected",
            conversation=Conversation(
                (*first, say("assistant", "Any fever?")), 4, (*first, say("assistant", "Take a pill."))
            ),
        ),
        Row(
            "[]",
            record_id="whole",
            decision="corrected",
            conversation=Conversation(
                (*whole, say("assistant", "Since when?")),
                0,
                (say("user", "Hello."), say("assistant", "Hi!"), say("user", "My back.")),
            ),
        ),
        Row(
            "[]",
            record_id="approved",
            conversation=Conversation(
                (*whole, say("assistant", "Where?")), 3, (*whole, say("assistant", "Where?"))
            ),
        ),
    ]


def hostile_texts() -> st.SearchStrategy[str]:
    """Any text that UTF-8 can hold, often with what formats and spreadsheets give a meaning to."""
    marks = st.sampled_from(['"', "'", "\n", "\r", "\t", ",", "\\", "=", "+", "-", "@", "\x00", "\u2028",
                             "\u202e", "\ufeff", "\uff1d", "🙂", "{", "}", "[", "]", "|", ":"])  # fmt: skip
    return st.text(st.one_of(marks, st.characters(exclude_categories=["Cs"])), max_size=30)
