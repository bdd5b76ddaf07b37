"""What a dataset version can be downloaded as, by what the reader means to do with it."""

from __future__ import annotations

import streamlit as st

from curation.datasets import DatasetVersion
from curation.tasks import Task

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
    """The downloads of a version."""
    with st.popover("Download", icon=":material/download:", key=f"datasets.download.{version.version}"):
        for purpose, formats in OFFERED.items():
            st.caption(purpose)
            for form, words in formats.items():
                st.link_button(words, f"/downloads/{task.name}/{version.version}/{form}", type="tertiary")
