"""Asking a teacher behind OpenAI's chat protocol, and telling apart what went wrong.

The `openai` client retries what can succeed (429 with its `retry-after`, 5xx, time-outs); a
spent quota, a refused key and a model that is gone are never asked twice.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import httpx2
import openai
from pydantic import BaseModel, ConfigDict, ValidationError

from curation.teachers import OpenAITeacher
from curation.templates import Rendered

STOPPING_STATUSES = frozenset({401, 402, 403, 404})
STOPPING_CODES = frozenset(
    {
        "insufficient_quota", "billing_hard_limit_reached", "billing_not_active", "invalid_api_key",
        "model_not_found", "unsupported_parameter", "unsupported_value", "account_deactivated",
    }
)  # fmt: skip


class Reach(StrEnum):
    """How far a failure goes."""

    ROW = "row"  # this record only: refused, filtered, an answer that cannot be read
    TROUBLE = "trouble"  # the endpoint, now: still failing after every retry
    STOP = "stop"  # every further call would fail the same way


class TeacherFailure(Exception):
    """No answer: `reason` is a sentence a person can act on."""

    def __init__(self, reason: str, reach: Reach) -> None:
        super().__init__(reason)
        self.reason = reason
        self.reach = reach


@dataclass(frozen=True)
class Answer:
    """What the teacher said, and what it took. Tokens are None where the endpoint counts none."""

    output: str
    model: str
    finish_reason: str | None
    prompt_tokens: int | None
    completion_tokens: int | None
    latency_s: float


class _Reply(BaseModel):
    """The part of a chat completion that is read; anything else in it is ignored."""

    model_config = ConfigDict(frozen=True)

    class Choice(BaseModel):
        class Message(BaseModel):
            content: str | None = None
            refusal: str | None = None

        message: Message
        finish_reason: str | None = None

    class Usage(BaseModel):
        prompt_tokens: int | None = None
        completion_tokens: int | None = None

    model: str = ""
    choices: Sequence[Choice]
    usage: Usage | None = None


class Endpoint:
    """An open connection to one teacher; safe to use from several threads. Close it when done."""

    def __init__(self, teacher: OpenAITeacher) -> None:
        """Raises InvalidInput where the key is not in the environment."""
        self._teacher = teacher
        self._client = openai.OpenAI(
            base_url=teacher.base_url,
            api_key=teacher.key(),
            timeout=teacher.timeout_s,
            max_retries=teacher.attempts - 1,
            http_client=httpx2.Client(
                event_hooks={"response": [_never_retry_a_spent_quota]},
                limits=httpx2.Limits(max_connections=teacher.concurrency + 1),
                timeout=teacher.timeout_s,
            ),
        )

    def __enter__(self) -> Endpoint:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def parameters(self) -> dict[str, Any]:
        """What is sent beside the messages."""
        teacher = self._teacher
        sampling = {} if teacher.temperature is None else {"temperature": teacher.temperature}
        return {**sampling, teacher.token_limit_name: teacher.max_tokens}

    def ask(self, rendered: Rendered) -> Answer:
        """One question, one answer. Raises TeacherFailure."""
        began = time.monotonic()
        try:
            raw = self._client.chat.completions.with_raw_response.create(
                model=self._teacher.model,
                messages=rendered.messages(),  # type: ignore[arg-type]
                **self.parameters(),
            )
            body = raw.content
        except openai.APIError as fault:
            raise self._failure(fault) from fault
        return _answer(body, self._teacher.model, time.monotonic() - began)

    def _without_key(self, said: str) -> str:
        """What the endpoint said, which for a refused key may be the key itself."""
        return said.replace(self._client.api_key, "…") if self._teacher.key_env else said

    def _failure(self, fault: openai.APIError) -> TeacherFailure:
        who = f"Teacher {self._teacher.name!r} ({self._teacher.model} at {self._teacher.base_url})"
        if isinstance(fault, openai.APITimeoutError):
            seconds = f"{self._teacher.timeout_s:g} s"
            return TeacherFailure(
                f"{who} gave no answer within {seconds}, {self._teacher.attempts} times.", Reach.TROUBLE
            )
        if not isinstance(fault, openai.APIStatusError):
            return TeacherFailure(f"{who} cannot be reached: {_cause(fault)}.", Reach.TROUBLE)
        said = _shortened(self._without_key(_message(fault)))
        sentence = f"{who} answered {fault.status_code}: {said}"
        if fault.status_code in STOPPING_STATUSES or fault.code in STOPPING_CODES:
            return TeacherFailure(sentence, Reach.STOP)
        if fault.status_code in (408, 409, 429) or fault.status_code >= 500:
            return TeacherFailure(sentence, Reach.TROUBLE)
        return TeacherFailure(sentence, Reach.ROW)


def _never_retry_a_spent_quota(response: httpx2.Response) -> None:
    if response.status_code != 429:
        return
    response.read()
    try:
        error = response.json().get("error") or {}
        code = error.get("code") or error.get("type") if isinstance(error, dict) else None
    except (ValueError, AttributeError):
        return
    if code in STOPPING_CODES:
        response.headers["x-should-retry"] = "false"  # the client obeys this header before all else


def _answer(body: bytes, model: str, latency_s: float) -> Answer:
    try:
        reply = _Reply.model_validate_json(body)
        choice = reply.choices[0]
    except (ValidationError, IndexError) as fault:
        seen = _shortened(body[:400].decode("utf-8", "replace"))
        raise TeacherFailure(f"The answer is not a chat completion: {seen!r}.", Reach.ROW) from fault
    if choice.message.refusal:
        raise TeacherFailure(f"The teacher refused: {_shortened(choice.message.refusal)}", Reach.ROW)
    output = (choice.message.content or "").strip()
    if not output:
        raise TeacherFailure(f"The answer is empty (finish reason {choice.finish_reason!r}).", Reach.ROW)
    usage = reply.usage or _Reply.Usage()
    return Answer(
        output=output,
        model=reply.model or model,
        finish_reason=choice.finish_reason,
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        latency_s=latency_s,
    )


def _message(fault: openai.APIStatusError) -> str:
    body = fault.body
    if isinstance(body, dict) and isinstance(body.get("message"), str):
        return str(body["message"])
    return fault.response.text or fault.message


def _cause(fault: BaseException) -> str:
    return str(fault.__cause__ or fault) or type(fault).__name__


def _shortened(text: str, most: int = 300) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else flat[:most] + "…"
