"""What a task is: the values that define one narrow job, and what does not fit together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self, get_args

import jsonschema
import regex
from jsonschema.validators import validator_for
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from storage.errors import InvalidInput
from storage.identifiers import checked_name

Kind = Literal["classification", "generation", "extraction", "chat"]
Shown = Literal["title", "text", "markdown", "json", "chat", "metadata"]
"""How a card shows an input column. A title and metadata stay in view while the rest scrolls."""
Speaker = Literal["system", "user", "assistant"]
RuleName = Literal["length", "not_valid", "unknown_label", "repeated_sentence", "missing_field", "copied"]
"""The rules of `curation.proposals`, by name."""


class _Definition(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ErrorTag(_Definition):
    """One kind of mistake a reviewer may note. `code` is stored and stable; the rest may be reworded.

    `group` is the heading it stands under. A retired tag is no longer offered; one that was merged
    into another (`merged_into` is that one's code) counts as that one, also in old reviews.
    """

    code: str
    name: str
    definition: str = ""
    group: str = ""
    retired: bool = False
    merged_into: str = ""


class Rating(_Definition):
    """A criterion on which a reviewer rates an output from 1 (worst) to 5 (best)."""

    code: str = Field(pattern=r"^[a-z0-9_]{1,60}$")
    name: str
    definition: str = ""


class TagRule(_Definition):
    """When an error tag is proposed: where a rule of ours, `name`, finds something, or `pattern` does.

    A pattern is a regular expression, looked for in the output without regard to letter case.
    """

    tag: str
    name: RuleName | None = None
    pattern: str = Field(default="", max_length=500)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.name) == bool(self.pattern):
            raise InvalidInput(
                f"The rule for the error tag {self.tag!r} needs a name or a pattern, one of both.",
                next_step=f"The names are {', '.join(get_args(RuleName))}.",
            )
        try:
            regex.compile(self.pattern)
        except regex.error as fault:
            raise InvalidInput(
                f"The pattern {self.pattern!r} of the error tag {self.tag!r} cannot be read: {fault}.",
                next_step="Correct it there.",
            ) from fault
        return self


class LengthRule(_Definition):
    """How long a free text may be; None where there is no limit. Words are runs without white space."""

    least_words: int = Field(default=0, ge=0)
    most_words: int | None = Field(default=None, ge=1)
    least_characters: int = Field(default=0, ge=0)
    most_characters: int | None = Field(default=None, ge=1)


class HeldOutWhere(_Definition):
    """Besides the share by hash: records whose file column `column` has one of `values` are held out."""

    column: str
    values: tuple[str, ...]


class Task(_Definition):
    """One narrow job. Making one with values that do not fit raises InvalidInput.

    `held_out_share` is the share of new records set apart at import, 0-0.9. `labels` is empty
    for tasks that are not classification; with `multi_label` an output is a set of them.
    `output_schema` is a JSON schema (2020-12), `length` rules a free text or an assistant's turn,
    `speakers` says who is who in a transcript (`{"Doctor": "assistant"}`). `shown_as` says by input
    column how a card shows it; by default the first is the title and the others are text.
    `revision` is 0 until the task is stored.
    """

    name: str
    title: str
    kind: Kind = "classification"
    input_columns: tuple[str, ...]
    shown_as: Mapping[str, Shown] = Field(default_factory=dict)
    target: str = "label"
    labels: tuple[str, ...] = ()
    multi_label: bool = False
    output_schema: Mapping[str, Any] | None = None
    length: LengthRule | None = None
    speakers: Mapping[str, Speaker] = Field(default_factory=dict)
    error_tags: tuple[ErrorTag, ...] = ()
    rules: tuple[TagRule, ...] = ()
    tags_required: bool = False
    """Whether a correction needs at least one error tag."""
    ratings: tuple[Rating, ...] = ()
    held_out_share: float = 0.1
    held_out_where: HeldOutWhere | None = None
    guidelines: str = ""
    revision: int = 0

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as fault:
            raise _refusal(fault) from fault

    @property
    def offered_tags(self) -> tuple[ErrorTag, ...]:
        """The error tags a reviewer may set: those neither retired nor merged into another."""
        return tuple(tag for tag in self.error_tags if not tag.retired and not tag.merged_into)

    def shown(self, column: str) -> Shown:
        """How a card shows an input column."""
        standing: Shown = "title" if column == self.input_columns[0] else "text"
        return self.shown_as.get(column, standing)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        checked_name(self.name, "task")
        check_listed("input column", self.input_columns)
        check_listed("label", self.labels)
        check_listed("error tag", [tag.code for tag in self.error_tags])
        self._tags_are_known()
        check_listed("rating", [rating.code for rating in self.ratings])
        self._fits_its_columns()
        if self.output_schema is not None:
            _check_schema(dict(self.output_schema))
        if self.kind == "classification" and len(self.labels) < 2:
            raise InvalidInput(
                f"Task {self.name!r} is a classification with {len(self.labels)} label(s).",
                next_step="Give it at least two labels.",
            )
        if self.multi_label and not self.labels:
            raise InvalidInput(
                f"Task {self.name!r} takes several labels and has none.", next_step="Give it its labels."
            )
        if not 0 <= self.held_out_share <= 0.9:
            raise InvalidInput(
                f"The held-out share is {self.held_out_share}.",
                next_step="Choose a share from 0 to 0.9; 0.1 holds out one record in ten.",
            )
        return self

    def _tags_are_known(self) -> None:
        codes = {tag.code for tag in self.error_tags}
        for tag in self.error_tags:
            if tag.merged_into and (tag.merged_into not in codes or tag.merged_into == tag.code):
                raise InvalidInput(
                    f"The error tag {tag.code!r} is merged into {tag.merged_into!r}, "
                    "which is no other tag of the task.",
                    next_step=f"It has {sorted(codes)}.",
                )
        for rule in self.rules:
            if rule.tag not in codes:
                raise InvalidInput(
                    f"A rule proposes {rule.tag!r}, which is no error tag of the task.",
                    next_step=f"It has {sorted(codes)}.",
                )

    def _fits_its_columns(self) -> None:
        if not self.input_columns:
            raise InvalidInput(
                f"Task {self.name!r} has no input column.", next_step="Name the columns a model is shown."
            )
        strange = [column for column in self.shown_as if column not in self.input_columns]
        if strange:
            raise InvalidInput(
                f"{strange[0]!r} is no input column of task {self.name!r}.",
                next_step=f"It has {list(self.input_columns)}.",
            )


def check_listed(what: str, names: Sequence[str]) -> None:
    """Raise InvalidInput where one of `names` is blank, has space around it, or is there twice."""
    for name, times in Counter(names).items():
        if not name.strip() or name != name.strip():
            raise InvalidInput(f"The {what} {name!r} is blank or has space around it.", next_step="Mend it.")
        if times > 1:
            raise InvalidInput(f"The {what} {name!r} is there {times} times.", next_step="Name it once.")


def _check_schema(schema: dict[str, Any]) -> None:
    try:
        validator_for(schema, default=jsonschema.Draft202012Validator).check_schema(schema)
    except jsonschema.SchemaError as fault:
        raise InvalidInput(
            f"The output schema is not a JSON schema: {fault.json_path}: {fault.message[:200]}.",
            next_step="Correct it there.",
        ) from fault


def _refusal(fault: ValidationError) -> InvalidInput:
    first = fault.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    return InvalidInput(
        f"A task cannot have {key} = {first.get('input')!r}: {first['msg']}.", next_step="Correct that value."
    )
