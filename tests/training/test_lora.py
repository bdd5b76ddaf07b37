from __future__ import annotations

from pathlib import Path

import pytest
import torch

from storage.errors import InvalidInput
from tests.training import small
from training import adapters
from training.lora import wrapped


def test_every_linear_layer_and_the_tied_embeddings_learn_and_are_named(base: Path) -> None:
    model, found = wrapped(adapters.load_model(base, dtype=torch.float32), small.config(base))
    assert dict(found.lora) == {
        "q_proj": 2, "k_proj": 2, "v_proj": 2, "o_proj": 2, "gate_proj": 2, "up_proj": 2, "down_proj": 2,
    }  # fmt: skip
    assert "embed_tokens" in found.in_full
    embedding = model.get_input_embeddings().modules_to_save["default"].weight
    assert embedding.requires_grad
    assert embedding.data_ptr() == model.get_output_embeddings().weight.data_ptr(), "still tied"
    assert "q_proj x2" in found.sentence
    assert f"{found.trainable:,} of {found.total:,}" in found.sentence


def test_named_modules_alone_are_matched(base: Path) -> None:
    config = small.config(base, target_modules=("q_proj",), modules_to_save=(), ensure_weight_tying=False)
    _, found = wrapped(adapters.load_model(base, dtype=torch.float32), config)
    assert dict(found.lora) == {"q_proj": 2}
    assert found.in_full == ()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"target_modules": ("w_proj",), "modules_to_save": (), "ensure_weight_tying": False}, "w_proj"),
        ({"modules_to_save": ("wte",)}, "wte"),
    ],
)
def test_a_module_the_model_does_not_have_is_named(base: Path, changes: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        wrapped(adapters.load_model(base, dtype=torch.float32), small.config(base, **changes))
    assert caught.value.next_step
