"""From the texts in which a chat's row is stored to its turns."""

from __future__ import annotations

import pytest

from curation.datasets.exports.conversing import conversation
from curation.outputs import conversations
from curation.outputs.conversations import Turn
from storage.exports import Conversation

SPEAKERS = {"Doctor": "assistant", "Patient": "user"}


def chat(
    *, system: str = "", prompt: str = "?", completion: str = "!", teacher: str | None = None
) -> Conversation:
    return conversation(SPEAKERS, system, prompt, completion, teacher)


def told(found: Conversation) -> list[tuple[str, str]]:
    return [(message["role"], message["content"]) for message in found.messages]


def turns(*said: tuple[str, str]) -> str:
    return conversations.as_text(
        [Turn.model_validate({"role": role, "content": text}) for role, text in said]
    )


def test_one_question_and_its_answer() -> None:
    found = chat(system="Ask.", prompt="My head aches.", completion="Since when?")
    assert told(found) == [("system", "Ask."), ("user", "My head aches."), ("assistant", "Since when?")]
    assert (found.answered_from, found.teacher) == (2, ())


@pytest.mark.parametrize(
    "prompt",
    [
        "Patient: It hurts.\nDoctor: Where?\nPatient: My back.",
        turns(("user", "It hurts."), ("assistant", "Where?"), ("user", "My back.")),
    ],
)
def test_a_prompt_that_is_a_conversation_is_its_turns(prompt: str) -> None:
    found = chat(prompt=prompt, completion="Since when?")
    assert told(found) == [
        ("user", "It hurts."), ("assistant", "Where?"), ("user", "My back."), ("assistant", "Since when?"),
    ]  # fmt: skip
    assert found.answered_from == 3


@pytest.mark.parametrize(
    "prompt",
    [
        "Read this.\nPatient: It hurts.",
        "Patient: It hurts.\nDoctor: Where?",
        "[not JSON",
        "Patient is here",
        turns(("user", "a"), ("system", "b"), ("user", "c")),
    ],
)
def test_a_prompt_that_no_answer_could_follow_is_one_turn_of_the_users(prompt: str) -> None:
    assert told(chat(prompt=prompt)) == [("user", prompt), ("assistant", "!")]


def test_a_completion_that_begins_with_the_user_is_the_whole_conversation() -> None:
    whole = turns(("user", "It hurts."), ("assistant", "Where?"), ("user", "My back."), ("assistant", "Hm."))
    found = chat(system="Ask.", prompt="Patient: It hurts.", completion=whole, teacher="Take a pill.")
    assert told(found) == [
        ("system", "Ask."), ("user", "It hurts."), ("assistant", "Where?"), ("user", "My back."),
        ("assistant", "Hm."),
    ]  # fmt: skip
    assert found.answered_from == 1
    assert [message["content"] for message in found.teacher] == ["Ask.", "It hurts.", "Take a pill."]


def test_a_completion_of_several_turns_follows_the_prompt() -> None:
    later = turns(("assistant", "Where?"), ("user", "My back."), ("assistant", "Hm."), ("user", "Bye."))
    found = chat(prompt="It hurts.", completion=later)
    assert told(found) == [
        ("user", "It hurts."), ("assistant", "Where?"), ("user", "My back."), ("assistant", "Hm."),
    ]  # fmt: skip
    assert found.answered_from == 1


def test_system_texts_are_one_message_before_all_others() -> None:
    prompt = turns(("system", "Be kind."), ("user", "It hurts."))
    found = chat(system="Ask.", prompt=prompt)
    assert told(found) == [("system", "Ask.\n\nBe kind."), ("user", "It hurts."), ("assistant", "!")]
    assert found.answered_from == 2


def test_what_the_teacher_said_is_read_as_the_answer_is() -> None:
    found = chat(prompt="It hurts.", completion="Where?", teacher="Doctor: Where?")
    assert found.teacher == found.messages


def test_a_completion_without_an_answer_is_taken_as_text() -> None:
    only = turns(("user", "Hello."))
    assert told(chat(completion=only)) == [("user", "?"), ("assistant", only)]
