"""Prints what Axolotl makes of `datasets.yaml`: run by the Python of its own environment.

    python axolotl_reads.py FOLDER

One JSON object: per row, the whole text that is tokenised and the parts of it that are trained on.
The configuration goes through its pydantic models; a tokenizer of single bytes is made on the spot,
so that labels can be read back as text.
"""

from __future__ import annotations

import json
import os
import sys
from itertools import groupby
from typing import Any

TEMPLATE = (
    "{% for message in messages %}"
    "<|{{ message['role'] }}|>{{ message['content'] }}{{ eos_token }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}<|assistant|>{% endif %}"
)


def byte_tokenizer() -> Any:
    """A token per byte, and one that ends a turn."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import PreTrainedTokenizerFast

    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    made = Tokenizer(models.BPE(vocab={sign: number for number, sign in enumerate(alphabet)}, merges=[]))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    made.decoder = decoders.ByteLevel()
    words = PreTrainedTokenizerFast(tokenizer_object=made, eos_token="<|end|>", pad_token="<|pad|>")
    words.chat_template = TEMPLATE
    return words


def main() -> None:
    """Validate the fragment, load the file it names and tokenise each row, by the tool's own functions."""
    import yaml
    from axolotl.prompt_strategies.chat_template import StrategyLoader
    from axolotl.utils.dict import DictDefault
    from axolotl.utils.schemas.datasets import SFTDataset
    from datasets import load_dataset

    os.chdir(sys.argv[1])
    with open("datasets.yaml", encoding="utf-8") as stream:
        settings = yaml.safe_load(stream)
    found = []
    words = byte_tokenizer()
    for described in (*settings["datasets"], *settings.get("test_datasets", [])):
        unknown = set(described) - set(SFTDataset.model_fields)
        assert not unknown, f"Axolotl does not know {unknown}"
        checked = SFTDataset(**described).model_dump(exclude_none=True)
        config = DictDefault({"sequence_len": 100_000, "train_on_inputs": False})
        strategy = StrategyLoader()(words, config, ds_cfg=checked)
        rows = load_dataset(
            checked["ds_type"], data_files=checked["path"], split=checked["split"], cache_dir=".cache"
        )
        found += [told(words, strategy.tokenize_prompt(row)) for row in rows]
    sys.stdout.write("\n" + json.dumps(found) + "\n")


def told(words: Any, row: Any) -> dict[str, Any]:
    """The text of a tokenised row, and each run of tokens in it that has a label."""
    pairs = list(zip(row["input_ids"], row["labels"], strict=True))
    runs = [
        words.decode([token for token, _ in run])
        for trained, run in (
            (key, list(group)) for key, group in groupby(pairs, key=lambda each: each[1] >= 0)
        )
        if trained
    ]
    return {"text": words.decode(row["input_ids"]), "trained": runs}


if __name__ == "__main__":
    main()
