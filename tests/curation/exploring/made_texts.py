"""Texts whose label can be told, for the tests of what is learned from labels."""

from __future__ import annotations

import numpy as np

CLASSES = ("Cookware", "Bakeware", "Tea", "Garden")
_SHARED = [f"word{number}" for number in range(300)]
_TELLING = {label: [f"{label.lower()}{number}" for number in range(60)] for label in CLASSES}


def drawn(count: int, seed: int, telling: float = 0.25, words: int = 8) -> tuple[list[str], list[str]]:
    """Texts of `words` words and their right labels; a word tells of the label with probability `telling`."""
    dice = np.random.default_rng(seed)
    labels = [CLASSES[code] for code in dice.integers(len(CLASSES), size=count)]
    texts = []
    for label in labels:
        told = dice.random(words) < telling
        places = dice.integers(300, size=words)
        texts.append(
            " ".join(
                _TELLING[label][place % 60] if tells else _SHARED[place]
                for tells, place in zip(told, places, strict=True)
            )
        )
    return texts, labels
