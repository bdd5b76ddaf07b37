"""Recall and precision per type, of any redaction, on the test set.

An identifier is *found* when one span of its type covers every letter and digit of it: half a
card number left in a text is a leak. A span is *right* when at least half of it is an identifier
of its type: masking a whole sentence because of one address in it is no precision.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.curation.redaction.corpus import Example, Planted


@dataclass(frozen=True)
class Figures:
    """Of one type: how many are planted, found, claimed and rightly claimed.

    Both shares are 0-1, higher is better.
    """

    planted: int
    found: int
    claimed: int
    right: int

    @property
    def recall(self) -> float:
        """Found of planted; 1 if none is planted."""
        return self.found / self.planted if self.planted else 1.0

    @property
    def precision(self) -> float:
        """Right of claimed; 1 if nothing is claimed."""
        return self.right / self.claimed if self.claimed else 1.0


def measured(examples: Sequence[Example], claims: Iterable[Sequence[Planted]]) -> dict[str, Figures]:
    """The figures by type; `claims` are the spans that were found in each example, in the same order."""
    planted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    claimed: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for example, spans in zip(examples, claims, strict=True):
        for each in example.planted:
            planted[each.type] += 1
            found[each.type] += is_found(example.text, each, spans)
        for span in spans:
            claimed[span.type] += 1
            right[span.type] += is_right(example.planted, span)
    types = sorted(planted | claimed)
    return {type_: Figures(planted[type_], found[type_], claimed[type_], right[type_]) for type_ in types}


def is_found(text: str, planted: Planted, spans: Iterable[Planted]) -> bool:
    """Whether one of the spans covers every letter and digit of an identifier, as its type."""
    said = [at for at in range(planted.start, planted.end) if text[at].isalnum()]
    return any(span.type == planted.type and span.start <= said[0] and said[-1] < span.end for span in spans)


def is_right(planted: Iterable[Planted], span: Planted) -> bool:
    """Whether at least half of a span is an identifier of its type."""
    shared = (
        min(each.end, span.end) - max(each.start, span.start) for each in planted if each.type == span.type
    )
    return any(2 * overlap >= span.end - span.start for overlap in shared)
