"""Rows of a chat leave as real turns, and pairs are made where a person first corrected one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from storage import exports
from storage.errors import InvalidInput
from storage.exports import Conversation, Options
from tests.storage.exports.sample import Row, chat_rows, say

WEATHER = {
    "type": "function",
    "function": {
        "name": "weather",
        "description": "The weather of a town.",
        "parameters": {"type": "object", "properties": {"town": {"type": "string"}}, "required": ["town"]},
    },
}


def lines(format: str, folder: Path, rows: list[Row] | None = None, **options: Any) -> list[dict[str, Any]]:
    path = folder / f"{format}.jsonl"
    exports.write(rows or chat_rows(), format, path, options=Options(**options))
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def test_a_chat_without_a_system_text_has_two_messages(tmp_path: Path) -> None:
    [written] = lines("openai-chat", tmp_path, [Row("x", system="")])
    assert written == {"messages": [say("user", "What is it?"), say("assistant", "x")]}


def test_only_what_people_decided_on_has_weight(tmp_path: Path) -> None:
    answer, whole, approved = (line["messages"] for line in lines("openai-chat", tmp_path))
    assert [message.get("weight") for message in answer] == [None, None, 0, None, None]
    assert [message.get("weight") for message in whole] == [None] * 4
    assert [message.get("weight") for message in approved] == [None, 0, None, None]
    assert [message["content"] for message in answer] == [
        "Ask.", "My head aches.", "Since when?", "Two days.", "Any fever?",
    ]  # fmt: skip


def test_messages_are_the_turns_and_nothing_else(tmp_path: Path) -> None:
    for row, line in zip(chat_rows(), lines("messages", tmp_path), strict=True):
        assert row.conversation is not None
        assert line == {"messages": list(row.conversation.messages)}


def test_sharegpt_and_alpaca_have_the_turns_in_their_own_words(tmp_path: Path) -> None:
    shared = lines("sharegpt", tmp_path)[0]["conversations"]
    assert [turn["from"] for turn in shared] == ["system", "human", "gpt", "human", "gpt"]
    assert [turn["value"] for turn in shared][3:] == ["Two days.", "Any fever?"]
    assert lines("alpaca", tmp_path)[0] == {
        "instruction": "Two days.", "input": "", "output": "Any fever?", "system": "Ask.",
        "history": [["My head aches.", "Since when?"]],
    }  # fmt: skip


def test_neighbours_of_one_role_are_joined_where_turns_must_alternate(tmp_path: Path) -> None:
    said = (
        say("assistant", "Hello."),
        say("user", "Hi."),
        say("user", "It hurts."),
        say("assistant", "Where?"),
    )
    row = Row("[]", conversation=Conversation(said, 0))
    [shared] = lines("sharegpt", tmp_path, [row])
    assert [turn["value"] for turn in shared["conversations"]] == ["Hello.", "Hi.\n\nIt hurts.", "Where?"]
    [alpaca] = lines("alpaca", tmp_path, [row])
    assert (alpaca["history"], alpaca["instruction"]) == ([["", "Hello."]], "Hi.\n\nIt hurts.")
    [kept] = lines("messages", tmp_path, [row])
    assert kept["messages"] == list(said)


def test_a_pair_is_the_first_turn_that_was_corrected(tmp_path: Path) -> None:
    answer, whole = lines("dpo", tmp_path)
    assert (answer["chosen"], answer["rejected"]) == ([say("assistant", "Any fever?")],
                                                      [say("assistant", "Take a pill.")])  # fmt: skip
    assert [message["content"] for message in answer["prompt"]] == [
        "Ask.", "My head aches.", "Since when?", "Two days.",
    ]  # fmt: skip
    assert (whole["chosen"], whole["rejected"]) == (
        [say("assistant", "What hurts?")],
        [say("assistant", "Hi!")],
    )
    assert whole["prompt"] == [say("user", "Hello.")]
    theirs = lines("openai-dpo", tmp_path, tools=(WEATHER,))
    assert theirs[1] == {
        "input": {"messages": whole["prompt"], "tools": [WEATHER]},
        "preferred_output": whole["chosen"],
        "non_preferred_output": whole["rejected"],
    }


def test_two_conversations_that_part_at_the_users_turn_give_no_pair() -> None:
    ours = (say("user", "Hello."), say("assistant", "Hi."))
    theirs = (say("user", "Goodbye."), say("assistant", "Hi!"))
    assert exports.pair(Row("[]", decision="corrected", conversation=Conversation(ours, 0, theirs))) is None
    longer = (*ours, say("user", "Why?"), say("assistant", "So."))
    assert exports.pair(Row("[]", decision="corrected", conversation=Conversation(longer, 0, ours))) is None


def test_an_assistant_that_speaks_first_makes_no_pair() -> None:
    for start in ((), (say("system", "Ask."),), (say("user", "Hi."), say("assistant", "Hello."))):
        ours, theirs = (*start, say("assistant", "What hurts?")), (*start, say("assistant", "Bye."))
        row = Row("[]", decision="corrected", conversation=Conversation(ours, len(start), theirs))
        assert exports.pair(row) is None


def test_kto_marks_the_persons_answer_good_and_the_teachers_bad(tmp_path: Path) -> None:
    found = [
        (line["completion"][0]["content"], line["label"], len(line["prompt"]))
        for line in lines("kto", tmp_path)
    ]
    assert found == [
        ("Any fever?", True, 4), ("Take a pill.", False, 4), ("What hurts?", True, 1), ("Hi!", False, 1),
        ("Where?", True, 3),
    ]  # fmt: skip
    rows = [
        Row("fine", teacher_output="fine"),
        Row("mine", decision="corrected"),
        Row("ours", decision="gold"),
    ]
    plain = lines("kto", tmp_path, rows)
    assert [(line["completion"][0]["content"], line["label"]) for line in plain] == [
        ("fine", True), ("mine", True), ("ours", True),
    ]  # fmt: skip


def test_a_table_of_chats_has_their_messages(tmp_path: Path) -> None:
    rows = [*chat_rows(), Row("plain")]
    exports.write(rows, "parquet", tmp_path / "a.parquet")
    found = pq.read_table(tmp_path / "a.parquet")["messages"].to_pylist()
    assert found == [list(row.conversation.messages) if row.conversation else None for row in rows]
    exports.write([Row("plain")], "parquet", tmp_path / "b.parquet")
    assert "messages" not in pq.read_schema(tmp_path / "b.parquet").names


@pytest.mark.parametrize("format", ["openai-chat", "messages"])
def test_tools_go_with_every_row(format: str, tmp_path: Path) -> None:
    assert [line["tools"] for line in lines(format, tmp_path, tools=(WEATHER,))] == [[WEATHER]] * 3


def test_a_tool_that_the_chat_api_takes_is_taken_and_others_are_refused() -> None:
    from openai.types.chat import ChatCompletionFunctionToolParam
    from pydantic import TypeAdapter

    assert TypeAdapter(ChatCompletionFunctionToolParam).validate_python(WEATHER) == WEATHER
    assert Options(tools=(WEATHER,)).tools == (WEATHER,)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"type": "function"}, "Tool 1 has function"),
        ({"type": "code", "function": {"name": "x"}}, "Tool 1 has type = 'code'"),
        ({"type": "function", "function": {"name": "two words"}}, "name = 'two words'"),
        ({"type": "function", "function": {"name": "x", "parameters": {"type": "thing"}}}, "no JSON schema"),
    ]
    for tool, told in wrong:
        with pytest.raises(InvalidInput, match=told):
            Options(tools=(tool,))
    with pytest.raises(InvalidInput, match="dataset"):
        Options(name="../up")
