from __future__ import annotations

from typing import Any

import numpy as np
import torch

from training.batches import IGNORED, Collator, LengthGroups, WithWordsHidden, share_answered_exactly
from training.rendering import Example


def example(prompt: int, completion: int) -> Example:
    return Example("r", tuple(range(10, 10 + prompt)), tuple(range(90, 90 + completion)), shortened=False)


def test_answers_end_in_the_last_column_and_only_they_are_learned() -> None:
    batch = Collator(0)([example(3, 2), example(1, 3)])
    assert batch["input_ids"].tolist() == [[10, 11, 12, 90, 91], [0, 10, 90, 91, 92]]
    assert batch["attention_mask"].tolist() == [[1, 1, 1, 1, 1], [0, 1, 1, 1, 1]]
    assert batch["position_ids"].tolist() == [[0, 1, 2, 3, 4], [0, 0, 1, 2, 3]]
    assert batch["logits_to_keep"] == 4
    assert batch["labels"].tolist() == [[IGNORED, IGNORED, 90, 91], [IGNORED, 90, 91, 92]]


def test_logits_of_the_answers_alone_give_the_same_loss(base: Any) -> None:
    from training import adapters

    model = adapters.load_model(base, dtype=torch.float32).eval()
    examples = [example(30, 4), example(5, 9), example(17, 1)]
    with torch.inference_mode():
        kept = model(**Collator(0)(examples)).loss
        whole = model(**Collator(0, slices=False)(examples)).loss
        alone = [model(**Collator(0, slices=False)([one])).loss for one in examples]
    assert torch.allclose(kept, whole, atol=1e-5)
    weights = torch.tensor([4.0, 9.0, 1.0])
    assert torch.allclose(kept, (torch.stack(alone) * weights).sum() / weights.sum(), atol=1e-4)


def test_the_order_depends_on_seed_and_epoch_alone() -> None:
    lengths = [number % 17 + 1 for number in range(100)]
    first, second = LengthGroups(lengths, 8, seed=3), LengthGroups(lengths, 8, seed=3)
    torch.manual_seed(1)
    order = list(first)
    torch.manual_seed(2)
    assert list(second) == order
    assert sorted(order) == list(range(100))
    first.epoch = 1
    assert list(first) != order
    assert list(LengthGroups(lengths, 8, seed=4)) != order


def test_a_batch_holds_rows_of_like_length() -> None:
    lengths = [number % 50 + 1 for number in range(400)]
    order = list(LengthGroups(lengths, 8, seed=0))
    batches = [[lengths[place] for place in order[start : start + 8]] for start in range(0, 400, 8)]
    padded = sum(max(batch) * len(batch) for batch in batches) / sum(lengths)
    assert padded < 1.15


def test_a_row_counts_only_if_every_token_of_its_answer_was_first_choice() -> None:
    labels = np.array([[IGNORED, 5, 6, IGNORED], [IGNORED, 7, 8, IGNORED]])
    choices = np.array([[5, 6, 0, 0], [7, 0, 8, 0]])
    assert share_answered_exactly(choices, labels) == 0.5


def test_words_are_hidden_anew_at_each_epoch_and_the_same_ones_when_it_is_repeated() -> None:
    order = LengthGroups([40] * 50, 8, seed=3)
    rows = WithWordsHidden([example(40, 2)] * 50, 0.3, order, kept_tokens={10, 11})
    first = [rows[place].hidden for place in range(50)]
    assert [rows[place].hidden for place in range(50)] == first
    order.epoch = 1
    assert [rows[place].hidden for place in range(50)] != first
    hidden = [at for row in first for at in row]
    assert 0.25 < len(hidden) / (50 * 38) < 0.35
    assert not {0, 1} & set(hidden), "the template's own tokens stay"
    batch = Collator(0)([rows[0]])
    assert [at for at, seen in enumerate(batch["attention_mask"][0].tolist()) if not seen] == list(
        rows[0].hidden
    )
    assert batch["position_ids"][0].tolist() == list(range(42)), "the others keep their places"
