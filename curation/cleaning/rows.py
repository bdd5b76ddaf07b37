"""A batch of rows on its way through the steps: texts by column, and which of them need a look."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from curation.cleaning.boilerplate import Boilerplate
from curation.cleaning.reporting import StepTally
from curation.cleaning.steps import Change, Filter, rough, untidy
from curation.text_columns import changed, texts_at


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


class _Asked(NamedTuple):
    """The texts that a step is asked about, and their places in the column."""

    places: Sequence[int]
    texts: list[str]


class Rows:
    """The rows of a batch that are still in it, changed so far."""

    def __init__(self, batch: Batch) -> None:
        self.numbers = list(batch.numbers)
        self.columns = dict(batch.columns)
        if any(len(texts) != len(self.numbers) for texts in self.columns.values()):
            lengths = {name: len(texts) for name, texts in self.columns.items()}
            raise ValueError(f"columns of {lengths} texts for {len(self.numbers)} numbers")
        self._asked: dict[tuple[str, bool], _Asked] = {}

    def _to_ask(self, name: str, step: Change) -> _Asked:
        """The texts of a column that a step may change."""
        texts = self.columns[name]
        if not step.leaves_plain:
            return _Asked(range(len(texts)), list(texts))
        key = name, step.leaves_lines
        if key not in self._asked:
            places = untidy(texts) if step.leaves_lines else rough(texts)
            self._asked[key] = _Asked(places, list(texts_at(texts, places)))
        return self._asked[key]

    def _replace(self, name: str, texts: Sequence[str]) -> None:
        """Let a column have other texts from now on."""
        self.columns[name] = texts
        for key in [key for key in self._asked if key[0] == name]:
            del self._asked[key]

    def change(self, step: Change, tally: StepTally) -> None:
        """Apply a step to every column."""
        tally.saw(len(self.numbers))
        touched: set[int] = set()
        for name, texts in self.columns.items():
            asked = self._to_ask(name, step)
            after = step.apply(asked.texts)
            if after == asked.texts:
                continue
            changes: dict[int, str] = {}
            for place, old, new in zip(asked.places, asked.texts, after, strict=True):
                if new != old:
                    changes[place] = new
                    tally.example(self.numbers[place], name, old, new)
            touched |= changes.keys()
            self._replace(name, changed(texts, changes))
            if step.leaves_plain:  # and so does any other such step with what is not asked about now
                self._asked[name, step.leaves_lines] = _Asked(asked.places, after)
        tally.changed(len(touched))

    def remove_lines(
        self, step: Boilerplate, lines: Collection[int], tally: StepTally, columns: Collection[str]
    ) -> None:
        """Remove boilerplate lines from these columns."""
        tally.saw(len(self.numbers))
        removed: dict[int, list[str]] = {}
        for name, texts in self._chosen(columns):
            before = list(texts)
            kept, gone = step.without(before, lines)
            places = [place for place, found in enumerate(gone) if found]
            for place in places:
                removed.setdefault(place, []).extend(gone[place])
                tally.example(self.numbers[place], name, before[place], kept[place])
            self._replace(name, changed(texts, {place: kept[place] for place in places}))
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

    def _chosen(self, columns: Collection[str]) -> list[tuple[str, Sequence[str]]]:
        return [(name, texts) for name, texts in self.columns.items() if name in columns]

    def _keep(self, places: Sequence[int]) -> None:
        self.numbers = [self.numbers[place] for place in places]
        for name, texts in self.columns.items():
            self._replace(name, texts_at(texts, places))
