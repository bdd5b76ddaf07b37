"""A recipe at work on rows that stream by, and on single texts."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from curation.cleaning.boilerplate import Boilerplate, LineCounts
from curation.cleaning.recipe import Recipe
from curation.cleaning.reporting import Report, StepTally, libraries
from curation.cleaning.rows import Batch, Rejected, Rows
from curation.cleaning.steps import Change, Filter, rough


@dataclass(frozen=True)
class Cleaned:
    """What became of a batch: the rows kept, with their numbers, and those rejected."""

    columns: Mapping[str, Sequence[str]]
    numbers: Sequence[int]
    rejected: tuple[Rejected, ...]


class Cleaner:
    """A recipe applied to batches as they are handed over.

    Filters judge the texts of the columns in `judged` (None: of all), one below the other, and
    boilerplate is looked for and removed in those alone: beside them may stand right answers, where a
    line that repeats is no boilerplate. Where the recipe looks for it, every batch is `looked_at` before
    the first is `cleaned`. `report` counts what was cleaned so far.
    """

    def __init__(self, recipe: Recipe, *, judged: Collection[str] | None = None) -> None:
        self._recipe = recipe
        self._judged = judged
        self._read = self._kept = 0
        self._counts = LineCounts()
        self._lines: frozenset[int] | None = None
        self._tallies = [StepTally(step) for step in recipe.steps]

    @property
    def looks_first(self) -> bool:
        """Whether the batches are needed twice."""
        return self._recipe.boilerplate is not None

    def look_at(self, batch: Batch) -> None:
        """Count the lines of a batch, as the steps before the one for boilerplate leave them."""
        boilerplate = self._recipe.boilerplate
        if boilerplate is None:
            return
        rows = Rows(batch)
        steps = self._recipe.steps.index(boilerplate)
        self._through(rows, steps, [StepTally(step) for step in self._recipe.steps])
        rows.each(lambda texts: self._counts.add(boilerplate.lines(texts)), self._columns(rows))
        self._lines = None

    def cleaned(self, batch: Batch) -> Cleaned:
        """The rows of a batch that are kept, cleaned. Raises ValueError for columns of unequal length."""
        rows = Rows(batch)
        rejected = self._through(rows, len(self._recipe.steps), self._tallies)
        self._read += len(batch.numbers)
        self._kept += len(rows.numbers)
        return Cleaned(rows.columns, rows.numbers, tuple(rejected))

    @property
    def report(self) -> Report:
        """What was done so far."""
        return Report(
            recipe_hash=self._recipe.content_hash(),
            read=self._read,
            kept=self._kept,
            steps=tuple(tally.report() for tally in self._tallies),
            libraries=libraries(self._recipe),
            counts_short=self._counts.short,
        )

    def _columns(self, rows: Rows) -> Collection[str]:
        return rows.columns if self._judged is None else self._judged

    def _found_lines(self, step: Boilerplate) -> frozenset[int]:
        if self._lines is None:
            self._lines = self._counts.frequent(step.share, step.least_records)
        return self._lines

    def _through(self, rows: Rows, steps: int, tallies: Sequence[StepTally]) -> list[Rejected]:
        rejected: list[Rejected] = []
        for step, tally in zip(self._recipe.steps[:steps], tallies, strict=False):
            if isinstance(step, Boilerplate):
                rows.remove_lines(step, self._found_lines(step), tally, self._columns(rows))
            elif isinstance(step, Change):
                rows.change(step, tally)
            else:
                rejected += rows.judge(step, self._columns(rows), tally)
        return rejected


class Run:
    """A recipe applied to batches of rows; iterate over it for the cleaned ones.

    `judged` is as in `Cleaner`. Where the recipe looks for boilerplate, `batches` is gone through
    twice. `report` counts what was iterated over so far.

    Raises ValueError for batches that can be gone through only once where twice is needed, and for
    columns of unequal length.
    """

    def __init__(
        self, recipe: Recipe, batches: Iterable[Batch], *, judged: Collection[str] | None = None
    ) -> None:
        if recipe.boilerplate is not None and isinstance(batches, Iterator):
            raise ValueError("boilerplate is found in two passes: give batches that can be iterated twice")
        self._recipe = recipe
        self._batches = batches
        self._judged = judged
        self._cleaner = Cleaner(recipe, judged=judged)

    def __iter__(self) -> Iterator[Cleaned]:
        self._cleaner = Cleaner(self._recipe, judged=self._judged)
        if self._cleaner.looks_first:
            for batch in self._batches:
                self._cleaner.look_at(batch)
        yield from map(self._cleaner.cleaned, self._batches)

    @property
    def report(self) -> Report:
        """What was done so far."""
        return self._cleaner.report


def run(recipe: Recipe, batches: Iterable[Batch], *, judged: Collection[str] | None = None) -> Run:
    """A run of the recipe over the batches; see `Run`."""
    return Run(recipe, batches, judged=judged)


def changed(recipe: Recipe, texts: Sequence[str], *, found_lines: Iterable[str] = ()) -> list[str]:
    """The texts after the recipe's changing steps; its filters are passed over.

    `found_lines` are the boilerplate lines that an earlier run reported.
    """
    cleaned = list(texts)
    places = rough(cleaned)
    for step in recipe.steps:
        if isinstance(step, Boilerplate):
            cleaned, _ = step.without(cleaned, step.hashes(found_lines))
            places = rough(cleaned)
        elif isinstance(step, Change) and step.leaves_plain:
            for place, text in zip(places, step.apply([cleaned[place] for place in places]), strict=True):
                cleaned[place] = text
        elif isinstance(step, Change):
            cleaned = step.apply(cleaned)
            places = rough(cleaned)
    return cleaned


def reasons(recipe: Recipe, texts: Sequence[str]) -> list[str | None]:
    """Per text why the first filter that rejects it does, or None; the texts are taken as they are."""
    filters = [step for step in recipe.steps if isinstance(step, Filter)]
    judged = [step.reasons(texts) for step in filters]
    return [next((reason for reason in each if reason), None) for each in zip(*judged, strict=True)] or [
        None
    ] * len(texts)
