"""How much of a text repeats itself, measured as for Gopher's training data. Pure.

Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training Gopher",
appendix A.1.1. Characters are those of words; white space does not count. All in linear time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence


def repeated_lines(lines: Sequence[str]) -> tuple[float, float]:
    """The share of lines that stood before in the text, and of their characters, 0-1; 0 without lines."""
    seen: set[str] = set()
    times = characters = 0
    for line in lines:
        if line in seen:
            times += 1
            characters += len(line)
        seen.add(line)
    every = sum(map(len, lines))
    return (times / len(lines), characters / every) if every else (0.0, 0.0)


def any_repeated_run(words: Sequence[str], n: int) -> bool:
    """Whether some run of `n` words occurs twice. Where none does, no longer one does."""
    runs = _runs(words, n)
    return len(set(runs)) < len(runs)


def most_frequent_run(words: Sequence[str], n: int) -> float:
    """The share of characters, 0-1, in the run of `n` words that occurs most often; 0 if none occurs twice.

    Of equally frequent ones the longest counts. Overlapping occurrences may carry it above what is
    there: it is held to 1.
    """
    counts = Counter(_runs(words, n))
    most = max(counts.values(), default=0)
    if most < 2:
        return 0.0
    longest = max(sum(map(len, run)) for run, times in counts.items() if times == most)
    return min(1.0, most * longest / sum(map(len, words)))


def repeated_runs(words: Sequence[str], n: int) -> float:
    """The share of characters, 0-1, in runs of `n` words that stood before, no word counted twice."""
    seen: set[tuple[str, ...]] = set()
    repeated = free_from = 0
    for place, run in enumerate(_runs(words, n)):
        if place < free_from:
            continue
        if run in seen:
            repeated += sum(map(len, run))
            free_from = place + n
        seen.add(run)
    every = sum(map(len, words))
    return repeated / every if every else 0.0


def _runs(words: Sequence[str], n: int) -> list[tuple[str, ...]]:
    return list(zip(*(words[start:] for start in range(n)), strict=False))
