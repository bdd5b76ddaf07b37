"""A tiny real Llama, made and trained in seconds: answers `about pans` with one label, and so on."""

from __future__ import annotations

from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

LABELS = ("Kitchen > Cookware", "Kitchen > Tableware > Plates", "Audio")
WORDS = ("pan", "plate", "headphones")
TEMPLATE = (
    "{% for message in messages %}{{ '<' + message['role'] + '>\n' + message['content'] + '<end>\n' }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<assistant>\n' }}{% endif %}"
)


def prompt(text: str) -> str:
    """`text` through the chat template, up to where the answer begins."""
    return f"<user>\n{text}<end>\n<assistant>\n"


def texts(copies: int = 1) -> list[tuple[str, str]]:
    """Pairs of a listing and its label, of very different lengths."""
    filler = ("", "a fine blue ", "second hand, in a very good state, hardly ever used, a fine old steel ")
    return [
        (f"{words}{word} number {number}", label)
        for number in range(copies)
        for words in filler
        for word, label in zip(WORDS, LABELS, strict=True)
    ]


def tokenizer() -> Any:
    """A byte-level BPE of 600 tokens whose end-of-turn token is `<end>`."""
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=600,
        special_tokens=["<pad>", "<end>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator([prompt(text) + label for text, label in texts(40)], trainer)
    wrapped = PreTrainedTokenizerFast(tokenizer_object=made, pad_token="<pad>", eos_token="<end>")
    wrapped.chat_template = TEMPLATE
    return wrapped


def untrained(words: Any) -> Any:
    """A random Llama of about 60,000 parameters."""
    torch.manual_seed(0)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=len(words),
            hidden_size=48,
            intermediate_size=96,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=256,
            tie_word_embeddings=True,
            initializer_range=0.08,
            bos_token_id=None,
            eos_token_id=words.eos_token_id,
            pad_token_id=words.pad_token_id,
        )
    ).eval()


def trained(words: Any, steps: int = 120) -> Any:
    """The same model after learning the pairs of `texts` by heart."""
    model = untrained(words).train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=5e-3)
    rows = [
        (words(prompt(text))["input_ids"], words(label + "<end>")["input_ids"]) for text, label in texts(3)
    ]
    width = max(len(question) + len(answer) for question, answer in rows)
    ids = torch.full((len(rows), width), words.pad_token_id)
    wanted = torch.full((len(rows), width), -100)
    for row, (question, answer) in enumerate(rows):
        ids[row, : len(question) + len(answer)] = torch.tensor(question + answer)
        wanted[row, len(question) : len(question) + len(answer)] = torch.tensor(answer)
    for _ in range(steps):
        loss = model(input_ids=ids, attention_mask=(ids != words.pad_token_id).long(), labels=wanted).loss
        loss.backward()
        optimiser.step()
        optimiser.zero_grad()
    return model.eval()
