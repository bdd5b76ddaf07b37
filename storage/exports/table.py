"""The table of export formats, by name, in the order in which they are offered."""

from __future__ import annotations

from storage.errors import InvalidInput
from storage.exports.format import Format
from storage.exports.formats import (
    alpaca,
    axolotl,
    csv_table,
    dpo,
    huggingface_disk,
    huggingface_hub,
    kto,
    llama_factory,
    messages,
    openai_chat,
    openai_dpo,
    parquet_table,
    prompt_completion,
    sharegpt,
)

FORMATS: dict[str, Format] = {
    "openai-chat": openai_chat.FORMAT,
    "messages": messages.FORMAT,
    "prompt-completion": prompt_completion.FORMAT,
    "sharegpt": sharegpt.FORMAT,
    "alpaca": alpaca.FORMAT,
    "dpo": dpo.FORMAT,
    "openai-dpo": openai_dpo.FORMAT,
    "kto": kto.FORMAT,
    "csv": csv_table.CSV,
    "tsv": csv_table.TSV,
    "parquet": parquet_table.FORMAT,
    "huggingface-disk": huggingface_disk.FORMAT,
    "huggingface-hub": huggingface_hub.FORMAT,
    "llama-factory-sharegpt": llama_factory.SHAREGPT,
    "llama-factory-alpaca": llama_factory.ALPACA,
    "axolotl": axolotl.FORMAT,
}


def named(format: str) -> Format:
    """The format of that name. Raises InvalidInput, naming those there are."""
    if format not in FORMATS:
        raise InvalidInput(
            f"There is no export format {format!r}.", next_step=f"Choose one of {', '.join(FORMATS)}."
        )
    return FORMATS[format]
