"""Rows as batches: padded to the longest of the batch, grouped by length, in an order that can be repeated.

Imports torch: only worker processes import this module.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import torch
from torch.utils.data import Dataset, Sampler
from transformers.trainer_pt_utils import get_length_grouped_indices

from training.rendering import Example

IGNORED = -100
"""The label of a token that no loss is taken on."""


class LengthGroups(Sampler[int]):
    """Every row once per epoch, those of like length together.

    The order depends on the seed and the epoch alone, so a run resumed in the middle of an epoch
    sees the rest of exactly the same order.
    """

    def __init__(self, lengths: Sequence[int], batch_size: int, seed: int) -> None:
        self._lengths = list(lengths)
        self._batch_size = batch_size
        self.seed = seed
        self.epoch = 0

    def __len__(self) -> int:
        return len(self._lengths)

    def __iter__(self) -> Iterator[int]:
        order = torch.Generator().manual_seed(self.seed * 1_000_003 + self.epoch)
        return iter(get_length_grouped_indices(self._lengths, self._batch_size, generator=order))  # type: ignore[no-untyped-call]


class Examples(Dataset[Example]):
    """The examples of a split."""

    def __init__(self, examples: Sequence[Example]) -> None:
        self._examples = examples

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, place: int) -> Example:
        return self._examples[place]


class WithWordsHidden(Examples):
    """The examples with a share of their prompt's tokens hidden, others at each epoch.

    A small model that cannot rely on any one word learns from all of them (word dropout, Iyyer
    and others, 2015). What is hidden depends on seed, epoch and row alone. `kept_tokens` are the
    template's own, which are never hidden.
    """

    def __init__(
        self, examples: Sequence[Example], share: float, order: LengthGroups, kept_tokens: Collection[int]
    ) -> None:
        super().__init__(examples)
        self._share = share
        self._order = order
        self._kept = frozenset(kept_tokens)

    def __getitem__(self, place: int) -> Example:
        example = super().__getitem__(place)
        rng = Random(f"{self._order.seed}/{self._order.epoch}/{place}")  # noqa: S311 - no secret
        hidden = [
            at for at, token in enumerate(example.prompt_ids)
            if rng.random() < self._share and token not in self._kept
        ]  # fmt: skip
        return replace(example, hidden=tuple(hidden))


class Collator:
    """Makes a batch of examples, padded on the left so that all answers end in the last column.

    The model then computes logits for the answers alone (`logits_to_keep`): with a vocabulary of
    128,000 that is most of the memory, and half the time of a tiny model. `slices` says whether
    the model takes `logits_to_keep`; else every place gets its logits.
    """

    def __init__(self, pad_token_id: int, *, slices: bool = True) -> None:
        self._pad = pad_token_id
        self._slices = slices

    def __call__(self, examples: Sequence[Example]) -> dict[str, Any]:
        """`input_ids`, `attention_mask`, `position_ids` `(batch, longest)`; `labels` `(batch, kept)`.

        `kept` is the longest answer and the place before it, where its first token is predicted.
        """
        width = max(example.length for example in examples)
        answers = max(len(example.completion_ids) for example in examples)
        kept = min(width, answers + 1) if self._slices else width
        ids = torch.full((len(examples), width), self._pad)
        mask = torch.zeros((len(examples), width), dtype=torch.long)
        positions = torch.zeros((len(examples), width), dtype=torch.long)
        labels = torch.full((len(examples), kept), IGNORED)
        for row, example in enumerate(examples):
            ids[row, width - example.length :] = torch.tensor(example.prompt_ids + example.completion_ids)
            start = width - example.length
            mask[row, start:] = 1
            positions[row, start:] = torch.arange(example.length)
            mask[row, [start + place for place in example.hidden]] = 0
            labels[row, kept - len(example.completion_ids) :] = torch.tensor(example.completion_ids)
        batch: dict[str, Any] = {
            "input_ids": ids,
            "attention_mask": mask,
            "position_ids": positions,
            "labels": labels,
        }
        return {**batch, "logits_to_keep": kept} if self._slices else batch


def share_answered_exactly(first_choices: Any, labels: Any) -> float:
    """Share of rows whose every completion token was the model's first choice, 0-1.

    Those are the rows that greedy generation answers exactly. Both arrays are `(rows, kept)`;
    a choice at one position is for the token at the next.
    """
    chosen, wanted = first_choices[:, :-1], labels[:, 1:]
    return float(((chosen == wanted) | (wanted == IGNORED)).all(axis=1).mean())
