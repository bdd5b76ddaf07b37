"""Which rows of the train split stay under the caps on slices and the balance of classes. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from curation.datasets.decisions.resolution import Resolved
from curation.datasets.definition import LABEL, Definition
from curation.datasets.planning.balancing import kept_in_balance
from curation.datasets.planning.candidates import Candidates
from curation.datasets.planning.caps import kept_under_cap
from curation.datasets.splits import TRAIN


def kept(
    candidates: Candidates,
    definition: Definition,
    places: Sequence[int],
    splits: Sequence[str],
    rows: Sequence[Resolved],
) -> tuple[set[int], int, int]:
    """The rows that stay, and how many of the train split caps and balance leave out."""
    seed = definition.splits.seed
    training = [at for at, split in enumerate(splits) if split == TRAIN]
    others = {at for at, split in enumerate(splits) if split != TRAIN}
    before = len(training)
    for capping in sorted(definition.caps):
        chosen, decided = [places[at] for at in training], [rows[at] for at in training]
        names = [row.record_id for row in decided]
        values = column(candidates, capping, chosen, decided)
        staying = kept_under_cap(names, values, definition.caps[capping], seed)
        training = [at for number, at in enumerate(training) if number in staying]
    capped = before - len(training)
    unbalanced = 0
    if definition.balance is not None:
        decided = [rows[at] for at in training]
        classes = [row.completion for row in decided]
        staying = kept_in_balance([row.record_id for row in decided], classes, definition.balance, seed)
        unbalanced = len(training) - len(staying)
        training = [at for number, at in enumerate(training) if number in staying]
    return others | set(training), capped, unbalanced


def column(
    candidates: Candidates, name: str, places: Sequence[int], rows: Sequence[Resolved]
) -> list[str | None]:
    """The value of each row in a column, or its output where `label` is asked for."""
    if name == LABEL:
        return [row.completion for row in rows]
    return [candidates.values[name][place] for place in places]
