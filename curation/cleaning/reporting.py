"""What a run did, step by step: counts and ten examples each, as a page shows it and an artifact keeps it.

Examples are raw text: they belong to what admins alone may read, like the raw rows of an import.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from importlib.metadata import version

from pydantic import BaseModel, ConfigDict

from curation.cleaning.recipe import Recipe
from curation.cleaning.steps import Step

EXAMPLES = 10
EXCERPT_CHARACTERS = 240
LINES_LISTED = 200
_BEFORE_THE_CHANGE = 60


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Example(_Part):
    """One change or rejection; of long texts the part around the first difference.

    `after` is None where the record was rejected, and `reason` says why; `column` is then empty.
    """

    number: int
    column: str
    before: str
    after: str | None
    reason: str = ""


class FoundLine(_Part):
    """A boilerplate line and how many records it was removed from."""

    line: str
    records: int


class StepReport(_Part):
    """One step in numbers of records: how many came to it, how many it changed or rejected."""

    step: str
    title: str
    seen: int
    changed: int
    rejected: int
    examples: tuple[Example, ...]
    found_lines: tuple[FoundLine, ...] = ()


class Report(_Part):
    """A run in numbers of records; `libraries` are the versions that the result depends on.

    `counts_short` is by how much boilerplate counts may fall short, 0 but for vast inputs.
    """

    recipe_hash: str
    read: int
    kept: int
    steps: tuple[StepReport, ...]
    libraries: dict[str, str]
    counts_short: int = 0


class StepTally:
    """Counts one step while a run goes on."""

    def __init__(self, step: Step) -> None:
        self._step = step
        self._seen = self._changed = self._rejected = 0
        self._examples: list[Example] = []
        self._lines: Counter[str] = Counter()

    def saw(self, rows: int) -> None:
        """So many records came to the step."""
        self._seen += rows

    def changed(self, rows: int) -> None:
        """So many of them were changed."""
        self._changed += rows

    def rejected(self, number: int, text: str, reason: str) -> None:
        """A record was rejected."""
        self._rejected += 1
        if self.wants_examples:
            before = text[:EXCERPT_CHARACTERS] + ("…" if len(text) > EXCERPT_CHARACTERS else "")
            self._add(Example(number=number, column="", before=before, after=None, reason=reason))

    @property
    def wants_examples(self) -> bool:
        """Whether there are fewer than ten."""
        return len(self._examples) < EXAMPLES

    def example(self, number: int, column: str, before: str, after: str) -> None:
        """A changed text, kept if it is among the first ten."""
        if self.wants_examples:
            shown, changed = excerpts(before, after)
            self._add(Example(number=number, column=column, before=shown, after=changed))

    def found(self, lines: Iterable[str]) -> None:
        """Boilerplate lines removed from one record."""
        self._lines.update(set(lines))

    def report(self) -> StepReport:
        """The counts so far; of found lines the 200 in most records."""
        lines = self._lines.most_common(LINES_LISTED)
        return StepReport(
            step=self._step.step,
            title=self._step.title,
            seen=self._seen,
            changed=self._changed,
            rejected=self._rejected,
            examples=tuple(self._examples),
            found_lines=tuple(FoundLine(line=line, records=records) for line, records in lines),
        )

    def _add(self, example: Example) -> None:
        self._examples.append(example)


def excerpts(before: str, after: str) -> tuple[str, str]:
    """Both texts around the place where they begin to differ, at most 240 characters and two ellipses."""
    pairs = enumerate(zip(before, after, strict=False))
    same = next((place for place, (old, new) in pairs if old != new), min(len(before), len(after)))
    start = max(0, same - _BEFORE_THE_CHANGE)
    return _cut(before, start), _cut(after, start)


def _cut(text: str, start: int) -> str:
    end = start + EXCERPT_CHARACTERS
    return ("…" if start else "") + text[start:end] + ("…" if len(text) > end else "")


def libraries(recipe: Recipe) -> dict[str, str]:
    """The installed versions of the packages that the recipe's steps stand on."""
    return {name: version(name) for step in recipe.steps for name in step.libraries}
