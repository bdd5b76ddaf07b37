from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from storage.errors import InvalidInput
from tests.training import small
from training import adapters, rendering

REFUSES_SYSTEM = (
    "{% for m in messages %}{% if m['role'] == 'system' %}{{ raise_exception('System role not supported') }}"
    "{% endif %}[{{ m['role'] }}] {{ m['content'] }}<|end|>{% endfor %}"
    "{% if add_generation_prompt %}[assistant] {% endif %}"
)
THINKS = (
    "{% for m in messages %}[{{ m['role'] }}] {{ m['content'] }}<|end|>\n{% endfor %}"
    "{% if add_generation_prompt %}[assistant] {% if enable_thinking is false %}<think></think>{% endif %}"
    "{% endif %}"
)


@pytest.fixture
def words(base: Path) -> Any:
    return adapters.load_tokenizer(base)


def test_the_prompt_ends_where_the_answer_begins(words: Any) -> None:
    assert (
        rendering.prompt_text(words, "Sort it.", "a pan")
        == "<|system|>Sort it.<|end|><|user|>a pan<|end|><|assistant|>"
    )
    assert rendering.prompt_text(words, "", "a pan") == "<|user|>a pan<|end|><|assistant|>"
    assert rendering.completion_text(words, " Cookware \n") == "Cookware<|end|>"


def test_prompt_and_answer_joined_are_what_the_template_itself_writes(words: Any) -> None:
    row = small.row(1)
    example = rendering.encode(words, [row], 128).examples[0]
    whole = words.apply_chat_template(
        [
            {"role": "system", "content": row.system},
            {"role": "user", "content": row.prompt},
            {"role": "assistant", "content": row.completion},
        ],
        tokenize=False,
    )
    assert words.decode(example.prompt_ids + example.completion_ids) == whole
    assert words.decode(example.completion_ids) == row.completion + "<|end|>"


def test_a_template_without_a_system_role_gets_it_with_the_question(words: Any) -> None:
    words.chat_template = REFUSES_SYSTEM
    asked = rendering.prompt_text(words, "Sort it.", "a pan")
    assert asked == "[user] Sort it.\n\na pan<|end|>[assistant] "


def test_a_hybrid_reasoner_is_asked_to_answer_at_once(words: Any) -> None:
    words.chat_template = THINKS
    assert rendering.prompt_text(words, "", "a pan").endswith("<think></think>")
    assert rendering.end_of_turn(words) == "<|end|>"


def test_a_template_that_fails_is_reported_with_the_next_step(words: Any) -> None:
    words.chat_template = "{{ raise_exception('only images') }}"
    with pytest.raises(InvalidInput, match="only images"):
        rendering.prompt_text(words, "", "a pan")


def test_a_model_without_a_template_is_refused_with_the_next_step(words: Any) -> None:
    words.chat_template = None
    with pytest.raises(InvalidInput, match="no chat template") as caught:
        rendering.use_template(words, "", "my-base")
    assert "instruct" in caught.value.next_step
    assert '"plain"' in caught.value.next_step


def test_the_plain_template_asks_in_lines_and_ends_with_the_end_token(words: Any) -> None:
    words.chat_template = None
    rendering.use_template(words, "plain", "my-base")
    assert rendering.prompt_text(words, "Sort it.", "a pan") == "Sort it.\na pan\n"
    assert rendering.completion_text(words, "Cookware") == "Cookware<|end|>"


def test_a_long_prompt_loses_its_middle_and_keeps_its_answer(words: Any) -> None:
    rows = [small.row(1, prompt="start " + "pan " * 200 + "finish"), small.row(2)]
    encoded = rendering.encode(words, rows, 60)
    assert (len(encoded.examples), encoded.shortened, encoded.left_out) == (2, 1, 0)
    long = encoded.examples[0]
    assert long.length == 60
    text = words.decode(long.prompt_ids)
    assert text.startswith("<|system|>Sort it.<|end|><|user|>start")
    assert text.endswith("finish<|end|><|assistant|>")
    assert words.decode(long.completion_ids) == small.LABELS[1] + "<|end|>"


def test_a_row_whose_answer_alone_is_too_long_is_left_out_and_counted(words: Any) -> None:
    encoded = rendering.encode(words, [small.row(1, completion="word " * 100), small.row(2)], 60)
    assert [example.record_id for example in encoded.examples] == ["rec_0002"]
    assert encoded.left_out == 1


def test_what_a_row_says_is_never_read_as_template(words: Any) -> None:
    said = "{{ 7 * 7 }} {% raise %}"
    assert said in rendering.prompt_text(words, "", said)
