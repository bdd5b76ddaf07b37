"""Which of some texts a benchmark has as well: word for word, nearly, or in long passages. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from curation.contamination.passages import PassageIndex
from curation.duplicates.candidates import candidate_pairs
from curation.duplicates.clusters import LOWEST_THRESHOLD
from curation.duplicates.normal import normal_form
from curation.duplicates.verifying import verified
from storage.errors import InvalidInput

THRESHOLD = 0.9
LEAST_SHARED = 0.2
"""Where less of the shorter text than this stands in the other, they merely quote the same."""
TEXTS_AT_ONCE = 50_000
Kind = Literal["exact", "near", "passage"]
_RANK: dict[Kind, int] = {"exact": 2, "near": 1, "passage": 0}
Progress = Callable[[int, int, str], None]
"""Called with the texts compared, all texts, and how."""


@dataclass(frozen=True)
class Match:
    """Text `place` says what the benchmark's text `row` says.

    `similarity` (0-1) is 1 for `exact` (the same letters and digits), the rapidfuzz ratio for `near`, and for
    `passage` the share of the shorter text's runs of 13 words that stand in the other; `passage` is then
    the first of them.
    """

    place: int
    row: int
    match: Kind
    similarity: float
    passage: str = ""


@dataclass(frozen=True)
class Compared:
    """The best match of each text that has one, by place, and how many texts share any passage at all."""

    matches: tuple[Match, ...]
    sharing: int


def compare(
    texts: Sequence[str],
    benchmark: Sequence[str],
    *,
    threshold: float = THRESHOLD,
    progress: Progress | None = None,
) -> Compared:
    """Look for every text in the benchmark. Texts without any word match nothing.

    Raises InvalidInput for a threshold outside 0.7-1.
    """
    if not LOWEST_THRESHOLD <= threshold <= 1:
        raise InvalidInput(
            f"The threshold for near copies is {threshold}.",
            next_step=f"Choose one from {LOWEST_THRESHOLD} to 1; {THRESHOLD} is usual.",
        )
    tell = progress or (lambda done, total, how: None)
    tell(0, len(texts), "word for word")
    rows = {form: every[0] for form, every in _by_form(benchmark).items()}
    places = _by_form(texts)
    found = {
        place: Match(place, rows[form], "exact", 1.0)
        for form, every in places.items()
        if form in rows
        for place in every
    }
    others = [form for form in places if form not in rows]
    if threshold < 1:
        for form, row, ratio in _near(others, list(rows), threshold, tell):
            for place in places[form]:
                _keep(found, Match(place, rows[row], "near", ratio))
    tell(len(texts), len(texts), "passages")
    sharing = 0
    for shared in PassageIndex(benchmark).found(texts):
        sharing += 1
        if shared.share >= LEAST_SHARED:
            _keep(found, Match(shared.place, shared.row, "passage", round(shared.share, 4), shared.passage))
    return Compared(tuple(found[place] for place in sorted(found)), sharing)


def _by_form(texts: Sequence[str]) -> dict[str, list[int]]:
    """The places of the texts by normal form, without those that have neither letter nor digit."""
    found: defaultdict[str, list[int]] = defaultdict(list)
    for place, text in enumerate(texts):
        found[normal_form(text)].append(place)
    return {form: places for form, places in found.items() if any(map(str.isalnum, form))}


def _keep(found: dict[int, Match], match: Match) -> None:
    """Keep the stronger of two matches of a text."""
    known = found.get(match.place)
    if known is None or (_RANK[match.match], match.similarity) > (_RANK[known.match], known.similarity):
        found[match.place] = match


def _near(
    forms: Sequence[str], rows: Sequence[str], threshold: float, tell: Progress
) -> Iterable[tuple[str, str, float]]:
    """(form, form of a row, ratio 0-1) of near copies.

    The forms come in parts, each beside all rows, so that copies among the forms do not crowd out the rows.
    """
    size = max(TEXTS_AT_ONCE, 2 * len(rows))
    for start in range(0, len(forms), size):
        tell(start, len(forms), "near copies")
        part = forms[start : start + size]
        both = [*rows, *part]
        pairs = candidate_pairs(both, threshold)
        across = pairs[(pairs[:, 0] < len(rows)) & (pairs[:, 1] >= len(rows))]
        for theirs, ours, ratio in verified(both, across, threshold):
            yield both[ours], both[theirs], round(min(ratio, 0.9999), 4)
