"""What watches the trainer: it tells the run's events, and stops it when it no longer learns.

Imports transformers: only worker processes import this module.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from storage.errors import InvalidInput
from training import checkpoints
from training.answering import answer
from training.batches import LengthGroups
from training.config import TrainingConfig
from training.events import EventLog, Sample
from training.rendering import Example

Progress = Callable[[int, int, str], None]
"""Told (step, steps, message) at every step; raises to stop."""


class Narrator(TrainerCallback):
    """The run's own callback; the trainer's state is the only memory it relies on."""

    def __init__(
        self,
        config: TrainingConfig,
        log: EventLog,
        progress: Progress,
        *,
        tokenizer: Any,
        sampler: LengthGroups,
        samples: Sequence[Example],
    ) -> None:
        self._config = config
        self._log = log
        self._progress = progress
        self._tokenizer = tokenizer
        self._sampler = sampler
        self._samples = samples
        self._said = ""

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Give the sampler the epoch, also after a resumption."""
        self._sampler.epoch = int(state.epoch or 0)

    def on_step_end(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Tell how far it is, which may raise to stop; see that the last step is validated and kept."""
        self._progress(state.global_step, state.max_steps, self._said)
        if state.global_step >= state.max_steps:
            control.should_evaluate = args.eval_strategy != "no"
            control.should_save = True

    def on_log(
        self, args: Any, state: Any, control: Any, logs: Mapping[str, float] | None = None, **others: Any
    ) -> None:
        """Tell the training loss. Raises InvalidInput where it is no longer a number."""
        if not logs or "loss" not in logs:
            return
        loss = float(logs["loss"])
        if not math.isfinite(loss):
            raise InvalidInput(
                f"The training loss became {loss} at step {state.global_step} "
                f"(learning rate {self._config.learning_rate:g}).",
                next_step="Lower the learning rate and train again.",
            )
        self._log.add(
            "train", state.global_step, loss=loss, learning_rate=logs.get("learning_rate"),
            tokens=int(state.num_input_tokens_seen),
        )  # fmt: skip
        self._said = f"loss {loss:.3f}"

    def on_evaluate(
        self, args: Any, state: Any, control: Any, metrics: Mapping[str, float] | None = None, **others: Any
    ) -> None:
        """Tell the validation loss and a few answers; stop when it has not fallen for long enough."""
        if not metrics or "eval_loss" not in metrics:
            return
        self._log.add(
            "validation", state.global_step, loss=float(metrics["eval_loss"]),
            exact_match=metrics.get("eval_exact_match"), tokens=int(state.num_input_tokens_seen),
        )  # fmt: skip
        for sample in self._answered(others["model"]):
            self._log.sample(state.global_step, sample)
        if patience_is_over(self._config, state.log_history):
            control.should_training_stop = True
            patience = self._config.early_stopping_patience
            self._log.note(f"Stopped early: {patience} validations brought no lower validation loss.")

    def on_save(self, args: Any, state: Any, control: Any, **others: Any) -> None:
        """Mark the checkpoint that was just written as complete."""
        checkpoints.mark_complete(checkpoints.of_step(Path(args.output_dir), state.global_step))

    def _answered(self, model: Any) -> list[Sample]:
        outputs = answer(
            model,
            self._tokenizer,
            [example.prompt_ids for example in self._samples],
            max_new_tokens=self._config.sample_tokens,
        )
        return [
            Sample(
                example.record_id,
                self._tokenizer.decode(example.completion_ids, skip_special_tokens=True).strip(),
                output,
            )
            for example, output in zip(self._samples, outputs, strict=True)
        ]


def patience_is_over(config: TrainingConfig, history: Sequence[Mapping[str, float]]) -> bool:
    """Whether the last validations brought no lower loss for as long as the config allows."""
    losses = [entry["eval_loss"] for entry in history if "eval_loss" in entry]
    if config.early_stopping_patience is None or not losses:
        return False
    return len(losses) - 1 - losses.index(min(losses)) >= config.early_stopping_patience
