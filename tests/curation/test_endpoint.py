"""One question to a teacher, over HTTP, with everything that can go wrong."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from curation.asking import FIRST_TRIES, ask_many
from curation.corpus import Record
from curation.endpoint import Answer, Endpoint, Reach, TeacherFailure
from curation.teachers import OpenAITeacher
from curation.templates import Rendered
from storage.errors import InvalidInput, ServiceUnavailable
from tests.servers import Reply, Request, answer, chat_server, refused

QUESTION = Rendered(system="You file products.", text="Title: cast iron pan")


def teacher(url: str, **changes: object) -> OpenAITeacher:
    definition = {"name": "t", "base_url": url, "model": "teacher-large", "key_env": "TEACHER_KEY"}
    return OpenAITeacher.model_validate({**definition, "timeout_s": 5, "attempts": 2, **changes})


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEACHER_KEY", "sk-test")


def failure_of(behave: Callable[[Request, int], Reply], **changes: object) -> tuple[TeacherFailure, int]:
    with chat_server(behave) as server, Endpoint(teacher(server.url, **changes)) as endpoint:
        with pytest.raises(TeacherFailure) as caught:
            endpoint.ask(QUESTION)
        return caught.value, len(server.requests)


def test_an_answer_comes_with_its_tokens_and_the_model_that_gave_it() -> None:
    with chat_server(lambda *_: answer(" Cookware \n")) as server:
        with Endpoint(teacher(server.url)) as endpoint:
            said = endpoint.ask(QUESTION)
    assert (said.output, said.model) == ("Cookware", "teacher-large-2026-01-01")
    assert (said.prompt_tokens, said.completion_tokens, said.finish_reason) == (12, 3, "stop")
    [request] = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.authorization == "Bearer sk-test"
    assert [message["role"] for message in request.body["messages"]] == ["system", "user"]
    assert (request.body["temperature"], request.body["max_tokens"]) == (0.0, 256)


def test_a_definition_may_leave_the_temperature_out_and_name_the_token_limit_as_newer_models_do() -> None:
    changes = {"temperature": None, "token_limit_name": "max_completion_tokens"}
    with chat_server(lambda *_: answer("Cookware")) as server:
        with Endpoint(teacher(server.url, **changes)) as endpoint:
            endpoint.ask(QUESTION)
    body = server.requests[0].body
    assert "temperature" not in body
    assert "max_tokens" not in body
    assert body["max_completion_tokens"] == 256


def test_a_rate_limit_is_waited_out_for_as_long_as_it_says() -> None:
    def busy_once(_: Request, number: int) -> Reply:
        return (
            refused(429, "Slow down.", "rate_limit_exceeded", retry_after="1") if number == 1 else answer("x")
        )

    began = time.monotonic()
    with chat_server(busy_once) as server, Endpoint(teacher(server.url)) as endpoint:
        assert endpoint.ask(QUESTION).output == "x"
    assert time.monotonic() - began >= 1
    assert len(server.requests) == 2


def test_a_server_error_is_asked_again() -> None:
    def broken_once(_: Request, number: int) -> Reply:
        return refused(500, "Oops.") if number == 1 else answer("x")

    with chat_server(broken_once) as server, Endpoint(teacher(server.url)) as endpoint:
        assert endpoint.ask(QUESTION).output == "x"


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (refused(401, "Incorrect API key provided.", "invalid_api_key"), "401: Incorrect API key"),
        (refused(429, "You exceeded your current quota.", "insufficient_quota"), "429: You exceeded"),
        (refused(404, "The model `teacher-large` does not exist.", "model_not_found"), "404: The model"),
        (refused(400, "Unsupported parameter: 'max_tokens'.", "unsupported_parameter"), "400: Unsupported"),
    ],
)
def test_what_can_never_succeed_is_asked_once_and_stops_the_job(reply: Reply, said: str) -> None:
    failure, calls = failure_of(lambda *_: reply, attempts=5)
    assert calls == 1
    assert failure.reach is Reach.STOP
    assert said in failure.reason
    assert "sk-test" not in failure.reason


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(body=b'{"choices": [{"mess'), "not a chat completion"),
        (Reply(body=b"<html>Welcome to the proxy</html>"), "Welcome to the proxy"),
        (Reply(body=b'{"choices": []}'), "not a chat completion"),
        (answer("", finish_reason="length"), "'length'"),
        (answer(None, refusal="I cannot help with that."), "refused: I cannot help"),
        (refused(400, "The prompt was filtered.", "content_filter"), "400: The prompt was filtered"),
    ],
)
def test_an_answer_that_cannot_be_used_is_that_rows_reason(reply: Reply, said: str) -> None:
    failure, _ = failure_of(lambda *_: reply)
    assert failure.reach is Reach.ROW
    assert said in failure.reason


def test_an_endpoint_that_hangs_is_given_up_after_its_time_limit() -> None:
    release = threading.Event()
    began = time.monotonic()
    failure, calls = failure_of(lambda *_: Reply(hold=release), timeout_s=0.3, attempts=2)
    release.set()
    assert failure.reach is Reach.TROUBLE
    assert "no answer within 0.3 s, 2 times" in failure.reason
    assert calls == 2
    assert time.monotonic() - began < 5


def test_an_endpoint_that_is_not_there_says_so_with_its_address() -> None:
    with Endpoint(teacher("http://127.0.0.1:1/v1", attempts=1)) as endpoint:
        with pytest.raises(TeacherFailure, match=r"http://127\.0\.0\.1:1/v1\) cannot be reached") as caught:
            endpoint.ask(QUESTION)
    assert caught.value.reach is Reach.TROUBLE


def test_a_key_that_is_not_set_is_named_before_any_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEACHER_KEY")
    with pytest.raises(InvalidInput, match=r"\$TEACHER_KEY"):
        Endpoint(teacher("http://127.0.0.1:1/v1"))


# --- many records -------------------------------------------------------------------------------


def records(number: int) -> list[Record]:
    return [
        Record(
            f"rec_{n}",
            {"title": f"product {n}"},
            None,
            {},
            held_out=False,
            cluster=f"rec_{n}",
            trainable=True,
        )
        for n in range(number)
    ]


@dataclass
class Asked:
    """What came of asking about many records."""

    rows: dict[str, Answer | TeacherFailure] = field(default_factory=dict)
    calls: int = 0
    most_at_once: int = 0
    stopped: str = ""

    def keep(self, record: Record, said: Answer | TeacherFailure) -> None:
        assert record.record_id not in self.rows, "asked twice"
        self.rows[record.record_id] = said


def ask_all(behave: Callable[[Request, int], Reply], number: int) -> Asked:
    asked = Asked()
    with chat_server(behave) as server, Endpoint(teacher(server.url, attempts=1)) as endpoint:
        try:
            ask_many(
                records(number),
                lambda record: endpoint.ask(Rendered("", record.inputs["title"])),
                asked.keep,
                lambda: None,
                concurrency=8,
            )
        except ServiceUnavailable as fault:
            asked.stopped = str(fault)
    asked.calls, asked.most_at_once = len(server.requests), server.most_at_once
    return asked


def test_every_record_is_asked_once_with_several_in_flight_but_never_more_than_allowed() -> None:
    def slow(request: Request, _: int) -> Reply:
        time.sleep(0.01)
        return answer(request.question.upper())

    asked = ask_all(slow, 100)
    assert asked.calls == len(asked.rows) == 100
    assert 2 <= asked.most_at_once <= 8
    said = asked.rows["rec_42"]
    assert isinstance(said, Answer)
    assert said.output == "PRODUCT 42"


def test_a_refused_key_costs_one_call() -> None:
    asked = ask_all(lambda *_: refused(401, "Incorrect API key provided.", "invalid_api_key"), 100)
    assert "Incorrect API key" in asked.stopped
    assert asked.calls == 1


def test_a_question_that_every_record_fails_on_stops_after_three() -> None:
    asked = ask_all(lambda *_: refused(400, "Bad schema."), 100)
    assert f"first {FIRST_TRIES} records" in asked.stopped
    assert asked.calls == FIRST_TRIES


def test_a_quota_that_ends_midway_stops_within_the_calls_in_flight() -> None:
    def until_50(_: Request, number: int) -> Reply:
        return answer("x") if number <= 50 else refused(429, "Quota spent.", "insufficient_quota")

    asked = ask_all(until_50, 1000)
    assert "Quota spent" in asked.stopped
    assert asked.calls <= 50 + 2 * 8
    assert sum(isinstance(said, Answer) for said in asked.rows.values()) == 50


def test_an_endpoint_that_breaks_for_good_midway_stops_instead_of_burning_through_the_rows() -> None:
    asked = ask_all(lambda _, number: answer("x") if number <= 20 else refused(503, "Overloaded."), 1000)
    assert "records in a row got no answer" in asked.stopped
    assert asked.calls < 60


def test_single_bad_rows_do_not_stop_the_others() -> None:
    def picky(request: Request, _: int) -> Reply:
        return Reply(body=b"{") if request.question.endswith("7") else answer("x")

    asked = ask_all(picky, 100)
    assert not asked.stopped
    assert sum(isinstance(said, TeacherFailure) for said in asked.rows.values()) == 10
