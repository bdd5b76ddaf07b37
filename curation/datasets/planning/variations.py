"""Which rows are asked in which wording: spread by hash, each wording about as often as the others. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from curation.datasets.definition import Definition
from curation.datasets.planning.caps import drawn
from curation.exploring.system_prompts import counted
from curation.student_prompts import StudentPrompt
from curation.templates import placeholders

PLAIN = ""
"""The name under which the plain prompt stands in rows."""


def spread(names: Iterable[str], definition: Definition) -> dict[str, str]:
    """The variation of each row by its name; rows that are not among the share are asked plainly.

    Rows are dealt out in the order of their lots, so that of n varied rows and k wordings each has
    n/k rows, rounded up or down.
    """
    wordings = [variation.name for variation in definition.variations.trained]
    if not wordings or not definition.variations.share:
        return {}
    seed = definition.splits.seed
    ordered = sorted(names, key=lambda name: (drawn(name, seed, "variation"), name))
    varied = ordered[: round(definition.variations.share * len(ordered))]
    return {name: wordings[place % len(wordings)] for place, name in enumerate(varied)}


def prompts_of(definition: Definition, plain: StudentPrompt) -> dict[str, StudentPrompt]:
    """Every wording by its name, the plain one under ""."""
    worded = {text.name: text.applied(plain) for text in definition.variations.texts}
    return {PLAIN: plain, **worded}


def warning(variations: Sequence[str], prompts: Mapping[str, StudentPrompt]) -> str:
    """The warning that one system prompt stands in nearly all of these rows, or "".

    A system text with a column in it is another in each row, and is not counted.
    """
    times: Counter[str] = Counter()
    for name, rows in Counter(variations).items():
        system = prompts[name].system
        if system and not placeholders(system):
            times[system] += rows
    return counted(times, len(variations)).warning if variations else ""
