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


class Run:
    """A recipe applied to batches of rows; iterate over it for the cleaned ones.

    Filters judge the texts of the columns in `judged` (None: of all), one below the other. Where
    the recipe looks for boilerplate, `batches` is gone through twice. `report` counts what was
    iterated over so far.

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
        self._read = self._kept = 0
        self._counts = LineCounts()
        self._tallies = [StepTally(step) for step in recipe.steps]

    def __iter__(self) -> Iterator[Cleaned]:
        lines = self._frequent_lines()
        self._read = self._kept = 0
        self._tallies = [StepTally(step) for step in self._recipe.steps]
        for batch in self._batches:
            rows = Rows(batch)
            rejected = self._through(rows, len(self._recipe.steps), lines, self._tallies)
            self._read += len(batch.numbers)
            self._kept += len(rows.numbers)
            yield Cleaned(rows.columns, rows.numbers, tuple(rejected))

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

    def _frequent_lines(self) -> frozenset[int]:
        """The first pass, if the recipe needs one: through the steps before it, then counted."""
        boilerplate = self._recipe.boilerplate
        if boilerplate is None:
            return frozenset()
        self._counts = LineCounts()
        steps = self._recipe.steps.index(boilerplate)
        for batch in self._batches:
            rows = Rows(batch)
            self._through(rows, steps, frozenset(), [StepTally(step) for step in self._recipe.steps])
            rows.each(lambda texts: self._counts.add(boilerplate.lines(texts)))
        return self._counts.frequent(boilerplate.share, boilerplate.least_records)

    def _through(
        self, rows: Rows, steps: int, lines: Collection[int], tallies: Sequence[StepTally]
    ) -> list[Rejected]:
        judged = rows.columns if self._judged is None else self._judged
        rejected: list[Rejected] = []
        for step, tally in zip(self._recipe.steps[:steps], tallies, strict=False):
            if isinstance(step, Boilerplate):
                rows.remove_lines(step, lines, tally)
            elif isinstance(step, Change):
                rows.change(step, tally)
            else:
                rejected += rows.judge(step, judged, tally)
        return rejected


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
