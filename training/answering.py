"""A few greedy answers of a model in training. Imports torch: only worker processes import this module."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from transformers import GenerationConfig

from training.rendering import end_of_turn


@torch.inference_mode()
def answer(model: Any, tokenizer: Any, prompts: Sequence[Sequence[int]], *, max_new_tokens: int) -> list[str]:
    """The greedy answer to each prompt, given as token ids; the model is left as it was found."""
    if not prompts:
        return []
    pad, ends = pad_token(tokenizer), end_tokens(tokenizer)
    width = max(len(prompt) for prompt in prompts)
    ids = torch.tensor([[pad] * (width - len(prompt)) + list(prompt) for prompt in prompts])
    mask = torch.tensor([[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts])
    settings = GenerationConfig(  # type: ignore[no-untyped-call]
        max_new_tokens=max_new_tokens,
        do_sample=False,
        pad_token_id=pad,
        eos_token_id=ends or None,
        use_cache=True,
    )
    was_training = model.training
    model.eval()
    try:
        made = model.generate(
            input_ids=ids.to(model.device),
            attention_mask=mask.to(model.device),
            generation_config=settings,
        )
    finally:
        model.train(was_training)
    answers = made[:, width:].tolist()
    return [str(tokenizer.decode(ids, skip_special_tokens=True)).strip() for ids in answers]


def pad_token(tokenizer: Any) -> int:
    """A token to pad with: it is masked out everywhere, so any will do."""
    found = (tokenizer.pad_token_id, tokenizer.eos_token_id, 0)
    return int(next(token for token in found if token is not None))


def end_tokens(tokenizer: Any) -> list[int]:
    """The tokens that end an answer: the tokenizer's, and the template's end of turn if it is one token."""
    ending: list[int] = tokenizer(end_of_turn(tokenizer), add_special_tokens=False)["input_ids"]
    alone = ending if len(ending) == 1 else []
    return sorted({token for token in (*alone, tokenizer.eos_token_id) if token is not None})
