"""Which outputs are right, and whether a review says the same."""

from __future__ import annotations

from curation import corpus, outputs, tasks
from curation.adjudication.accuracy import standing_rulings
from curation.gold import known
from curation.gold.known import Known
from curation.review_rows import DISCARDED, Review
from curation.tasks import Task
from storage.errors import InvalidInput, NotFound
from storage.project import Project


def outputs_known(project: Project, task: str) -> dict[str, Known]:
    """The right output of every record that has one: a ruling that stands, else what an admin named."""
    ruled = [
        Known(name, ruling.output, ruling.at, frozenset({ruling.adjudicator}))
        for name, ruling in standing_rulings(project, task).items()
    ]
    return known.together(known.marked(project, task).values(), ruled)


def mark(
    project: Project, task: str, record_id: str, by: str, *, output: str | None = None, discard: bool = False
) -> str | None:
    """Name a record's right output: the one given, else its reference in the file; None with `discard`.

    Raises NotFound for an unknown record, InvalidInput where there is no output or the task does not
    take it.
    """
    described = tasks.get(project, task)
    record = corpus.of_records(project, task, [record_id]).get(record_id)
    if record is None:
        raise NotFound(f"Task {task!r} has no record {record_id!r}.")
    right = None
    if not discard:
        given = output if output is not None else record.gold
        if not given:
            raise InvalidInput(
                f"The file has no reference for {record_id}.", next_step="Say which output is right."
            )
        right = outputs.checked(described, given)
    known.mark(project, task, record_id, right, by)
    return right


def says_so(task: Task, review: Review, right: Known) -> bool:
    """Whether a review decides as is right; a discard only agrees with a discard."""
    if review.decision == DISCARDED or right.output is None:
        return review.decision == DISCARDED and right.output is None
    return outputs.same(task, review.output or "", right.output)
