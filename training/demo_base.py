"""The demo's base model: a tokenizer and a small Llama, trained on the spot from a task's own raw texts.

No model hub can be assumed, so the demo makes its base itself: byte-level BPE of up to 4,096
tokens, hidden size 128, 2 layers, about 1M parameters, a few hundred steps of plain next-token
prediction. It is no language model worth the name; it is there to be tuned. Kept in a folder
named by a hash of its texts and settings, so that the same texts never train it twice.

Imports torch inside functions: looking for a built one loads no model library.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from storage.errors import InvalidInput
from storage.project import Project

TITLE = "Understudy demo base, 1M, trained on the spot"
PAD, END, SYSTEM, USER, ASSISTANT = "<|pad|>", "<|end|>", "<|system|>", "<|user|>", "<|assistant|>"
CHAT_TEMPLATE = (
    "{%- for message in messages -%}"
    "{{- '<|' + message['role'] + '|>' -}}"
    "{%- if message['role'] == 'assistant' -%}"
    "{%- generation -%}{{- message['content'] + '<|end|>' -}}{%- endgeneration -%}"
    "{%- else -%}{{- message['content'] + '<|end|>' -}}{%- endif -%}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|assistant|>' -}}{%- endif -%}"
)
MARKER = "understudy.json"


@dataclass(frozen=True)
class Recipe:
    """How the base is made. Lengths in tokens; changing any of it makes another base."""

    vocabulary: int = 4096
    hidden: int = 128
    feed_forward: int = 352
    layers: int = 2
    heads: int = 4
    initializer_range: float = 0.08
    positions: int = 1024
    steps: int = 250
    batch: int = 16
    block: int = 96
    learning_rate: float = 3e-3
    weight_decay: float = 0.1
    seed: int = 0


def home(project: Project) -> Path:
    """The folder that holds the bases built in this project."""
    return project.cache_dir / "demo-base"


def key(texts: Sequence[str], label_names: Sequence[str] = (), recipe: Recipe | None = None) -> str:
    """The name of the base that these texts make: a hash of them, the label names and the recipe."""
    digest = hashlib.sha256(json.dumps(asdict(recipe or Recipe()), sort_keys=True).encode())
    digest.update(CHAT_TEMPLATE.encode())
    for part in (*_distinct(texts), "\x00labels", *sorted(set(label_names))):
        digest.update(b"\x00" + part.encode())
    return digest.hexdigest()[:16]


def built(folder: Path, base_key: str) -> Path | None:
    """The base of that key in `folder`, if it was built to its end."""
    path = folder / base_key
    return path if (path / MARKER).is_file() else None


def build(
    folder: Path,
    texts: Sequence[str],
    label_names: Sequence[str] = (),
    *,
    recipe: Recipe | None = None,
    threads: int = 1,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Path:
    """Train the base on `texts` into `folder/<key>`, or return the one that stands there.

    `texts` are raw inputs, never held-out ones; `label_names` only join the tokenizer's
    vocabulary. `progress(step, steps)` may raise to stop: nothing is left then. The same texts
    give the same weights on the same machine. Raises InvalidInput where there is no text.
    """
    recipe = recipe or Recipe()
    clean = _distinct(texts)
    if not clean:
        raise InvalidInput(
            "There is no text to train the demo's base model on.",
            next_step="Import a file first, or name a base model of your own.",
        )
    name = key(clean, label_names, recipe)
    if (stands := built(folder, name)) is not None:
        return stands
    target, draft = folder / name, folder / f".tmp-{name}-{os.getpid()}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    try:
        facts = _train(draft, clean, label_names, recipe, threads, progress)
        (draft / "README.md").write_text(_readme(facts, recipe), encoding="utf-8")
        (draft / MARKER).write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return target


def describe(path: Path) -> dict[str, Any]:
    """What is known of a built base: its title, key, parameters, texts, steps, loss, seconds."""
    found: dict[str, Any] = json.loads((path / MARKER).read_text(encoding="utf-8"))
    return found


def _distinct(texts: Sequence[str]) -> list[str]:
    return sorted({text.strip() for text in texts} - {""})


def _train(
    folder: Path,
    texts: Sequence[str],
    label_names: Sequence[str],
    recipe: Recipe,
    threads: int,
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    from training import demo_pretraining  # torch: in worker processes only

    made = demo_pretraining.pretrain(folder, texts, label_names, recipe, threads, progress)
    return {
        "title": TITLE,
        "key": key(texts, label_names, recipe),
        "recipe": asdict(recipe),
        "texts": len(texts),
        **made,
    }


def _readme(facts: dict[str, Any], recipe: Recipe) -> str:
    return f"""# {TITLE}

A stand-in for a real base model, for the demo only: {facts["parameters"]:,} parameters
({recipe.layers} Llama layers, hidden size {recipe.hidden}, {facts["vocabulary"]:,} byte-level BPE tokens),
trained in {facts["seconds"]:.0f} s by {recipe.steps} steps of next-token prediction on {facts["texts"]:,} raw
inputs of this project's task. No held-out input and no label was among them; the names of the task's
labels were given to the tokenizer alone.

It cannot follow an instruction or write a sentence. Use a real instruct model for real work: name its
folder or its hub name as the base model of a training run.
"""
