"""The trainer: a base model and the rows of a dataset version become an adapter.

Reads from top to bottom: load, wrap with LoRA, train with checkpoints, keep the best adapter.
Called again with the same folder after a kill it goes on from the last complete checkpoint, to
the same weights. Imports torch: only worker processes import this module.
"""

from __future__ import annotations

import importlib.metadata
import inspect
import resource
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import (
    EvalPrediction,
    PrinterCallback,
    Trainer,
    TrainerState,
    set_seed,
)
from transformers.trainer import TRAINER_STATE_NAME

from storage.errors import InvalidInput
from training import adapters, checkpoints, rendering
from training.answering import pad_token
from training.arguments import arguments, precision
from training.batches import Collator, Examples, LengthGroups, WithWordsHidden, share_answered_exactly
from training.config import TrainingConfig
from training.events import EventLog
from training.faults import plain_faults
from training.lora import wrapped
from training.narrator import Narrator, Progress, patience_is_over
from training.rendering import Encoded, Row

CHECKPOINTS = "checkpoints"
ADAPTER = "adapter"
DTYPES = {"bf16": torch.bfloat16, "fp32": torch.float32}


@dataclass(frozen=True)
class Assignment:
    """All that a training run is given. `folder` keeps its checkpoints and, at its end, `adapter/`."""

    config: TrainingConfig
    base: str
    train: Sequence[Row]
    validation: Sequence[Row]
    folder: Path
    device: str = "auto"


def train(assignment: Assignment, log: EventLog, progress: Progress) -> dict[str, Any]:
    """Train to the end and leave the best adapter in `folder/adapter`; the answer is what is worth knowing.

    `progress` is told every step and may raise to stop: the last checkpoint stays. Raises
    InvalidInput where settings, model and rows do not go together, DiskFull where the disk is.
    """
    config = assignment.config
    torch.set_num_threads(config.threads)
    resumed_from = checkpoints.last_complete(assignment.folder / CHECKPOINTS)
    device = adapters.chosen_device(assignment.device)
    with plain_faults(config, assignment.folder / CHECKPOINTS, device):
        trainer = _prepared(assignment, device, log, progress)
        if resumed_from is None:
            if trainer.eval_dataset is not None:
                trainer.evaluate()
            trainer.train()
        elif not _taken_up_at_its_end(trainer, resumed_from, config):
            trainer.train(resume_from_checkpoint=str(resumed_from))
        best = _best_checkpoint(trainer)
        _keep_adapter(best, assignment.folder / ADAPTER)
    return {**trainer.described, **_measured(trainer, log, device, best)}


def resumption_step(folder: Path) -> int | None:
    """The step a run in this folder would go on from, or None for its beginning."""
    found = checkpoints.last_complete(folder / CHECKPOINTS)
    return checkpoints.step_of(found) if found else None


class _Trainer(Trainer):
    """Trainer with an order of rows that a resumed run repeats, and what is known before it starts."""

    order: LengthGroups
    described: dict[str, Any]

    def _get_train_sampler(self, train_dataset: Any = None) -> LengthGroups:
        return self.order


def _taken_up_at_its_end(trainer: _Trainer, checkpoint: Path, config: TrainingConfig) -> bool:
    """Whether only the end was missing: then the trainer gets the state it ended with."""
    state = TrainerState.load_from_json(str(checkpoint / TRAINER_STATE_NAME))
    over = state.global_step >= trainer.args.max_steps or patience_is_over(config, state.log_history)
    if over:
        trainer.state = state
    return over


def _prepared(assignment: Assignment, device: str, log: EventLog, progress: Progress) -> _Trainer:
    config = assignment.config
    tokenizer = adapters.load_tokenizer(assignment.base)
    rendering.use_template(tokenizer, config.chat_template, config.base_model)
    train, validation = _encoded(assignment, tokenizer, log)
    set_seed(config.seed)
    kept_as = precision(config, device)
    base = adapters.load_model(assignment.base, dtype=DTYPES[kept_as])
    model, found = wrapped(base, config)
    log.note(found.sentence)
    order = LengthGroups(
        [example.length for example in train.examples],
        config.batch_size * config.gradient_accumulation_steps,
        config.seed,
    )
    validated = bool(validation.examples)
    trainer = _Trainer(
        model=model,
        args=arguments(
            config, assignment.folder / CHECKPOINTS, device=device, rows=len(train.examples),
            validated=validated,
        ),
        train_dataset=WithWordsHidden(
            train.examples, config.prompt_dropout, order, tokenizer.all_special_ids
        ),
        eval_dataset=Examples(validation.examples) if validated else None,
        data_collator=Collator(pad_token(tokenizer), slices=_takes(base, "logits_to_keep")),
        processing_class=tokenizer,
        compute_metrics=_metrics,
        preprocess_logits_for_metrics=_first_choices,
        callbacks=[
            Narrator(
                config, log, progress, tokenizer=tokenizer, sampler=order,
                samples=validation.examples[: config.sample_rows],
            )
        ],
    )  # fmt: skip
    trainer.remove_callback(PrinterCallback)  # the run's own log says it
    trainer.order = order
    trainer.described = {
        "train_rows": len(train.examples),
        "validation_rows": len(validation.examples),
        "shortened_rows": train.shortened + validation.shortened,
        "left_out_rows": train.left_out + validation.left_out,
        "precision": kept_as,
        **found.facts,
    }
    return trainer


