"""Putting LoRA on a base model, and saying what it was put on. Imports peft: worker processes only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from peft import LoraConfig, get_peft_model

from storage.errors import InvalidInput
from training.config import TrainingConfig


@dataclass(frozen=True)
class Matched:
    """Which modules learn: LoRA's by kind of module, those saved in full, and the parameters of both."""

    lora: Mapping[str, int]
    in_full: tuple[str, ...]
    trainable: int
    total: int

    @property
    def sentence(self) -> str:
        """What the run's log says of it."""
        kinds = ", ".join(f"{name} x{count}" for name, count in sorted(self.lora.items()))
        whole = f"; in full: {', '.join(self.in_full)}" if self.in_full else ""
        share = self.trainable / self.total
        return f"LoRA on {kinds}{whole}. {self.trainable:,} of {self.total:,} parameters learn ({share:.1%})."

    @property
    def facts(self) -> dict[str, Any]:
        """The same for the run's manifest."""
        return {
            "lora_modules": dict(self.lora),
            "modules_in_full": list(self.in_full),
            "trainable_parameters": self.trainable,
            "parameters": self.total,
        }


def wrapped(base: Any, config: TrainingConfig) -> tuple[Any, Matched]:
    """The base with fresh LoRA weights as the config asks.

    Raises InvalidInput where a named module is not part of the base.
    """
    leaves = {name.rpartition(".")[2] for name, _ in base.named_modules()}
    absent = [name for name in config.modules_to_save if name.rpartition(".")[2] not in leaves]
    if absent:
        raise InvalidInput(
            f"modules_to_save names {absent}, which {config.base_model!r} does not have.",
            next_step=f"It has {', '.join(sorted(leaves - {''}))}.",
        )
    targets = config.target_modules
    settings = LoraConfig(
        task_type="CAUSAL_LM",
        r=config.lora_r,
        lora_alpha=config.lora_alpha,
        lora_dropout=config.lora_dropout,
        target_modules=targets if isinstance(targets, str) else list(targets),
        modules_to_save=list(config.modules_to_save) or None,
        ensure_weight_tying=config.ensure_weight_tying,
    )
    try:
        model = get_peft_model(base, settings)
    except ValueError as fault:
        raise InvalidInput(
            f"LoRA does not fit {config.base_model!r}: {fault}.",
            next_step='Set target_modules to "all-linear", or name modules it has.',
        ) from fault
    return model, _matched(model)


def _matched(model: Any) -> Matched:
    from peft.tuners.lora import LoraLayer
    from peft.utils import ModulesToSaveWrapper

    lora = [name for name, module in model.named_modules() if isinstance(module, LoraLayer)]
    whole = [name for name, module in model.named_modules() if isinstance(module, ModulesToSaveWrapper)]
    trainable, total = model.get_nb_trainable_parameters()
    return Matched(
        lora=Counter(name.rpartition(".")[2] for name in lora),
        in_full=tuple(dict.fromkeys(name.rpartition(".")[2] for name in whole)),
        trainable=trainable,
        total=total,
    )
