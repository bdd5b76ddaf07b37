"""The form that starts a run: what to train on, from which base, and the few settings that matter."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from curation.datasets import DatasetVersion, names, sharing
from curation.tasks import Task
from training.config import DEMO_BASE, TrainingConfig, defaults_for, parse_config
from ui.actions import students as act
from ui.components.links import link
from ui.components.words import count, several
from ui.guard import guard
from ui.resources import person, project
from ui.views import dataset_names

_DATASET = "dataset"
_OWN = "a model of your own"


def form(task: Task, versions: Sequence[DatasetVersion]) -> None:
    """Draw the form; pressing Train starts the job and draws the page anew."""
    with st.container(key="sheet_train", gap="small"):
        numbers = [version.version for version in versions]
        named = names.by_version(project(), task.name)
        wanted = names.resolve(project(), task.name, st.query_params.get(_DATASET, numbers[0]))
        left, right = st.columns(2)
        version = left.selectbox(
            "Dataset", numbers, index=numbers.index(wanted) if wanted in numbers else 0, key="train.dataset",
            format_func=lambda number: _described(
                next(one for one in versions if one.version == number), named.get(number, [])
            ),
        )  # fmt: skip
        base = _base(right)
        config = _settings(defaults_for(base)) if base else None
        chosen = next(one for one in versions if one.version == version)
        label = f"Train on {count(chosen.rows['train'])} rows"
        ready = config is not None and _may_be_trained_on(task, chosen)
        if st.button(label, key="train.start", type="primary", disabled=not ready) and config is not None:
            with guard():
                act.train(project(), person(), task.name, version, config)
                st.rerun()


def _may_be_trained_on(task: Task, version: DatasetVersion) -> bool:
    """Whether licences and terms let the rows be trained on; else the way to where they are stated."""
    judged = sharing.standing(project(), task.name, version.version, sharing.TRAINED_ON).permission
    if not judged.may_export:
        held = several(judged.unknown + judged.refused, "row")
        st.caption(
            f"{held} may not be trained on: a licence, or a teacher’s terms, do not say that they may."
        )
        link("exports", label="See what stands against them", parameters={"dataset": version.version})
    return judged.may_export


def _described(version: DatasetVersion, named: Sequence[str]) -> str:
    return f"{dataset_names.described(version, named)}, {count(version.rows['train'])} rows"


def _base(place: st.delta_generator.DeltaGenerator) -> str:
    kind = place.selectbox(
        "Base model", (DEMO_BASE, _OWN), key="train.base_kind",
        format_func=lambda name: "Understudy demo base, 1M" if name == DEMO_BASE else name.capitalize(),
    )  # fmt: skip
    if kind == DEMO_BASE:
        place.caption(
            "Trained on the spot from this task’s texts. It shows the loop; it is not a real model."
        )
        return DEMO_BASE
    given = place.text_input("Folder or hub name", key="train.base", placeholder="Qwen/Qwen3-0.6B")
    return given.strip()


def _settings(usual: TrainingConfig) -> TrainingConfig:
    with st.expander("Settings", icon=":material/tune:"):
        left, middle, right = st.columns(3)
        rank = left.number_input("LoRA rank", 1, 1024, usual.lora_r, key="train.lora_r")
        rate = middle.number_input(
            "Learning rate",
            0.0,
            1.0,
            usual.learning_rate,
            step=1e-4,
            format="%.5f",
            key="train.learning_rate",
        )
        epochs = right.number_input("Epochs, at most", 0.1, 1000.0, float(usual.epochs), key="train.epochs")
        batch = left.number_input("Rows per batch", 1, 4096, usual.batch_size, key="train.batch_size")
        length = middle.number_input(
            "Longest row, tokens", 16, 1_000_000, usual.max_length_tokens, key="train.max_length_tokens"
        )
        seed = right.number_input("Seed", 0, 2**31 - 1, usual.seed, key="train.seed")
        template = st.checkbox(
            "The base model has no chat template: use a plain one", value=bool(usual.chat_template),
            key="train.plain_template",
        )  # fmt: skip
    return parse_config(
        {
            **usual.model_dump(), "lora_r": rank, "lora_alpha": round(rank * usual.lora_alpha / usual.lora_r),
            "learning_rate": rate, "epochs": epochs, "batch_size": batch, "max_length_tokens": length,
            "seed": seed, "chat_template": "plain" if template else "",
        }
    )  # fmt: skip
