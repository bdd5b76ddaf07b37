"""What people decided, read from a mirror in columns.

Records that several looked at go through `resolve`; for the many that one person decided once there is a
short way, which gives the same (a test holds it).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from curation import outputs, review_rows
from curation.datasets.decisions.resolution import Resolution, Resolved, counting_of, resolve
from curation.datasets.decisions.rulings import Ruling, stands
from curation.datasets.definition import Definition
from curation.review_rows import APPROVED, CORRECTED, DISCARDED, Review
from curation.tasks import Task, vocabulary
from storage import artifacts, schemas
from storage.artifacts import Manifest
from storage.errors import InvalidInput

COLUMNS = (
    "review_id", "record_id", "queue", "prompt_version", "label_id", "reviewer", "decision", "output",
)  # fmt: skip


@dataclass(frozen=True)
class Decided:
    """Every reviewed record that the definition takes; `filtered` are those that it does not."""

    resolution: Resolution
    filtered: int


def decided(
    mirror: Manifest | None,
    task: Task,
    definition: Definition,
    rulings: Mapping[str, Ruling],
    probes: Collection[tuple[str, str]],
) -> Decided:
    """The records of a mirror as their reviews leave them. `probes` (queue, record) decide nothing.

    Reviews under other prompts, or of other people, than the definition names are as if they had not been
    given; a ruling that stands on all of a record's reviews holds all the same.
    """
    table = _table(mirror, (*COLUMNS, "error_tags", "deleted"))
    found = {name: table.column(name).to_pylist() for name in COLUMNS}
    tags = _tags(table.column("error_tags"))
    names = found["record_id"]
    chosen = _deciding(found, probes)
    times = Counter(names if len(chosen) == len(names) else [names[place] for place in chosen])
    alone = [place for place in chosen if times[names[place]] == 1 and names[place] not in rulings]
    several = sorted(set(chosen) - set(alone))
    reviews = _reviews(mirror, several) if several else []
    kept = _considered(reviews, rulings, definition)
    together = resolve(kept, task, rulings)
    single, apart = _alone(found, tags, alone, task, definition)
    filtered = apart + len({review.record_id for review in reviews} - {review.record_id for review in kept})
    joined = Resolution(
        rows=tuple(sorted((*single.rows, *together.rows), key=lambda row: row.record_id)),
        discarded=(*single.discarded, *together.discarded),
        in_conflict=together.in_conflict,
        unusable=(*single.unusable, *together.unusable),
    )
    return _filtered(joined, filtered, task, definition)


def _table(mirror: Manifest | None, columns: Sequence[str]) -> pa.Table:
    """The reviews of a mirror that stand, in the order in which they lie."""
    if mirror is None:
        return schemas.SCHEMAS["reviews"].empty_table().select(list(columns))
    names = [entry.name for entry in mirror.files if entry.schema == "reviews"]
    table = pa.concat_tables([artifacts.read_table(mirror, name, columns) for name in names])
    return table.filter(pc.invert(table.column("deleted").fill_null(False)))


def _reviews(mirror: Manifest | None, places: Sequence[int]) -> list[Review]:
    """The reviews at these places, whole: few, next to those that stand alone."""
    whole = _table(mirror, schemas.SCHEMAS["reviews"].names)
    return review_rows.of_rows(whole.take(pa.array(places, pa.int64())).to_pylist())


def _tags(column: pa.ChunkedArray) -> dict[int, tuple[str, ...]]:
    """The error tags of the rows that have some, by the row's place."""
    having = pc.indices_nonzero(pc.fill_null(pc.list_value_length(column), 0))
    tagged = zip(having.to_pylist(), column.take(having).to_pylist(), strict=True)
    return {place: tuple(codes) for place, codes in tagged}


def _deciding(found: Mapping[str, Sequence[str]], probes: Collection[tuple[str, str]]) -> list[int]:
    if not probes:
        return list(range(len(found["record_id"])))
    pairs = zip(found["queue"], found["record_id"], strict=True)
    return [place for place, pair in enumerate(pairs) if pair not in probes]


def _alone(
    found: Mapping[str, Sequence[str]],
    tags: Mapping[int, tuple[str, ...]],
    places: Sequence[int],
    task: Task,
    definition: Definition,
) -> tuple[Resolution, int]:
    """Records with one review and no ruling, and how many of them the definition does not consider."""
    spelled = _speller(task)
    allowed = _allowed(definition) if _names_some(definition) else None
    rows: list[Resolved] = []
    discarded: list[str] = []
    unusable: list[str] = []
    apart = 0
    every = list(zip(*(found[name] for name in COLUMNS), strict=True))
    for place in places:
        review_id, record_id, _, prompt, label_id, reviewer, decision, output = every[place]
        if allowed is not None and not allowed(int(prompt), reviewer):
            apart += 1
        elif decision == DISCARDED:
            discarded.append(record_id)
        elif (completion := spelled(output or "")) is None:
            unusable.append(record_id)
        else:
            kept = CORRECTED if decision == CORRECTED else APPROVED
            label, said = label_id or "", tags.get(place, ())
            rows.append(
                Resolved(record_id, kept, completion, (reviewer,), (review_id,), label, int(prompt), said)
            )
    return Resolution(tuple(rows), tuple(discarded), (), tuple(unusable)), apart


def _speller(task: Task) -> Callable[[str], str | None]:
    """What gives an output in its one spelling, None for one the task does not take; each looked at once."""
    known: dict[str, str | None] = {}

    def spelled(output: str) -> str | None:
        if output not in known:
            try:
                known[output] = outputs.checked(task, output)
            except InvalidInput:
                known[output] = None
        return known[output]

    return spelled


def _allowed(definition: Definition) -> Callable[[int, str], bool]:
    prompts = None if definition.prompts is None else set(definition.prompts)
    people = None if definition.reviewed_by is None else set(definition.reviewed_by)
    return lambda prompt, reviewer: (
        (prompts is None or prompt in prompts) and (people is None or reviewer in people)
    )


def _names_some(definition: Definition) -> bool:
    """Whether only some reviews count, whatever they say."""
    return definition.prompts is not None or definition.reviewed_by is not None


def _considered(
    reviews: Sequence[Review], rulings: Mapping[str, Ruling], definition: Definition
) -> list[Review]:
    """The reviews that the definition lets count; of a record with a standing ruling all, or none."""
    if not _names_some(definition):
        return list(reviews)
    by_record: dict[str, list[Review]] = {}
    for review in reviews:
        by_record.setdefault(review.record_id, []).append(review)
    allowed = _allowed(definition)
    prompts = definition.prompts
    kept: list[Review] = []
    for record_id, given in by_record.items():
        counting = counting_of(given)
        ruling = rulings.get(record_id)
        if ruling is not None and stands(ruling, counting):
            kept += given if prompts is None or counting[0].prompt_number in prompts else []
        else:
            kept += [review for review in given if allowed(review.prompt_number, review.reviewer)]
    return kept


def _filtered(found: Resolution, filtered: int, task: Task, definition: Definition) -> Decided:
    """Without the rows whose decision or error tags the definition does not take."""
    decisions, wanted, unwanted = definition.decisions, definition.tags, set(definition.without_tags)
    if decisions is None and wanted is None and not unwanted:
        return Decided(found, filtered)
    kept = []
    for row in found.rows:
        tags = set(vocabulary.followed(task, row.error_tags))
        if decisions is not None and row.decision not in decisions:
            continue
        if (wanted is None or tags & set(wanted)) and not tags & unwanted:
            kept.append(row)
    return Decided(replace(found, rows=tuple(kept)), filtered + len(found.rows) - len(kept))
