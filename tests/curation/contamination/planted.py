"""Texts with copies planted among them, each damaged in a known way: what the checks must find again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from curation.sample import claims, damage, triage


@dataclass(frozen=True)
class Planted:
    """`texts[place]` repeats `benchmark[row]` for every (place, row) of `copies`, by kind; others do not."""

    texts: list[str]
    benchmark: list[str]
    copies: dict[str, dict[int, int]]


def typos(text: str, dice: Random) -> str:
    """One slip for about forty letters."""
    return damage.with_typos(text, dice, max(1, len(text) // 40))


def case(text: str, dice: Random) -> str:
    """Other letter case, other punctuation, other white space."""
    return text.swapcase().replace(".", " ...").replace(",", " ;").replace(" ", "  ")


def cut_a_little(text: str, dice: Random) -> str:
    """Without the last tenth."""
    return text[: len(text) * 9 // 10]


def cut_in_half(text: str, dice: Random) -> str:
    """The first half of the words alone."""
    words = text.split()
    return " ".join(words[: len(words) // 2])


def embedded(text: str, dice: Random) -> str:
    """Somewhere within a much longer text."""
    return f"{' '.join(dice.choices(WORDS, k=90))} {text} {' '.join(dice.choices(WORDS, k=110))}"


KINDS: dict[str, Callable[[str, Random], str]] = {
    "same": lambda text, dice: text,
    "case": case,
    "typos": typos,
    "cut a little": cut_a_little,
    "cut in half": cut_in_half,
    "embedded": embedded,
}
WORDS = [
    f"{first}{last}" for first in ("ba", "de", "ki", "lo", "mu", "ra") for last in ("n", "st", "lt", "p")
]
LEAST_WORDS = 30
"""Shorter texts cut in half have no run of 13 words left."""


def planted(seed: int = 5) -> Planted:
    """A benchmark of the samples' longer texts, and records of which every fourth repeats one of its rows."""
    dice = Random(seed)
    every = [row.document for row in claims.rows(seed)] + [row.complaint for row in triage.rows(seed)]
    long = list(dict.fromkeys(text for text in every if len(text.split()) >= LEAST_WORDS))
    benchmark = long[:180]
    texts = [" ".join(dice.choices(WORDS, k=dice.randint(5, 60))) for _ in range(600)]
    copies: dict[str, dict[int, int]] = {kind: {} for kind in KINDS}
    for number, kind in enumerate(list(KINDS) * 25):
        place, row = 4 * number, number % len(benchmark)
        texts[place] = KINDS[kind](benchmark[row], dice)
        copies[kind][place] = row
    return Planted(texts, benchmark, copies)
