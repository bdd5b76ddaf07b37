"""Prints what LLaMA-Factory makes of a `dataset_dir`: run by the Python of its own environment.

    python llama_factory_reads.py FOLDER NAME CACHE

One JSON object: a list of conversations, each the messages that it would train on, in order. The
tool loads torchaudio for speech, whose wheels ask for a GPU's libraries: an empty module stands for it.
"""

from __future__ import annotations

import json
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType, SimpleNamespace


def main() -> None:
    """Find the dataset, load it and align it, all by the tool's own functions."""
    speech = ModuleType("torchaudio")
    speech.__spec__ = ModuleSpec("torchaudio", None)
    sys.modules["torchaudio"] = speech
    from llamafactory.data.loader import _load_single_dataset
    from llamafactory.data.parser import get_dataset_list

    folder, name, cache = sys.argv[1:]
    [described] = get_dataset_list([name], folder)
    model = SimpleNamespace(cache_dir=cache, hf_hub_token=None)
    data = SimpleNamespace(
        dataset_dir=folder, media_dir=folder, streaming=False, preprocessing_num_workers=None,
        overwrite_cache=True, max_samples=None,
    )  # fmt: skip
    training = SimpleNamespace(local_process_index=0, dataloader_num_workers=0)
    aligned = _load_single_dataset(described, model, data, training)
    found = []
    for row in aligned:
        system = [{"role": "system", "content": row["_system"]}] if row["_system"] else []
        found.append([*system, *row["_prompt"], *row["_response"]])
    sys.stdout.write("\n" + json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
