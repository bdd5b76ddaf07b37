"""Answers of models: base models by writing and by likelihood, students with their adapter.

Imports torch: only the process of a job imports this module.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import torch

from curation.datasets import DatasetRow
from eval.answers import TIMED_ROWS, Answer, Questions, Sink
from eval.candidates import Adapter, Base, BaseLikelihood
from eval.generation import Generated, generate, likeliest
from training import adapters, rendering, runs
from training.adapters import Loaded

EXTRA_TOKENS = 8
"""Room after the longest label, so that an answer that goes on after a label is seen to."""
FREE_TEXT_TOKENS = 256


def answer(
    candidate: Base | BaseLikelihood | Adapter, questions: Questions, rows: Sequence[DatasetRow], sink: Sink
) -> None:
    """Load the candidate's model and let it answer `rows`."""
    torch.set_num_threads(questions.project.settings.training.threads)
    loaded = _loaded(candidate, questions)
    tokenizer = loaded.tokenizer
    prompts = [rendering.prompt_text(tokenizer, row.system, row.prompt) for row in rows]
    labels = questions.task.labels
    found: Iterator[Generated]
    if isinstance(candidate, BaseLikelihood):
        found = likeliest(loaded.model, tokenizer, prompts, labels, timed_rows=TIMED_ROWS)
    else:
        room = _room(tokenizer, labels)
        found = generate(loaded.model, tokenizer, prompts, max_new_tokens=room, timed_rows=TIMED_ROWS)
    for said in found:
        row = rows[said.position]
        sink.keep(
            Answer(
                row.record_id,
                said.text,
                said.latency_s,
                said.prompt_tokens,
                said.completion_tokens,
                said.error,
            )
        )
        sink.tick()


def _loaded(candidate: Base | BaseLikelihood | Adapter, questions: Questions) -> Loaded:
    project, task = questions.project, questions.task.name
    if isinstance(candidate, Adapter):
        run = runs.get(project, task, candidate.run_id)
        loaded = adapters.load_run(project, task, candidate.run_id)
        rendering.use_template(loaded.tokenizer, run.config.chat_template, run.config.base_model)
        return loaded
    loaded = adapters.load_base(project, task, candidate.model)
    rendering.use_template(loaded.tokenizer, candidate.chat_template, candidate.model)
    return loaded


def _room(tokenizer: Any, labels: Sequence[str]) -> int:
    """The most tokens of an answer: the longest label's and a few more, or 256 for free text."""
    if not labels:
        return FREE_TEXT_TOKENS
    ids = tokenizer(list(labels), add_special_tokens=False)["input_ids"]
    return max(len(label) for label in ids) + EXTRA_TOKENS
