"""Letting a model answer prompts: batched greedy generation, and choosing the likeliest label.

Imports torch: only worker processes import this module. Prompts are texts that have been through
the model's chat template already; nothing is added to them here.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from training.answering import end_tokens, pad_token

TIMED_ROWS = 24
"""Rows answered one at a time, for an honest latency; the others go in batches, for speed."""


@dataclass(frozen=True)
class Generated:
    """The answer to the prompt at `position`.

    `latency_s` is the wall time of a prompt answered alone; None for one answered in a batch.
    `text` is None, with the reason in `error`, where the prompt leaves the model no room.
    """

    position: int
    text: str | None
    latency_s: float | None
    prompt_tokens: int
    completion_tokens: int
    error: str | None = None


def generate(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[str],
    *,
    max_new_tokens: int,
    batch_size: int = 32,
    timed_rows: int = TIMED_ROWS,
) -> Iterator[Generated]:
    """Answer every prompt greedily, stopping at the end-of-turn token; answers come as they are made.

    The first `timed_rows` prompts are answered one by one, the rest in batches of similar length,
    longest first. An answer cut off at `max_new_tokens` is given as far as it got.
    """
    ids = _token_ids(tokenizer, prompts)
    ends = _end_tokens(model, tokenizer)
    fitting, refused = _fitting(model, ids, max_new_tokens)
    yield from refused
    alone = fitting[:timed_rows]
    if alone:  # the first call of a process pays for what later ones find ready
        _answers(model, tokenizer, [ids[alone[0]]], 2, ends)
    for position in alone:
        started = time.perf_counter()
        (text, length), = _answers(model, tokenizer, [ids[position]], max_new_tokens, ends)  # fmt: skip
        taken = time.perf_counter() - started
        yield Generated(position, text, taken, len(ids[position]), length)
    for batch in _batches(fitting[timed_rows:], ids, batch_size):
        found = _answers(model, tokenizer, [ids[position] for position in batch], max_new_tokens, ends)
        for position, (text, length) in zip(batch, found, strict=True):
            yield Generated(position, text, None, len(ids[position]), length)


def likeliest(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[str],
    labels: Sequence[str],
    *,
    batch_size: int = 32,
    timed_rows: int = TIMED_ROWS,
) -> Iterator[Generated]:
    """Choose for every prompt the label with the highest log-likelihood per UTF-8 byte.

    The sum of the log-probabilities of a label's tokens after the prompt, divided by the label's
    bytes so that long labels are not punished for their length: `acc_norm` of EleutherAI's
    lm-evaluation-harness. The prompt runs once per batch, its key-value cache serves every label.
    Raises ValueError for no labels, or an empty one.
    """
    tokens = _token_ids(tokenizer, labels)
    if not labels or not all(tokens):
        raise ValueError("every label needs at least one token, and there must be one label")
    ids = _token_ids(tokenizer, prompts)
    longest = max(len(label) for label in tokens)
    fitting, refused = _fitting(model, ids, longest)
    yield from refused
    if fitting and timed_rows:
        label_scores(model, tokenizer, [ids[fitting[0]]], tokens[:1])
    lengths = torch.tensor([len(label.encode()) for label in labels], dtype=torch.float32)
    groups = [[position] for position in fitting[:timed_rows]]
    groups += _batches(fitting[timed_rows:], ids, batch_size)
    for number, group in enumerate(groups):
        started = time.perf_counter()
        sums = label_scores(model, tokenizer, [ids[position] for position in group], tokens)
        best = (sums / lengths).argmax(dim=1).tolist()
        taken = time.perf_counter() - started if number < min(timed_rows, len(fitting)) else None
        for position, chosen in zip(group, best, strict=True):
            yield Generated(position, labels[chosen], taken, len(ids[position]), len(tokens[chosen]))


@torch.inference_mode()
def label_scores(
    model: Any, tokenizer: Any, prompts: Sequence[list[int]], labels: Sequence[list[int]]
) -> torch.Tensor:
    """Summed log-probabilities `(prompts, labels)` of each label's tokens right after each prompt."""
    batch, mask = _padded(tokenizer, prompts, model.device)
    first = model(
        input_ids=batch, attention_mask=mask, position_ids=_positions(mask), use_cache=True, logits_to_keep=1
    )
    cache, width = first.past_key_values, batch.shape[1]
    opening = torch.log_softmax(first.logits[:, -1].float(), dim=-1)
    sliding = any(getattr(cache, "is_sliding", [True]))
    columns = []
    for label in labels:
        score = opening[:, label[0]]
        if len(label) > 1:
            begun = torch.tensor([label[:-1]] * len(prompts), device=model.device)
            extended = torch.cat([mask, torch.ones_like(begun)], dim=1)
            answer = model(
                input_ids=begun,
                attention_mask=extended,
                position_ids=_positions(extended)[:, width:],
                past_key_values=copy.deepcopy(cache) if sliding else cache,
                use_cache=True,
            )
            following = torch.tensor(label[1:], device=model.device).expand(len(prompts), -1)
            logs = torch.log_softmax(answer.logits.float(), dim=-1)
            score = score + logs.gather(2, following.unsqueeze(2)).sum(dim=(1, 2))
            if not sliding:
                cache.crop(-begun.shape[1])
        columns.append(score)
    return torch.stack(columns, dim=1).cpu()


