"""Generation and label likelihood on a tiny real model: same answers alone and in batches, and fast."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from eval.generation import Generated, generate, label_scores, likeliest
from tests.eval import tiny_model
from tests.eval.tiny_model import LABELS, prompt, texts


@pytest.fixture(scope="module", autouse=True)
def _one_thread() -> None:
    torch.set_num_threads(1)


@pytest.fixture(scope="module")
def words() -> Any:
    return tiny_model.tokenizer()


@pytest.fixture(scope="module")
def student(words: Any) -> Any:
    return tiny_model.trained(words)


@pytest.fixture(scope="module")
def base(words: Any) -> Any:
    return tiny_model.untrained(words)


def _in_order(answers: Any) -> list[Generated]:
    return sorted(answers, key=lambda answer: answer.position)


def test_a_trained_model_writes_the_labels_and_stops_at_the_end_of_its_turn(words: Any, student: Any) -> None:
    pairs = texts(3)
    answers = _in_order(generate(student, words, [prompt(text) for text, _ in pairs], max_new_tokens=60))
    assert [answer.text for answer in answers] == [label for _, label in pairs]
    assert all(answer.completion_tokens < 30 for answer in answers)


def test_an_answer_does_not_depend_on_what_shares_its_batch(words: Any, base: Any) -> None:
    prompts = [prompt(text) for text, _ in texts(4)]
    together = _in_order(generate(base, words, prompts, max_new_tokens=12, batch_size=9, timed_rows=0))
    alone = _in_order(generate(base, words, prompts, max_new_tokens=12, timed_rows=len(prompts)))
    assert [answer.text for answer in together] == [answer.text for answer in alone]


def test_only_a_prompt_answered_alone_has_a_latency(words: Any, student: Any) -> None:
    prompts = [prompt(text) for text, _ in texts(2)]
    answers = _in_order(generate(student, words, prompts, max_new_tokens=20, timed_rows=5))
    assert [answer.latency_s is not None for answer in answers] == [True] * 5 + [False] * (len(prompts) - 5)
    assert all(answer.latency_s > 0 for answer in answers[:5])
    assert [answer.prompt_tokens for answer in answers] == [len(words(text)["input_ids"]) for text in prompts]


def test_a_prompt_that_leaves_no_room_is_refused_with_the_numbers(words: Any, student: Any) -> None:
    long, short = prompt("plate " * 400), prompt("pan number 1")
    answers = _in_order(generate(student, words, [long, short], max_new_tokens=20))
    assert answers[0].text is None
    assert "the model takes 256" in (answers[0].error or "")
    assert answers[1].text == "Kitchen > Cookware"


def _scores_one_by_one(model: Any, words: Any, question: str, label: str) -> float:
    """The reference: one full pass over prompt and label, no cache, no padding."""
    before, after = words(question)["input_ids"], words(label)["input_ids"]
    with torch.inference_mode():
        logits = model(input_ids=torch.tensor([before + after])).logits[0]
    logs = torch.log_softmax(logits[len(before) - 1 : -1].float(), dim=-1)
    return sum(float(logs[place, token]) for place, token in enumerate(after))


def test_label_scores_with_a_cached_prompt_are_those_of_full_passes(words: Any, base: Any) -> None:
    prompts = [prompt(text) for text, _ in texts(1)]
    scores = label_scores(base, words, words(prompts)["input_ids"], words(list(LABELS))["input_ids"])
    expected = [
        [_scores_one_by_one(base, words, question, label) for label in LABELS] for question in prompts
    ]
    assert torch.allclose(scores, torch.tensor(expected), atol=1e-3)


def test_the_likeliest_label_is_the_best_per_byte_and_always_one_of_the_set(words: Any, base: Any) -> None:
    prompts = [prompt(text) for text, _ in texts(2)]
    answers = _in_order(likeliest(base, words, prompts, LABELS, batch_size=4, timed_rows=3))
    expected = [
        max(LABELS, key=lambda label: _scores_one_by_one(base, words, question, label) / len(label.encode()))
        for question in prompts
    ]
    assert [answer.text for answer in answers] == expected
    assert sum(answer.latency_s is not None for answer in answers) == 3


def test_a_trained_model_finds_its_own_labels_likeliest(words: Any, student: Any) -> None:
    pairs = texts(2)
    answers = _in_order(likeliest(student, words, [prompt(text) for text, _ in pairs], LABELS))
    assert [answer.text for answer in answers] == [label for _, label in pairs]


def test_no_prompts_give_no_answers_and_no_labels_are_refused(words: Any, base: Any) -> None:
    assert list(generate(base, words, [], max_new_tokens=4)) == []
    with pytest.raises(ValueError, match="at least one token"):
        list(likeliest(base, words, [prompt("pan")], []))
