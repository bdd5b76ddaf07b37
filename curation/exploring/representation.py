"""Whether groups stand in the data as they do where it will be used. Pure.

Each group's share is held against a reference share. The intervals hold for all groups together
(Goodman 1965, "On simultaneous confidence intervals for multinomial proportions"), so that among
many groups none is called wrong by chance alone more often than once in twenty tables.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from storage.errors import InvalidInput

LEVEL = 0.95
RARE_ROWS = 30
_ROUNDING = 0.02
Verdict = Literal["too few", "as expected", "too many", "not in the reference"]


@dataclass(frozen=True)
class Group:
    """A group's rows and share (0-1) with its interval, and the share it should have (None: unknown).

    `missing` is how many rows of it would have to be added, others staying as they are, to bring
    the share to the reference; 0 where it is not too few. `rare`: fewer than `RARE_ROWS` rows, too
    few to say how well a model does on it.
    """

    name: str
    rows: int
    share: float
    low: float
    high: float
    reference: float | None
    verdict: Verdict
    missing: int
    rare: bool


def against_reference(
    counts: Mapping[str, int], reference: Mapping[str, float] | None = None, *, rare_rows: int = RARE_ROWS
) -> list[Group]:
    """Every group of the counts and of the reference, the one furthest below its reference share first.

    Without a reference the groups are held against equal shares. Raises InvalidInput for no rows, and
    for reference shares that are negative or do not add up to 1 (or to 100).
    """
    rows = sum(counts.values())
    if rows == 0:
        raise InvalidInput("There are no rows to compare with a reference.", next_step="Import some first.")
    wanted = _checked(reference) if reference else {name: 1 / len(counts) for name in counts}
    names = sorted({*counts, *wanted})
    intervals = _intervals([counts.get(name, 0) for name in names])
    groups = []
    for name, (low, high) in zip(names, intervals, strict=True):
        times, share = counts.get(name, 0), wanted.get(name)
        verdict = _verdict(low, high, share)
        groups.append(
            Group(
                name, times, times / rows, low, high, share, verdict,
                _missing(times, rows, share) if verdict == "too few" and share is not None else 0,
                times < rare_rows,
            )
        )  # fmt: skip
    return sorted(groups, key=lambda group: (_behind(group), group.name))


def _checked(reference: Mapping[str, float]) -> dict[str, float]:
    total = math.fsum(reference.values())
    if any(not share >= 0 or math.isinf(share) for share in reference.values()):
        wrong = next(name for name, share in reference.items() if not share >= 0 or math.isinf(share))
        raise InvalidInput(
            f"The reference share of {wrong!r} is {reference[wrong]:g}.", next_step="Shares are from 0 to 1."
        )
    if not any(abs(total - whole) <= _ROUNDING * whole for whole in (1, 100)):
        raise InvalidInput(
            f"The reference shares add up to {total:g}.", next_step="Make them add up to 1, or to 100."
        )
    return {name: share / total for name, share in reference.items()}


def _intervals(counts: list[int]) -> list[tuple[float, float]]:
    from statsmodels.stats.proportion import multinomial_proportions_confint

    if len(counts) == 1:
        return [(1.0, 1.0)]
    found = multinomial_proportions_confint(counts, alpha=1 - LEVEL, method="goodman")
    return [(max(0.0, float(low)), min(1.0, float(high))) for low, high in found]


def _verdict(low: float, high: float, reference: float | None) -> Verdict:
    if reference is None:
        return "not in the reference"
    if reference > high:
        return "too few"
    return "too many" if reference < low else "as expected"


def _missing(times: int, rows: int, share: float) -> int:
    """The least x with (times + x) / (rows + x) >= share."""
    return math.ceil((share * rows - times) / (1 - share)) if share < 1 else 0


def _behind(group: Group) -> float:
    return group.share - group.reference if group.reference is not None else math.inf