def _encoded(assignment: Assignment, tokenizer: Any, log: EventLog) -> tuple[Encoded, Encoded]:
    limit = assignment.config.max_length_tokens
    train = rendering.encode(tokenizer, assignment.train, limit)
    validation = rendering.encode(tokenizer, assignment.validation, limit)
    if not train.examples:
        raise InvalidInput(
            f"None of the {len(assignment.train)} train rows can be used: every answer alone is longer than "
            f"max_length_tokens, {limit}.",
            next_step="Raise max_length_tokens.",
        )
    tokens = sum(example.length for example in train.examples)
    longest = max(example.length for example in train.examples)
    log.note(
        f"{len(train.examples):,} rows to learn from, {len(validation.examples):,} to validate on; "
        f"{tokens:,} tokens, the longest row has {longest}.",
    )
    shortened = train.shortened + validation.shortened
    left_out = train.left_out + validation.left_out
    if shortened or left_out:
        log.note(
            f"Longer than max_length_tokens ({limit}): {shortened} rows lost the middle of their prompt, "
            f"{left_out} were left out because their answer alone is.",
        )
    if not validation.examples:
        log.note("No validation rows: nothing stops it early, and the last adapter is the one kept.")
    return train, validation


def _takes(base: Any, argument: str) -> bool:
    return argument in inspect.signature(base.forward).parameters


def _first_choices(logits: Any, labels: torch.Tensor) -> torch.Tensor:
    """The likeliest token at every place: all that is kept of the logits."""
    found: torch.Tensor = (logits[0] if isinstance(logits, tuple) else logits).argmax(dim=-1)
    return found


def _metrics(predicted: EvalPrediction) -> dict[str, float]:
    return {"exact_match": share_answered_exactly(predicted.predictions, predicted.label_ids)}


def _best_checkpoint(trainer: _Trainer) -> Path:
    """The checkpoint with the lowest validation loss; the last one where nothing was validated."""
    folder = Path(str(trainer.args.output_dir))
    best = trainer.state.best_global_step
    if trainer.eval_dataset is not None and best and checkpoints.of_step(folder, best).is_dir():
        return checkpoints.of_step(folder, best)
    return checkpoints.of_step(folder, trainer.state.global_step)


def _keep_adapter(checkpoint: Path, target: Path) -> None:
    """Copy adapter and tokenizer out of a checkpoint, without the optimiser's state."""
    draft = target.with_name(f".{target.name}.tmp")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    for path in sorted(checkpoint.iterdir()):
        if path.suffix in (".safetensors", ".json", ".jinja", ".model", ".txt") and path.name not in (
            "trainer_state.json",
        ):
            shutil.copy2(path, draft / path.name)
    checkpoints.publish_folder(draft, target)


def _measured(trainer: _Trainer, log: EventLog, device: str, best: Path) -> dict[str, Any]:
    history = [entry for entry in trainer.state.log_history if "eval_loss" in entry]
    kept = next((entry for entry in history if entry["step"] == checkpoints.step_of(best)), {})
    tokens = int(trainer.state.num_input_tokens_seen)
    return {
        "steps": trainer.state.global_step,
        "planned_steps": trainer.state.max_steps,
        "best_step": checkpoints.step_of(best),
        "validation_loss": kept.get("eval_loss"),
        "validation_exact_match": kept.get("eval_exact_match"),
        "tokens": tokens,
        "seconds": round(log.seconds, 2),
        "tokens_per_second": round(tokens / log.seconds, 1),
        "peak_memory_mb": peak_memory_mb(device),
        "device": torch.cuda.get_device_name() if device == "cuda" else device,
        "versions": {name: importlib.metadata.version(name) for name in ("torch", "transformers", "peft")},
    }


def peak_memory_mb(device: str) -> int:
    """The most memory used so far: the GPU's on a GPU, else this process's."""
    if device == "cuda":
        return int(torch.cuda.max_memory_allocated() // 2**20)
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(used // (2**20 if sys.platform == "darwin" else 2**10))
