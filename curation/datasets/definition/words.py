"""A definition in one line of words, for whoever only wants to know what a version is built from. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from curation.datasets.definition.model import Definition


def summary(definition: Definition) -> str:
    """Such as `reviewed under v2 · grouped by patient · 10% validate · the teacher’s prompt`."""
    return " · ".join((*_rows(definition), *_splits(definition), *_mix(definition), *_asked(definition)))


def _rows(definition: Definition) -> Iterator[str]:
    if definition.imports is not None:
        yield f"of {' and '.join(definition.imports) or 'no import'}"
    if definition.prompts is not None:
        yield f"reviewed under {', '.join(f'v{number}' for number in definition.prompts)}"
    if definition.reviewed_by is not None:
        yield f"by {', '.join(definition.reviewed_by)}"
    if definition.decisions is not None:
        yield f"only {' and '.join(definition.decisions)}"
    if definition.tags is not None:
        yield f"tagged {' or '.join(definition.tags)}"
    if definition.without_tags:
        yield f"not tagged {' or '.join(definition.without_tags)}"
    for column, values in definition.where.items():
        yield f"{column} is {' or '.join(values)}"


def _splits(definition: Definition) -> Iterator[str]:
    splits = definition.splits
    if splits.group_column:
        yield f"grouped by {splits.group_column}"
    by = f" of each {splits.stratify_by}" if splits.stratify_by else ""
    yield f"{splits.validation_share:.0%}{by} validate"


def _mix(definition: Definition) -> Iterator[str]:
    for column, most in sorted(definition.caps.items()):
        yield f"at most {most:,} rows of one {column}"
    if definition.balance is not None:
        yield f"classes at most {definition.balance:g} times the rarest"


def _asked(definition: Definition) -> Iterator[str]:
    yield "the student’s own prompt" if definition.student_prompt else "the teacher’s prompt"
    wordings = definition.variations
    if wordings.trained:
        yield f"{wordings.share:.0%} in {len(wordings.trained)} other wordings"
    if wordings.kept:
        yield f"{len(wordings.kept)} wordings kept for robustness"
    if definition.replay is not None:
        yield f"{definition.replay.share:.0%} replayed"
