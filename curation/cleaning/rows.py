"""A batch of rows on its way through the steps: texts by column, and which of them need a look."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from curation.cleaning.boilerplate import Boilerplate
from curation.cleaning.reporting import StepTally
from curation.cleaning.steps import Change, Filter, rough


@dataclass(frozen=True)
class Batch:
    """Some rows: one list of texts per column, all as long as `numbers`, which are the rows' own."""

    columns: Mapping[str, Sequence[str]]
    numbers: Sequence[int]


@dataclass(frozen=True)
class Rejected:
    """A row that a filter rejected."""

    number: int
    step: str
    reason: str


class Rows:
    """The rows of a batch that are still in it, changed so far."""

    def __init__(self, batch: Batch) -> None:
        self.numbers = list(batch.numbers)
        self.columns = {name: list(texts) for name, texts in batch.columns.items()}
        if any(len(texts) != len(self.numbers) for texts in self.columns.values()):
            lengths = {name: len(texts) for name, texts in self.columns.items()}
            raise ValueError(f"columns of {lengths} texts for {len(self.numbers)} numbers")
        self._rough = {name: rough(texts) for name, texts in self.columns.items()}

    def change(self, step: Change, tally: StepTally) -> None:
        """Apply a step to every column."""
        tally.saw(len(self.numbers))
        touched: set[int] = set()
        for name, texts in self.columns.items():
            places = self._rough[name] if step.leaves_plain else range(len(texts))
            before = [texts[place] for place in places]
            for place, old, new in zip(places, before, step.apply(before), strict=True):
                if new != old:
                    texts[place] = new
                    touched.add(place)
                    tally.example(self.numbers[place], name, old, new)
            if touched and not step.leaves_plain:
                self._rough[name] = rough(texts)
        tally.changed(len(touched))

    def remove_lines(
        self, step: Boilerplate, lines: Collection[int], tally: StepTally, columns: Collection[str]
    ) -> None:
        """Remove boilerplate lines from these columns."""
        tally.saw(len(self.numbers))
        removed: dict[int, list[str]] = {}
        for name, texts in self._chosen(columns):
            kept, gone = step.without(texts, lines)
            for place in (place for place, found in enumerate(gone) if found):
                removed.setdefault(place, []).extend(gone[place])
                tally.example(self.numbers[place], name, texts[place], kept[place])
                texts[place] = kept[place]
            if removed:
                self._rough[name] = rough(texts)
        for found in removed.values():
            tally.found(found)
        tally.changed(len(removed))

    def judge(self, step: Filter, columns: Collection[str], tally: StepTally) -> list[Rejected]:
        """Take out the rows that a filter rejects by their texts in `columns`, one below the other."""
        tally.saw(len(self.numbers))
        texts = self.joined(columns)
        reasons = step.reasons(texts)
        rejected = []
        for number, text, reason in zip(self.numbers, texts, reasons, strict=True):
            if reason is not None:
                tally.rejected(number, text, reason)
                rejected.append(Rejected(number, step.step, reason))
        if rejected:
            self._keep([place for place, reason in enumerate(reasons) if reason is None])
        return rejected

    def joined(self, columns: Collection[str]) -> list[str]:
        """The texts of each row in `columns`, one below the other; empty ones leave no line."""
        chosen = [texts for _, texts in self._chosen(columns)]
        if len(chosen) == 1:
            return list(chosen[0])
        return ["\n".join(filter(None, texts)) for texts in zip(*chosen, strict=True)]

    def each(self, count: Callable[[Sequence[str]], None], columns: Collection[str]) -> None:
        """Call `count` with the texts of each row in these columns."""
        for texts in zip(*(texts for _, texts in self._chosen(columns)), strict=True):
            count(texts)

    def _chosen(self, columns: Collection[str]) -> list[tuple[str, list[str]]]:
        return [(name, texts) for name, texts in self.columns.items() if name in columns]

    def _keep(self, places: Sequence[int]) -> None:
        self.numbers = [self.numbers[place] for place in places]
        for name, texts in self.columns.items():
            self.columns[name] = [texts[place] for place in places]
            self._rough[name] = rough(self.columns[name])
