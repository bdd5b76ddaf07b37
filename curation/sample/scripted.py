"""The recorded teacher and the scripted reviewers of the sample: who answers, and how each errs."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from curation.sample.catalogue import CATEGORIES, LABELS, Category

TEACHER_COLUMN = "teacher_v1"
TEACHER_ERROR_COLUMN = "teacher_error"
"""The code of the error tag for what the teacher said; only the samples of presets have it."""
MISTAKES: dict[str, float] = {"sibling": 0.13, "invented": 0.06, "general": 0.045, "quoted": 0.015}
"""The recorded teacher's mistakes, as shares of all rows; together they are 25%."""

_INVENTED = (
    "{top} > {leaf}",
    "{parent} > {leaf} & More",
    "{parent} > Other {leaf}",
    "{top} > Best Sellers > {leaf}",
)


@dataclass(frozen=True)
class ScriptedReviewer:
    """A program that answers from a column of the sample file, as an Argilla user of its own.

    `username` is also the name of that column. `error_rate` is the share of rows it gets wrong.
    """

    username: str
    name: str
    error_rate: float

    @property
    def column(self) -> str:
        """The column of the sample file that holds what it answers."""
        return self.username


REVIEWERS: tuple[ScriptedReviewer, ...] = (
    ScriptedReviewer("scripted_reviewer_a", "Scripted reviewer A (careful)", 0.05),
    ScriptedReviewer("scripted_reviewer_b", "Scripted reviewer B (hasty)", 0.15),
)


def teacher_says(gold: Category, rng: Random) -> str:
    """The recorded teacher's answer under prompt v1: right, or one of four kinds of wrong."""
    draw = rng.random()
    for kind, share in MISTAKES.items():
        if draw < share:
            return _mistaken(kind, gold, rng)
        draw -= share
    return gold.path


def reviewer_says(reviewer: ScriptedReviewer, gold: Category, teacher: str, rng: Random) -> str:
    """A reviewer's answer, always one of the labels. Who errs mostly waves a wrong label through."""
    if rng.random() >= reviewer.error_rate:
        return gold.path
    if teacher in LABELS and teacher != gold.path and rng.random() < 0.7:
        return teacher
    return _neighbour(gold, rng).path


def error_tag(output: str, final: str) -> str | None:
    """The code of the task's error tag for a teacher output that became `final`; None if it was right."""
    if output == final:
        return None
    if output.strip("\"' ") == final:
        return "format"
    if final.startswith(f"{output} > "):
        return "too_general"
    return "wrong_sibling" if output in LABELS else "invented_category"


def _mistaken(kind: str, gold: Category, rng: Random) -> str:
    parts = gold.path.split(" > ")
    if kind == "sibling":
        return _neighbour(gold, rng).path
    if kind == "general":
        return " > ".join(parts[: max(1, len(parts) - rng.choice((1, 1, 2)))])
    if kind == "quoted":
        return f'"{gold.path}"'
    invented = rng.choice(_INVENTED).format(top=parts[0], parent=" > ".join(parts[:-1]), leaf=parts[-1])
    return invented if invented not in LABELS else f"{invented} & More"


def _neighbour(gold: Category, rng: Random) -> Category:
    weights = [4, 2, 1][: len(gold.confusable)]
    return CATEGORIES[rng.choices(gold.confusable, weights)[0]]