@torch.inference_mode()
def _answers(
    model: Any, tokenizer: Any, prompts: Sequence[list[int]], max_new_tokens: int, ends: Sequence[int]
) -> list[tuple[str, int]]:
    """The greedy answers of one batch, as text and number of tokens up to the end-of-turn token."""
    batch, mask = _padded(tokenizer, prompts, model.device)
    settings = _configuration(
        max_new_tokens=max_new_tokens,
        do_sample=False,
        eos_token_id=list(ends) or None,
        pad_token_id=pad_token(tokenizer),
    )
    made = model.generate(input_ids=batch, attention_mask=mask, generation_config=settings)
    found = []
    for row in made[:, batch.shape[1] :].tolist():
        length = next((place for place, token in enumerate(row) if token in ends), len(row))
        found.append((tokenizer.decode(row[:length], skip_special_tokens=True).strip(), length))
    return found


def _configuration(**settings: Any) -> Any:
    """Transformers' GenerationConfig, whose constructor has no types."""
    from transformers import GenerationConfig

    make: Any = GenerationConfig
    return make(**settings)


def _token_ids(tokenizer: Any, texts: Sequence[str]) -> list[list[int]]:
    if not texts:
        return []
    found: list[list[int]] = tokenizer(list(texts), add_special_tokens=False)["input_ids"]
    return found


def _fitting(model: Any, ids: Sequence[list[int]], room: int) -> tuple[list[int], list[Generated]]:
    """The positions whose prompt leaves `room` tokens in the model's context, and refusals for the rest."""
    limit = getattr(model.config, "max_position_embeddings", None)
    fitting, refused = [], []
    for position, prompt in enumerate(ids):
        if prompt and (limit is None or len(prompt) + room <= limit):
            fitting.append(position)
            continue
        why = f"prompt of {len(prompt)} tokens and {room} for the answer; the model takes {limit}"
        refused.append(Generated(position, None, None, len(prompt), 0, why))
    return fitting, refused


def _batches(positions: Sequence[int], ids: Sequence[list[int]], size: int) -> list[list[int]]:
    """Positions in groups of `size` by descending prompt length, so that little is padded."""
    ordered = sorted(positions, key=lambda position: -len(ids[position]))
    return [list(ordered[start : start + size]) for start in range(0, len(ordered), size)]


def _padded(tokenizer: Any, prompts: Sequence[list[int]], device: Any) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids and attention mask `(prompts, longest)`, padded on the left."""
    width = max(len(prompt) for prompt in prompts)
    pad = pad_token(tokenizer)
    rows = [[pad] * (width - len(prompt)) + prompt for prompt in prompts]
    mask = [[0] * (width - len(prompt)) + [1] * len(prompt) for prompt in prompts]
    return torch.tensor(rows, device=device), torch.tensor(mask, device=device)


def _positions(mask: torch.Tensor) -> torch.Tensor:
    """The position of every token in its own prompt; 0 on the padding."""
    return (mask.cumsum(dim=1) - 1).clamp(min=0)


def _end_tokens(model: Any, tokenizer: Any) -> list[int]:
    """Every token that ends an answer: by the tokenizer, its chat template, and the model's settings."""
    named = getattr(model.generation_config, "eos_token_id", None)
    listed = named if isinstance(named, list) else [named]
    return sorted({int(token) for token in [*listed, *end_tokens(tokenizer)] if token is not None})
