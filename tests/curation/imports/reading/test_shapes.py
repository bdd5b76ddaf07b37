"""Conversations of other tools: told by what rows hold, as four columns; what is none says why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.imports.reading.shapes import turns
from curation.outputs import conversations
from storage.errors import InvalidInput
from tests.curation.imports.reading.reads import found, rejects, values, written

SYSTEM, ASKED, SAID, AGAIN = "You take histories.", "My head aches.", "Since when?", "Two days."
BEFORE = [
    {"role": "user", "content": ASKED},
    {"role": "assistant", "content": SAID},
    {"role": "user", "content": AGAIN},
]
MESSAGES = [{"role": "system", "content": SYSTEM}, *BEFORE, {"role": "assistant", "content": "Any fever?"}]
EXPECTED = {
    "system": SYSTEM, "prompt": AGAIN, "conversation": json.dumps(BEFORE, ensure_ascii=False),
    "answer": "Any fever?",
}  # fmt: skip
RESPONSE = {"id": "r", "choices": [{"index": 0, "message": {"role": "assistant", "content": "Any fever?"}}]}
REQUEST = {"model": "m", "messages": MESSAGES[:-1]}
SHAREGPT = [
    {"from": name, "value": message["content"]}
    for name, message in zip(["system", "human", "gpt", "human", "gpt"], MESSAGES, strict=True)
]
CHATML = "".join(f"<|im_start|>{one['role']}\n{one['content']}<|im_end|>\n" for one in MESSAGES)
ALPACA = {
    "instruction": "Sum up.", "input": "A long text.", "output": "Short.", "history": [["Hi", "Hello"]],
}  # fmt: skip

FORMS: dict[str, tuple[str, dict[str, Any]]] = {
    "messages": ("chat", {"messages": MESSAGES}),
    "parts": ("chat", {"messages": [
        {"role": one["role"], "content": [{"type": "text", "text": one["content"]}]} for one in MESSAGES]}),
    "conversation of roles": ("chat", {"conversation": MESSAGES}),
    "request and response": ("log", {"request": REQUEST, "response": RESPONSE}),
    "messages and choices": ("log", {"messages": MESSAGES[:-1], "choices": RESPONSE["choices"]}),
    "batch with both": ("batch", {
        "custom_id": "7", "body": REQUEST, "error": None, "response": {"status_code": 200, "body": RESPONSE},
    }),
    "responses": ("log", {
        "request": {"instructions": SYSTEM, "input": BEFORE},
        "response": {"output": [{"type": "reasoning"}, {"type": "message", "role": "assistant", "content": [
            {"type": "output_text", "text": "Any fever?"}]}]},
    }),
    "sharegpt": ("sharegpt", {"conversations": SHAREGPT}),
    "sharegpt with a system column": ("sharegpt", {"system": SYSTEM, "conversations": SHAREGPT[1:]}),
    "chatml": ("chatml", {"text": CHATML}),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMS)
def test_a_form_is_recognised_and_becomes_four_columns(tmp_path: Path, name: str) -> None:
    shape, row = FORMS[name]
    path = written(tmp_path, "a.jsonl", "".join(json.dumps({**row, "lang": "en"}) + "\n" for _ in range(3)))
    assert found(path).shape == shape
    kept = {"lang": "en"} | ({"custom_id": "7"} if shape == "batch" else {})
    assert values(path) == [EXPECTED | kept] * 3


def test_the_same_conversations_come_out_of_parquet_and_csv(tmp_path: Path) -> None:
    pq.write_table(pa.table({"messages": [MESSAGES, MESSAGES], "id": [1, 2]}), tmp_path / "a.parquet")
    assert values(tmp_path / "a.parquet") == [EXPECTED | {"id": "1"}, EXPECTED | {"id": "2"}]
    quoted = json.dumps(MESSAGES).replace('"', '""')
    assert values(written(tmp_path, "a.csv", f'id,messages\n1,"{quoted}"\n')) == [EXPECTED | {"id": "1"}]


def test_alpaca_becomes_a_prompt_and_an_answer(tmp_path: Path) -> None:
    path = written(tmp_path, "a.json", json.dumps([ALPACA, {**ALPACA, "input": "", "history": []}]))
    assert found(path).shape == "alpaca"
    [long, short] = values(path)
    assert (long["prompt"], long["answer"]) == ("Sum up.\n\nA long text.", "Short.")
    assert [turn["content"] for turn in json.loads(long["conversation"])] == [
        "Hi",
        "Hello",
        "Sum up.\n\nA long text.",
    ]
    assert (short["prompt"], json.loads(short["conversation"])) == (
        "Sum up.",
        [{"role": "user", "content": "Sum up."}],
    )


def test_a_text_of_chatml_is_one_row_a_conversation(tmp_path: Path) -> None:
    unanswered = f"<|im_start|>user\n{ASKED}<|im_end|>\n<|im_start|>assistant\n"
    path = written(
        tmp_path, "a.txt", CHATML + CHATML + "\n" + unanswered + "\n\n<|im_start|>user\nHi<|im_end|>\n"
    )
    found_values = values(path)
    assert found_values[:2] == [EXPECTED, EXPECTED]
    assert [(row["prompt"], row["answer"]) for row in found_values[2:]] == [(ASKED, ""), ("Hi", "")]


def test_a_conversation_that_waits_for_its_answer_has_none(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", json.dumps({"messages": MESSAGES[:-1]}))
    assert values(path) == [EXPECTED | {"answer": ""}]
    alone = written(tmp_path, "b.jsonl", json.dumps({"custom_id": "1", "body": REQUEST, "method": "POST"}))
    assert values(alone)[0]["answer"] == ""
    output = {"custom_id": "1", "response": {"status_code": 200, "body": RESPONSE}, "error": None}
    only = values(written(tmp_path, "c.jsonl", json.dumps(output)))
    assert [(row["prompt"], row["answer"], row["custom_id"]) for row in only] == [("", "Any fever?", "1")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            {"messages": [{"role": "tool", "content": "x"}]},
            "Turn 1 has the role 'tool'; system, user and assistant",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
            "Turn 1 holds a part of type 'image_url'",
        ),
        ({"messages": [{"role": "assistant", "content": None, "tool_calls": [1]}]}, "Turn 1 calls a tool"),
        ({"messages": []}, "It holds no list of turns."),
        ({"messages": "none"}, "It holds no list of turns."),
        ({"messages": [{"role": "system", "content": "x"}]}, "no turn but the system's"),
        ({"other": 1}, "It holds no list of turns."),
    ],
)
def test_a_row_that_is_no_such_conversation_says_why(
    tmp_path: Path, row: dict[str, Any], reason: str
) -> None:
    lines = [json.dumps({"messages": MESSAGES})] * 20 + [json.dumps(row)]
    path = written(tmp_path, "a.jsonl", "\n".join(lines))
    assert len(values(path)) == 20
    [(number, told, _)] = rejects(path)
    assert number == 21
    assert reason in told


def test_a_call_that_failed_is_a_reject_with_what_the_provider_said(tmp_path: Path) -> None:
    fine = {"custom_id": "1", "response": {"status_code": 200, "body": RESPONSE}, "error": None}
    lines = [fine] * 20 + [
        {"custom_id": "2", "response": None, "error": {"code": "batch_expired", "message": "It expired."}},
        {"custom_id": "3", "response": {"status_code": 429, "body": {"error": {}}}, "error": None},
    ]
    path = written(tmp_path, "a.jsonl", "\n".join(map(json.dumps, lines)))
    assert [(number, reason) for number, reason, _ in rejects(path)] == [
        (21, "The call failed: It expired."), (22, "The call failed with status 429."),
    ]  # fmt: skip


def test_columns_of_the_file_keep_their_names_unless_ours_stand_there(tmp_path: Path) -> None:
    path = written(tmp_path, "a.jsonl", json.dumps({"prompt": "p", "messages": MESSAGES, "lang": "en"}))
    assert found(path).columns == ("system", "prompt", "conversation", "answer", "prompt (file)", "lang")
    assert values(path) == [EXPECTED | {"prompt (file)": "p", "lang": "en"}]


def test_a_plain_table_stays_one_and_so_does_any_file_read_as_one(tmp_path: Path) -> None:
    plain = written(tmp_path, "a.jsonl", '{"text": "Hello", "messages": "3", "output": "x"}\n')
    assert (found(plain).shape, found(plain).columns) == ("table", ("text", "messages", "output"))
    path = written(tmp_path, "b.jsonl", json.dumps({"messages": MESSAGES}))
    assert json.loads(values(path, as_table=True)[0]["messages"]) == MESSAGES


def test_one_json_object_of_messages_is_a_row_and_no_holder_of_rows(tmp_path: Path) -> None:
    for name, body in (
        ("a.json", json.dumps({"messages": MESSAGES}, indent=2)),
        ("b.json", json.dumps({"messages": MESSAGES})),
    ):
        assert values(written(tmp_path, name, body)) == [EXPECTED]


ROLE = st.sampled_from(["system", "user", "assistant"])


@settings(deadline=None)
@given(st.lists(st.builds(turns.Turn, ROLE, st.text(max_size=20)), min_size=1, max_size=6))
def test_a_conversation_is_what_tasks_of_kind_chat_read(talk: list[turns.Turn]) -> None:
    assert [(turn.role, turn.content) for turn in conversations.turns({}, turns.as_json(talk))] == [
        (turn.role, turn.content) for turn in talk
    ]
    assert turns.as_json(talk) == conversations.as_text(conversations.turns({}, turns.as_json(talk)))


def test_a_file_of_chatml_alone_is_told_from_a_table(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="has no header"):
        found(written(tmp_path, "a.txt", "1,2\n" + CHATML))
