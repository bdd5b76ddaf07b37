"""Links: texts that are nearly the same, pair by pair, whatever clusters they stand in.

Of a cluster one record trains, so copies in it cannot cross splits. A held-out record is tested wherever it
stands, and people choose other keepers: what is near them in other clusters must not cross either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from curation.duplicates.candidates import candidate_pairs
from curation.duplicates.normal import normal_form
from curation.duplicates.verifying import verified

Link = tuple[int, int]
"""The position of a text, and the number of a link. Texts that share a number are near copies."""


def linked(firsts: Sequence[int], pairs: Iterable[tuple[int, int]]) -> list[Link]:
    """A link for each pair, held by every text that says what one of the two says.

    `firsts` has for each text the position of the first with its normal form; `pairs` are such positions.
    """
    links_of: defaultdict[int, list[int]] = defaultdict(list)
    for number, pair in enumerate(sorted(pairs)):
        for position in pair:
            links_of[position].append(number)
    if not links_of:
        return []
    return [(position, number) for position, first in enumerate(firsts) for number in links_of.get(first, ())]


def links_among(texts: Sequence[str], threshold: float) -> list[Link]:
    """The links of all near copies among `texts`: a ratio of normal forms of `threshold` (0.7-1) or more."""
    first_of: dict[str, int] = {}
    firsts = [first_of.setdefault(normal_form(text), position) for position, text in enumerate(texts)]
    forms, positions = list(first_of), list(first_of.values())
    pairs = verified(forms, candidate_pairs(forms, threshold), threshold) if threshold < 1 else ()
    return linked(firsts, ((positions[one], positions[other]) for one, other, _ in pairs))
