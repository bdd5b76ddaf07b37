"""What a dataset version can leave as, by what the reader means to do with it."""

from __future__ import annotations

import streamlit as st

from curation.datasets import DatasetVersion
from curation.tasks import Task
from ui.components.links import link

OFFERED: dict[str, dict[str, str]] = {
    "Train on conversations": {
        "openai-chat": "OpenAI chat, JSONL",
        "messages": "messages for trl, Unsloth and mlx-lm, JSONL",
        "sharegpt": "ShareGPT, JSONL",
    },
    "Train on texts": {
        "prompt-completion": "prompt and completion, JSONL",
        "alpaca": "Alpaca, JSONL",
    },
    "Learn from corrections": {
        "dpo": "DPO pairs for trl, JSONL",
        "openai-dpo": "preference pairs for OpenAI, JSONL",
        "kto": "KTO, good and bad answers, JSONL",
    },
    "Folders for a trainer": {
        "llama-factory-sharegpt": "LLaMA-Factory, ShareGPT layout, ZIP",
        "llama-factory-alpaca": "LLaMA-Factory, Alpaca layout, ZIP",
        "axolotl": "Axolotl with its YAML, ZIP",
    },
    "Tables of every split": {
        "csv": "CSV",
        "tsv": "TSV",
        "parquet": "Parquet",
        "huggingface-disk": "datasets, load_from_disk, ZIP",
        "huggingface-hub": "Hugging Face Hub folder with its card, ZIP",
    },
}
"""Every format of `storage.exports.FORMATS` with its words."""


def menu(task: Task, version: DatasetVersion) -> None:
    """The way to the exports of a version, where its licences and its card stand as well."""
    link("exports", label="Export", icon=":material/ios_share:", parameters={"dataset": version.version})


def downloads(task: Task, version: DatasetVersion, *, may_leave: bool) -> None:
    """A link per format, by purpose; none leads anywhere while the rows may not leave."""
    columns = st.columns(3)
    for place, (purpose, formats) in enumerate(OFFERED.items()):
        with columns[place % 3], st.container(key=f"export_purpose_{place}", gap="xxsmall"):
            st.caption(purpose)
            for form, words in formats.items():
                st.link_button(
                    words, f"/downloads/{task.name}/{version.version}/{form}", type="tertiary",
                    icon=":material/download:", disabled=not may_leave,
                )  # fmt: skip


def words_of(form: str) -> str:
    """A format as the page calls it; one of an older release by its name."""
    return next((formats[form] for formats in OFFERED.values() if form in formats), form)
