"""From a config to the arguments of transformers' Trainer. Imports torch: worker processes only."""

from __future__ import annotations

import math
from dataclasses import fields
from pathlib import Path
from typing import Any

import torch
from transformers import TrainingArguments

from training.adapters import default_dtype
from training.config import TrainingConfig

LOGS_PER_VALIDATION = 5


def arguments(
    config: TrainingConfig, output: Path, *, device: str, rows: int, validated: bool
) -> TrainingArguments:
    """The Trainer's arguments for `rows` train rows; checkpoints go to `output`."""
    steps = total_steps(config, rows)
    return TrainingArguments(
        output_dir=str(output),
        max_steps=steps,
        per_device_train_batch_size=config.batch_size,
        per_device_eval_batch_size=config.batch_size * 2,
        gradient_accumulation_steps=config.gradient_accumulation_steps,
        learning_rate=config.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=math.ceil(steps * config.warmup_share),
        weight_decay=config.weight_decay,
        logging_steps=max(1, config.eval_every_steps // LOGS_PER_VALIDATION),
        logging_nan_inf_filter=False,
        eval_strategy="steps" if validated else "no",
        eval_steps=config.eval_every_steps,
        save_strategy="steps",
        save_steps=config.eval_every_steps,
        save_total_limit=2,
        metric_for_best_model="eval_loss" if validated else None,
        greater_is_better=False if validated else None,
        seed=config.seed,
        data_seed=config.seed,
        use_cpu=device == "cpu",
        bf16=precision(config, device) == "bf16",
        dataloader_pin_memory=device == "cuda",
        include_num_input_tokens_seen="non_padding",
        label_names=["labels"],
        remove_unused_columns=False,
        report_to=[],
        disable_tqdm=True,
        **_checkpointing(
            device == "cuda" if config.gradient_checkpointing is None else config.gradient_checkpointing
        ),
    )


def _checkpointing(wanted: bool) -> dict[str, Any]:
    """The arguments for gradient checkpointing, under the name this release of transformers has for it."""
    if not wanted:
        return {}
    names = {field.name for field in fields(TrainingArguments)}
    name = "activation_checkpointing" if "activation_checkpointing" in names else "gradient_checkpointing"
    return {name: True, f"{name}_kwargs": {"use_reentrant": False}}


def total_steps(config: TrainingConfig, rows: int) -> int:
    """Optimiser steps of a whole run."""
    if config.max_steps is not None:
        return config.max_steps
    batches = math.ceil(rows / config.batch_size)
    return max(1, math.ceil(math.ceil(batches / config.gradient_accumulation_steps) * config.epochs))


def precision(config: TrainingConfig, device: str) -> str:
    """`bf16` or `fp32`, as configured or as the device can."""
    if config.precision != "auto":
        return config.precision
    return "bf16" if default_dtype(device) == torch.bfloat16 else "fp32"
