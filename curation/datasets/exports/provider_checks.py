"""What a fine-tuning provider would refuse or warn of, found before anything is uploaded.

    findings = checks(rows, "openai")

Limits are the provider's published ones; where each stands is said beside it.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import orjson

from storage.errors import InvalidInput
from storage.exports import ExportRow, Message, messages

Level = Literal["error", "warning"]
ROLES = ("system", "user", "assistant")
SHOWN_PER_CODE = 20
SYSTEM_SHARE = 0.9


@dataclass(frozen=True)
class Provider:
    """What a provider asks of chat examples. Lengths are in tokens of one whole example."""

    title: str
    least_examples: int
    most_tokens: int


PROVIDERS: Mapping[str, Provider] = {
    "openai": Provider("OpenAI fine-tuning", least_examples=10, most_tokens=65_536),
    "openai-gpt-3.5-turbo": Provider("OpenAI fine-tuning, GPT-3.5", least_examples=10, most_tokens=16_385),
}
"""By name. The least number of examples is from OpenAI's guide on supervised fine-tuning
(https://platform.openai.com/docs/guides/supervised-fine-tuning: "the minimum number of examples is
10"). The training context of 65,536 tokens is that of the GPT-4o and GPT-4.1 families, 16,385 that
of gpt-3.5-turbo-0125 (https://learn.microsoft.com/azure/ai-services/openai/concepts/models,
"Training example context length"); OpenAI cuts longer examples off.
"""


@dataclass(frozen=True)
class Finding:
    """One thing found. `row` counts from 1 and is None for what concerns all rows together."""

    level: Level
    code: str
    what: str
    row: int | None
    next_step: str


def checks(rows: Iterable[ExportRow], provider: str) -> list[Finding]:
    """What stands against uploading these rows, errors first, then by row. Empty where nothing does.

    At most 20 findings of a kind are listed; one more then says how many others there are. Rows are
    read once. Raises InvalidInput for an unknown provider.
    """
    if provider not in PROVIDERS:
        raise InvalidInput(
            f"There are no checks for the provider {provider!r}.",
            next_step=f"There are some for {', '.join(PROVIDERS)}.",
        )
    seen = _Seen(PROVIDERS[provider])
    for number, row in enumerate(rows, start=1):
        seen.add(number, messages(row))
    return seen.findings()


def tokens(chat: Iterable[Message]) -> int:
    """About how many tokens a chat has: a token per four bytes of UTF-8, and three per message.

    OpenAI's rule of thumb is four characters of English a token
    (https://help.openai.com/en/articles/4936856), its cookbook adds three a message. Counting bytes
    keeps scripts with less than four characters a token from being underrated.
    """
    return sum(3 + math.ceil(len(message["content"].encode("utf-8", "replace")) / 4) for message in chat)


class _Seen:
    """What is known of the rows so far: findings, digests of examples, counts of system texts."""

    def __init__(self, provider: Provider) -> None:
        self._provider = provider
        self._rows = 0
        self._found: list[Finding] = []
        self._per_code: Counter[str] = Counter()
        self._first_with: dict[bytes, int] = {}
        self._systems: Counter[bytes] = Counter()

    def add(self, number: int, chat: list[Message]) -> None:
        """Look at one example."""
        self._rows = number
        self._look_at_roles(number, chat)
        self._look_at_contents(number, chat)
        self._look_at_length(number, chat)
        first = self._first_with.setdefault(_digest(chat), number)
        if first != number:
            self._warn(
                "duplicate", f"Row {number} is the same as row {first}.", number, "Leave one of them out."
            )
        self._systems[_digest([message for message in chat if message["role"] == "system"])] += 1

    def findings(self) -> list[Finding]:
        """All of them."""
        for code, count in self._per_code.items():
            if count > SHOWN_PER_CODE:
                like = next(each for each in self._found if each.code == code)
                rest = f"{count - SHOWN_PER_CODE:,} more rows have the same fault ({code})."
                self._found.append(Finding(like.level, code, rest, None, like.next_step))
        self._look_at_all()
        return sorted(self._found, key=lambda each: (each.level, each.row is not None, each.row or 0))

    def _look_at_roles(self, number: int, chat: list[Message]) -> None:
        strange = sorted({message["role"] for message in chat} - set(ROLES))
        if strange:
            self._fail(
                "role", f"Row {number} has the role {strange[0]!r}.", number, f"Use {', '.join(ROLES)}."
            )
        if not any(message["role"] == "user" for message in chat):
            self._fail("no_user", f"Row {number} has no turn of the user's.", number, "Add what is asked.")
        if not chat or chat[-1]["role"] != "assistant":
            self._fail(
                "last_turn",
                f"Row {number} does not end with the assistant's turn.",
                number,
                "Add the answer, or leave the row out.",
            )

    def _look_at_contents(self, number: int, chat: list[Message]) -> None:
        for place, message in enumerate(chat, start=1):
            if not message["content"].strip():
                what = f"Message {place} of row {number} ({message['role']}) is empty."
                self._fail("empty", what, number, "Write it, or leave the row out.")
                return

    def _look_at_length(self, number: int, chat: list[Message]) -> None:
        found, most = tokens(chat), self._provider.most_tokens
        if found > most:
            self._fail(
                "too_long",
                f"Row {number} has about {found:,} tokens; {self._provider.title} takes {most:,} and cuts "
                "the rest off.",
                number,
                "Shorten the input, or leave the row out.",
            )

    def _look_at_all(self) -> None:
        least = self._provider.least_examples
        if self._rows < least:
            what = f"There are {self._rows} examples; {self._provider.title} asks for at least {least}."
            self._found.append(Finding("error", "too_few", what, None, "Review more records."))
        nothing = _digest([])
        system, count = next(
            (each for each in self._systems.most_common(2) if each[0] != nothing), (nothing, 0)
        )
        if system != nothing and count > SYSTEM_SHARE * self._rows and self._rows >= least:
            what = (
                f"The same system text stands in {count:,} of {self._rows:,} rows: a student may learn to "
                "answer only under it."
            )
            step = "Spread some variations of it over the rows."
            self._found.append(Finding("warning", "same_system", what, None, step))

    def _fail(self, code: str, what: str, row: int, next_step: str) -> None:
        self._note(Finding("error", code, what, row, next_step))

    def _warn(self, code: str, what: str, row: int, next_step: str) -> None:
        self._note(Finding("warning", code, what, row, next_step))

    def _note(self, finding: Finding) -> None:
        self._per_code[finding.code] += 1
        if self._per_code[finding.code] <= SHOWN_PER_CODE:
            self._found.append(finding)


def _digest(chat: list[Message]) -> bytes:
    """Sixteen bytes that stand for the content of a chat."""
    said = [(message["role"], message["content"].encode("utf-8", "surrogatepass").hex()) for message in chat]
    return hashlib.blake2b(orjson.dumps(said), digest_size=16).digest()
