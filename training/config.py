"""What a training run is told: the base model, the adapter, and how to learn. Loads no model library."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from storage.errors import InvalidInput

DEMO_BASE = "demo-base"
"""The base model that is trained on the spot from a task's own texts; see `training.demo_base`."""


class TrainingConfig(BaseModel):
    """All settings of a run. Loss is taken on the completion only; lengths are in tokens."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base_model: str = Field(min_length=1, description=f'A local folder, a hub name, or "{DEMO_BASE}".')
    chat_template: Literal["", "plain"] = Field(
        default="", description='"plain": a simple documented template, for a base model that has none.'
    )

    lora_r: int = Field(default=16, ge=1, le=1024)
    lora_alpha: int = Field(default=32, ge=1)
    lora_dropout: float = Field(default=0.05, ge=0, lt=1)
    target_modules: str | tuple[str, ...] = "all-linear"
    modules_to_save: tuple[str, ...] = Field(default=(), description="Modules trained in full beside LoRA.")
    ensure_weight_tying: bool = False

    learning_rate: float = Field(default=2e-4, gt=0, le=1)
    warmup_share: float = Field(default=0.05, ge=0, le=1, description="Share of the steps, 0-1.")
    weight_decay: float = Field(default=0.0, ge=0)
    epochs: float = Field(default=3.0, gt=0, description="Ignored where max_steps is set.")
    max_steps: int | None = Field(default=None, ge=1)
    batch_size: int = Field(default=8, ge=1)
    gradient_accumulation_steps: int = Field(default=2, ge=1)
    prompt_dropout: float = Field(
        default=0.0, ge=0, le=0.9, description="Share of a prompt's tokens hidden at random at each reading."
    )
    max_length_tokens: int = Field(default=1024, ge=16, description="Longer prompts lose their middle.")

    eval_every_steps: int = Field(default=50, ge=1)
    early_stopping_patience: int | None = Field(
        default=3, ge=1, description="Validations without a lower loss before stopping; null: never."
    )
    sample_rows: int = Field(default=4, ge=0, le=32, description="Validation rows answered as it learns.")
    sample_tokens: int = Field(default=64, ge=1, le=1024)

    precision: Literal["auto", "bf16", "fp32"] = Field(default="auto", description="auto: bf16 on a GPU.")
    gradient_checkpointing: bool | None = Field(default=None, description="null: on a GPU only.")
    threads: int = Field(default=1, ge=1, description="CPU threads; more than the free cores is far slower.")
    seed: int = 0

    @model_validator(mode="after")
    def _tying_has_something_to_tie(self) -> TrainingConfig:
        if self.ensure_weight_tying and not self.modules_to_save:
            raise ValueError("ensure_weight_tying needs the tied module in modules_to_save")
        return self

    def to_yaml(self) -> str:
        """The config as it is kept with a run."""
        return yaml.safe_dump(self.model_dump(mode="json"), sort_keys=False)


def stored_config(text: str) -> TrainingConfig:
    """The config of a run that ended; settings that only a newer release knows are left out."""
    stored = yaml.safe_load(text)
    return TrainingConfig.model_validate(
        {name: value for name, value in stored.items() if name in TrainingConfig.model_fields}
    )


def defaults_for(base_model: str) -> TrainingConfig:
    """Settings that are sane for a base model.

    The demo's base is tiny and knows almost nothing: it learns at a high rate, and its tied
    embeddings with it. Anything else is taken for a real model.
    """
    if base_model != DEMO_BASE:
        return TrainingConfig(base_model=base_model)
    return TrainingConfig(
        base_model=DEMO_BASE,
        lora_dropout=0.0,
        modules_to_save=("embed_tokens",),
        ensure_weight_tying=True,
        learning_rate=5e-3,
        epochs=8,
        batch_size=16,
        gradient_accumulation_steps=1,
        max_length_tokens=256,
        sample_tokens=40,
    )


def parse_config(given: Mapping[str, Any] | TrainingConfig) -> TrainingConfig:
    """A checked config; what is absent takes the base model's defaults.

    Raises InvalidInput naming the setting and the value seen.
    """
    if isinstance(given, TrainingConfig):
        return given
    base_model = str(given.get("base_model") or "").strip()
    if not base_model:
        raise InvalidInput(
            "No base model was named.",
            next_step=f'Give a local folder, a hub name such as "Qwen/Qwen3-0.6B", or "{DEMO_BASE}".',
        )
    settings = {**defaults_for(base_model).model_dump(), **given, "base_model": base_model}
    try:
        return TrainingConfig.model_validate(settings)
    except ValidationError as fault:
        first = fault.errors()[0]
        name = ".".join(str(part) for part in first["loc"]) or "The settings"
        seen = "" if first["type"] == "value_error" else f" (seen: {first['input']!r})"
        raise InvalidInput(
            f"Training: {name}: {first['msg']}{seen}.", next_step="Correct or remove that setting."
        ) from fault


def read_config(path: Path) -> TrainingConfig:
    """A config from a YAML file. Raises InvalidInput for an unreadable one or a wrong setting."""
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as fault:
        raise InvalidInput(f"{path} cannot be read as YAML: {fault}.", next_step="Mend the file.") from fault
    if not isinstance(given, dict):
        raise InvalidInput(f"{path} holds no settings.", next_step="Write one `setting: value` per line.")
    return parse_config(given)
