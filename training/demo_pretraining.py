"""The training of the demo's base model. Imports torch: only worker processes import this module."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from training.demo_base import ASSISTANT, CHAT_TEMPLATE, END, PAD, SYSTEM, USER, Recipe


def pretrain(
    folder: Path,
    texts: Sequence[str],
    label_names: Sequence[str],
    recipe: Recipe,
    threads: int,
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Train tokenizer and model, write both into `folder`, and say what was made."""
    started = time.monotonic()
    torch.set_num_threads(threads)
    words = make_tokenizer(texts, label_names, recipe)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(recipe.seed)
        model = make_model(words, recipe)
        losses = _fit(model, words, texts, recipe, progress)
    model.save_pretrained(folder)
    words.save_pretrained(folder)
    return {
        "parameters": model.num_parameters(),
        "vocabulary": len(words),
        "first_loss": losses[0],
        "last_loss": losses[-1],
        "seconds": time.monotonic() - started,
    }


def make_tokenizer(texts: Sequence[str], label_names: Sequence[str], recipe: Recipe) -> Any:
    """A byte-level BPE of at most `recipe.vocabulary` tokens, with the chat template."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=recipe.vocabulary,
        special_tokens=[PAD, END, SYSTEM, USER, ASSISTANT],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    often = [name for name in label_names for _ in range(20)]
    made.train_from_iterator([*texts, *often], trainer)
    words: Any = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=made, pad_token=PAD, eos_token=END, model_max_length=recipe.positions
    )
    words.chat_template = CHAT_TEMPLATE
    return words


def make_model(words: Any, recipe: Recipe) -> Any:
    """A Llama with random weights and tied embeddings."""
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(words),
            hidden_size=recipe.hidden,
            intermediate_size=recipe.feed_forward,
            num_hidden_layers=recipe.layers,
            num_attention_heads=recipe.heads,
            num_key_value_heads=recipe.heads,
            max_position_embeddings=recipe.positions,
            initializer_range=recipe.initializer_range,
            tie_word_embeddings=True,
            bos_token_id=None,
            eos_token_id=words.eos_token_id,
            pad_token_id=words.pad_token_id,
        )
    )


def _fit(
    model: Any, words: Any, texts: Sequence[str], recipe: Recipe, progress: Callable[[int, int], None]
) -> list[float]:
    blocks = _blocks(words, texts, recipe)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=recipe.learning_rate, betas=(0.9, 0.95), weight_decay=recipe.weight_decay
    )
    model.train()
    losses = []
    for step in range(recipe.steps):
        progress(step, recipe.steps)
        for group in optimiser.param_groups:
            group["lr"] = recipe.learning_rate * _schedule(step, recipe.steps)
        batch = next(blocks)
        loss = model(input_ids=batch, labels=batch).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        losses.append(float(loss.detach()))
    progress(recipe.steps, recipe.steps)
    model.eval()
    return losses


def _blocks(words: Any, texts: Sequence[str], recipe: Recipe) -> Iterator[torch.Tensor]:
    """Endless batches `(batch, block)` cut at random places from the texts, joined in random order."""
    order = torch.randperm(len(texts)).tolist()
    encoded = words([texts[place] for place in order])["input_ids"]
    stream = [token for text in encoded for token in (*text, words.eos_token_id)]
    while len(stream) <= recipe.block:
        stream += stream
    tokens = torch.tensor(stream)
    while True:
        starts = torch.randint(len(tokens) - recipe.block, (recipe.batch,))
        yield torch.stack([tokens[start : start + recipe.block] for start in starts])


def _schedule(step: int, steps: int) -> float:
    """The share of the learning rate at a step: a short rise, then a cosine down to a tenth."""
    rise = max(1, steps // 20)
    if step < rise:
        return (step + 1) / rise
    return 0.1 + 0.45 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))
