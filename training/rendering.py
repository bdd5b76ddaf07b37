"""From a dataset row to what the model reads and what it must answer, through its own chat template.

The prompt is rendered exactly as it will be at inference, up to where the answer begins; the
completion is the answer and the template's end of turn. Works on a tokenizer alone: no torch.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from jinja2.exceptions import TemplateError

from storage.errors import InvalidInput

PLAIN_TEMPLATE = (
    "{%- for message in messages -%}"
    "{%- if message['role'] == 'assistant' -%}"
    "{%- generation -%}{{- message['content'] + eos_token -}}{%- endgeneration -%}"
    "{%- else -%}{{- message['content'] + '\n' -}}{%- endif -%}"
    "{%- endfor -%}"
)
"""`chat_template: plain`: each text on lines of its own, the answer ended by the model's end token."""

_PROBE = "probe-answer"


class Row(Protocol):
    """What is read of a dataset row."""

    @property
    def record_id(self) -> str:
        """The record it was made from."""

    @property
    def system(self) -> str:
        """The system text; may be empty."""

    @property
    def prompt(self) -> str:
        """What the model is asked."""

    @property
    def completion(self) -> str:
        """What it is to answer."""


@dataclass(frozen=True)
class Example:
    """One row as token ids; loss is taken on `completion_ids` only.

    `hidden` are places in the prompt that the model may not look at this time.
    """

    record_id: str
    prompt_ids: tuple[int, ...]
    completion_ids: tuple[int, ...]
    shortened: bool
    hidden: tuple[int, ...] = ()

    @property
    def length(self) -> int:
        """Tokens in all."""
        return len(self.prompt_ids) + len(self.completion_ids)


@dataclass(frozen=True)
class Encoded:
    """The rows of a split as examples.

    `shortened` of them lost the middle of their prompt; `left_out` rows have an answer that alone
    is over the limit, and are not among them.
    """

    examples: tuple[Example, ...]
    shortened: int
    left_out: int


def use_template(tokenizer: Any, name: str, base_model: str) -> None:
    """Put the `plain` template on the tokenizer if the config names it, and see that there is one.

    Raises InvalidInput for a base model without a chat template.
    """
    if name == "plain":
        tokenizer.chat_template = PLAIN_TEMPLATE
    if not tokenizer.chat_template:
        raise no_template(base_model)


def no_template(base_model: str) -> InvalidInput:
    """The error for a base model that says nothing about how a conversation is written down."""
    return InvalidInput(
        f"Base model {base_model!r} has no chat template, so it is unknown how to ask it.",
        next_step='Use its instruct variant, or set chat_template to "plain".',
    )


def prompt_text(tokenizer: Any, system: str, prompt: str) -> str:
    """What the model reads, up to where its answer begins.

    A template that refuses a system message gets its text at the head of the user's.
    Raises InvalidInput where the template fails on a plain conversation.
    """
    try:
        return _applied(tokenizer, _asked(system, prompt), add_generation_prompt=True)
    except TemplateError as fault:
        if not system.strip():
            raise _failing(fault) from fault
    try:
        return _applied(tokenizer, _asked("", f"{system}\n\n{prompt}"), add_generation_prompt=True)
    except TemplateError as fault:
        raise _failing(fault) from fault


def completion_text(tokenizer: Any, completion: str) -> str:
    """The answer with the template's end of turn, so that the model learns where to stop."""
    return completion.strip() + end_of_turn(tokenizer)


def end_of_turn(tokenizer: Any) -> str:
    """What the template writes after an answer; the end token where it writes nothing."""
    messages = [*_asked("", "probe"), {"role": "assistant", "content": _PROBE}]
    try:
        whole = _applied(tokenizer, messages, add_generation_prompt=False)
    except TemplateError as fault:
        raise _failing(fault) from fault
    after = whole.rpartition(_PROBE)[2].rstrip() if _PROBE in whole else ""
    return after or str(tokenizer.eos_token or "")


def encode(tokenizer: Any, rows: Iterable[Row], max_length_tokens: int) -> Encoded:
    """Token ids of every row, at most `max_length_tokens` long."""
    ending = end_of_turn(tokenizer)
    taken = list(rows)
    prompts = _ids(tokenizer, [prompt_text(tokenizer, row.system, row.prompt) for row in taken])
    completions = _ids(tokenizer, [row.completion.strip() + ending for row in taken])
    examples: list[Example] = []
    left_out = 0
    for row, prompt, completion in zip(taken, prompts, completions, strict=True):
        room = max_length_tokens - len(completion)
        if room < 1:
            left_out += 1
            continue
        kept = _without_middle(prompt, room)
        examples.append(Example(row.record_id, tuple(kept), tuple(completion), len(kept) < len(prompt)))
    return Encoded(tuple(examples), sum(example.shortened for example in examples), left_out)


def _without_middle(ids: list[int], room: int) -> list[int]:
    """`ids` if they fit into `room`; else their first and last halves: a template's head and tail stay."""
    if len(ids) <= room:
        return ids
    tail = (room + 1) // 2
    return ids[: room - tail] + ids[len(ids) - tail :]


def _ids(tokenizer: Any, texts: list[str]) -> list[list[int]]:
    found: list[list[int]] = tokenizer(texts, add_special_tokens=False)["input_ids"] if texts else []
    return found


def _asked(system: str, prompt: str) -> list[Mapping[str, str]]:
    asked: list[Mapping[str, str]] = [{"role": "user", "content": prompt}]
    return [{"role": "system", "content": system}, *asked] if system.strip() else asked


def _applied(tokenizer: Any, messages: list[Mapping[str, str]], *, add_generation_prompt: bool) -> str:
    # templates of hybrid reasoners read enable_thinking; the others do not look at it
    text: str = tokenizer.apply_chat_template(
        messages, tokenize=False, add_generation_prompt=add_generation_prompt, enable_thinking=False
    )
    return text


def _failing(fault: TemplateError) -> InvalidInput:
    return InvalidInput(
        f"The base model's chat template fails on a plain question: {fault}.",
        next_step='Mend the template, or set chat_template to "plain".',
    )
