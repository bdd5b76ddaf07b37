"""What comes of a batch that was prepared: the rows kept, those left out, and what is uncertain in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from curation.cleaning import Rejected
from curation.redaction import Span
from curation.text_columns import texts_at


@dataclass(frozen=True)
class Uncertain:
    """A value that may be an identifier, for a person to say.

    Characters [start, end) of the cleaned text, which `context` shows the surroundings of. `value_mac` is
    the same for the same value throughout the project. `masked` says what was done until then.
    """

    row_number: int
    column: str
    start: int
    end: int
    type: str
    score: float
    value_mac: str
    context: str
    masked: bool


@dataclass(frozen=True)
class Prepared:
    """Rows as texts by column, each list as long as `numbers`, cleaned and redacted.

    `rejected` are the rows that a filter of the recipe turned down, `dropped` those that the policy
    leaves out, each with the kinds of identifier it held. `spans` are by column and place in its list; their
    places are in `cleaned`, the texts before redaction, which nothing later may read.
    """

    numbers: Sequence[int]
    columns: Mapping[str, Sequence[str]]
    rejected: tuple[Rejected, ...]
    dropped: Mapping[int, tuple[str, ...]]
    spans: Mapping[str, Mapping[int, tuple[Span, ...]]]
    cleaned: Mapping[str, Sequence[str]]
    uncertain: tuple[Uncertain, ...]

    def at(self, places: Sequence[int]) -> Prepared:
        """The rows at these places, in this order; what was left out, and what is uncertain, stays."""
        new = {place: now for now, place in enumerate(places)}
        return replace(
            self,
            numbers=[self.numbers[place] for place in places],
            columns={name: texts_at(texts, places) for name, texts in self.columns.items()},
            cleaned={name: texts_at(texts, places) for name, texts in self.cleaned.items()},
            spans={
                name: {new[place]: spans for place, spans in found.items() if place in new}
                for name, found in self.spans.items()
            },
        )
