"""The vocabulary of a task's error tags, changed while people review.

A code is made once and never changes or goes: a tag is reworded, retired or merged into another,
and reviews that hold its code are read by `followed`. Each function gives the task with its
vocabulary changed, to be stored by `tasks.update`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from curation.tasks.definition import ErrorTag, Task
from storage.errors import InvalidInput


def followed(task: Task, codes: Iterable[str]) -> tuple[str, ...]:
    """What the codes of a review count as now: those of merged tags as the tag they were merged into.

    Each once, in the order given; a code that the task does not know stays. Whatever counts,
    shows or freezes the error tags of reviews reads them through this.
    """
    into = {tag.code: tag.merged_into for tag in task.error_tags if tag.merged_into}
    return tuple(dict.fromkeys(_end(into, code) for code in codes))


def added(task: Task, name: str, *, definition: str = "", group: str = "", code: str = "") -> Task:
    """With one more tag, its code made of its name unless given. Raises InvalidInput for one there is."""
    made = code or re.sub(r"[^a-z0-9]+", "_", name.casefold()).strip("_")
    if not name.strip() or not made:
        raise InvalidInput(f"The error tag {name!r} has no name to make a code of.", next_step="Name it.")
    standing = _by_code(task).get(made)
    if standing is not None:
        raise InvalidInput(
            f"There is an error tag {made!r} already: {standing.name}{_state(standing)}.",
            next_step="Restore or reword that one, or choose another name.",
        )
    tag = ErrorTag(code=made, name=name.strip(), definition=definition.strip(), group=group.strip())
    return _with(task, (*task.error_tags, tag))


def reworded(
    task: Task,
    code: str,
    *,
    name: str | None = None,
    definition: str | None = None,
    group: str | None = None,
) -> Task:
    """With another name, definition or group for a tag; None leaves it. Raises InvalidInput."""
    given = {"name": name, "definition": definition, "group": group}
    changes = {field: text.strip() for field, text in given.items() if text is not None}
    if changes.get("name") == "":
        raise InvalidInput(f"The error tag {code!r} needs a name.", next_step="Retire it instead.")
    return _changed(task, code, **changes)


def merged(task: Task, code: str, into: str) -> Task:
    """With tag `code` merged into tag `into`: it is offered no more and counts as that one.

    Raises InvalidInput for a code the task has not, or one that is offered no more.
    """
    target, merging = _known(task, into), _known(task, code)
    if code == into:
        raise InvalidInput(f"{code!r} cannot be merged into itself.", next_step="Choose another tag.")
    for tag in (merging, target):
        if tag.merged_into:
            raise InvalidInput(
                f"{tag.name!r} was merged into {tag.merged_into!r} before.",
                next_step=f"Use {tag.merged_into!r}, or restore {tag.code!r} first.",
            )
    if target.retired:
        raise InvalidInput(f"{target.name!r} is retired.", next_step="Restore it first.")
    return _changed(task, code, merged_into=into)


def retired(task: Task, code: str) -> Task:
    """With a tag that is offered no more; what was tagged with it keeps it."""
    return _changed(task, code, retired=True)


def restored(task: Task, code: str) -> Task:
    """With a tag that was retired or merged offered again, under its own code."""
    return _changed(task, code, retired=False, merged_into="")


def moved(task: Task, code: str, place: int) -> Task:
    """With a tag at `place` (from 1) among those offered: that place is its key, 1 to 9."""
    tag = _known(task, code)
    offered = [each for each in task.offered_tags if each.code != code]
    if tag not in task.offered_tags or not 1 <= place <= len(offered) + 1:
        raise InvalidInput(
            f"{tag.name!r} cannot stand at place {place}.",
            next_step=f"{len(task.offered_tags)} tags are offered.",
        )
    offered.insert(place - 1, tag)
    rest = [each for each in task.error_tags if each not in offered]
    return _with(task, (*offered, *rest))


def _end(into: dict[str, str], code: str) -> str:
    seen = {code}
    while into.get(code, code) not in seen:
        code = into[code]
        seen.add(code)
    return code


def _changed(task: Task, code: str, **changes: object) -> Task:
    _known(task, code)
    tags = tuple(tag.model_copy(update=changes) if tag.code == code else tag for tag in task.error_tags)
    return _with(task, tags)


def _with(task: Task, tags: Sequence[ErrorTag]) -> Task:
    return Task(**{**task.model_dump(), "error_tags": [tag.model_dump() for tag in tags]})


def _known(task: Task, code: str) -> ErrorTag:
    tag = _by_code(task).get(code)
    if tag is None:
        raise InvalidInput(
            f"{code!r} is not an error tag of task {task.name!r}.",
            next_step=f"It has {', '.join(_by_code(task)) or 'none'}.",
        )
    return tag


def _by_code(task: Task) -> dict[str, ErrorTag]:
    return {tag.code: tag for tag in task.error_tags}


def _state(tag: ErrorTag) -> str:
    return " (retired)" if tag.retired else f" (merged into {tag.merged_into})" if tag.merged_into else ""
