"""Loading a base model and an adapter on it. Imports torch: only worker processes import this module.

loaded = adapters.load_run(project, task, run_id)
text = rendering.prompt_text(loaded.tokenizer, row.system, row.prompt)
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from transformers import AutoModelForCausalLM, AutoTokenizer
from transformers.utils import logging as transformers_logging

from storage.errors import InvalidInput, NotFound
from storage.project import Project
from training import base_models, demo_base, runs
from training.config import DEMO_BASE
from training.runs import Run

# peft 0.21 reads a name that transformers 5.23 calls deprecated; a run's log is no place for that
warnings.filterwarnings("ignore", message="`is_gradient_checkpointing` is deprecated", category=FutureWarning)
transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Loaded:
    """A model ready to answer (`eval()`, on its device) and the tokenizer that speaks for it."""

    model: Any
    tokenizer: Any


def load(base: str | Path, adapter_folder: Path | None = None, *, device: str = "auto") -> Loaded:
    """A base model, with an adapter if one is given. The tokenizer is the adapter's where it has one.

    `base` is a folder or a hub name; `device` is auto, cpu, cuda or mps. Raises InvalidInput for
    a folder or an adapter that cannot be loaded.
    """
    place = torch.device(chosen_device(device))
    has_own = adapter_folder is not None and (adapter_folder / "tokenizer_config.json").is_file()
    tokenizer = load_tokenizer(adapter_folder if adapter_folder and has_own else base)
    model = load_model(base, dtype=default_dtype(place.type))
    if adapter_folder is not None:
        model = _with_adapter(model, base, adapter_folder)
    return Loaded(model.to(place).eval(), tokenizer)


def load_base(
    project: Project,
    task: str,
    base_model: str,
    *,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Loaded:
    """A base model untuned; the demo's own is trained first if it does not stand yet."""
    base = base_models.locate(project, task, base_model, progress)
    return load(base, device=project.settings.training.device)


def load_run(project: Project, task: str, run_id: str) -> Loaded:
    """The student of a run: its base with its adapter.

    Raises NotFound where the demo's base it was trained on is gone and can no longer be made.
    """
    run = runs.get(project, task, run_id)
    base = _demo_base_of(project, run) if run.config.base_model == DEMO_BASE else run.base
    return load(base, run.adapter, device=project.settings.training.device)


def load_tokenizer(source: str | Path) -> Any:
    """The tokenizer in a folder or of a hub model. Raises InvalidInput where there is none."""
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(str(source))
    except (OSError, ValueError) as fault:
        raise InvalidInput(
            f"The tokenizer of {source} cannot be loaded: {_first_line(fault)}.",
            next_step="See that the model's tokenizer files are complete.",
        ) from fault
    return tokenizer


def load_model(source: str | Path, *, dtype: torch.dtype) -> Any:
    """A causal language model from a folder or the hub. Raises InvalidInput where there is none."""
    try:
        return AutoModelForCausalLM.from_pretrained(str(source), dtype=dtype)
    except (OSError, ValueError) as fault:
        raise InvalidInput(
            f"Base model {source} cannot be loaded: {_first_line(fault)}.",
            next_step="See that config.json and all weight files are there, or fetch the model again.",
        ) from fault


def chosen_device(wanted: str) -> str:
    """`auto` resolved to the best device there is. Raises InvalidInput for one that is not there."""
    there = {"cpu": True, "cuda": torch.cuda.is_available(), "mps": torch.backends.mps.is_available()}
    if wanted == "auto":
        return next(name for name in ("cuda", "mps", "cpu") if there[name])
    if not there.get(wanted):
        raise InvalidInput(
            f"[training] device is {wanted!r}, and torch {torch.__version__} sees none on this machine.",
            next_step='Set device = "auto" or "cpu" in understudy.toml, or install the torch build for it.',
        )
    return wanted


def default_dtype(device: str) -> torch.dtype:
    """bf16 on a GPU that computes with it, else fp32."""
    return torch.bfloat16 if device == "cuda" and torch.cuda.is_bf16_supported() else torch.float32


def _demo_base_of(project: Project, run: Run) -> Path:
    """The very base a student was trained on, made again if its folder is gone and its texts are the same."""
    home = demo_base.home(project)
    if (stands := demo_base.built(home, run.base_key)) is not None:
        return stands
    texts, label_names = base_models.demo_texts(project, run.task)
    if demo_base.key(texts, label_names) != run.base_key:
        raise NotFound(
            f"The demo base of {run.run_id} is gone from {home}, and the task's texts have changed since, "
            "so it cannot be made again.",
            next_step="Train again.",
        )
    return Path(base_models.locate(project, run.task, DEMO_BASE))


def _with_adapter(model: Any, base: str | Path, adapter_folder: Path) -> Any:
    from peft import PeftModel

    try:
        return PeftModel.from_pretrained(model, str(adapter_folder))
    except (OSError, ValueError, RuntimeError) as fault:
        raise InvalidInput(
            f"The adapter in {adapter_folder} does not fit {base}: {_first_line(fault)}.",
            next_step="Load it on the base model it was trained on.",
        ) from fault


def _first_line(fault: Exception) -> str:
    return str(fault).strip().split("\n", maxsplit=1)[0].rstrip(".")
