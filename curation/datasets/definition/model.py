"""What a dataset version is built from: a definition that a person can read, save and name.

Which imports, prompts, reviewers and decisions count, which slices, how rows are split, how many of
each class and slice are trained on, how the student is asked, and what is replayed against forgetting.
The same definition over the same inputs gives the same rows, on any machine and in any row order.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from curation.student_prompts import StudentPrompt, Variation
from storage.errors import InvalidInput

DEFAULT_NAME = "default"
LABEL = "label"
"""Stands for the row's output where a column is asked for."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as fault:
            raise _refusal(fault) from fault


class Splits(_Part):
    """How reviewed rows are shared out between train and validation; held-out rows are always test.

    `validation_share` is 0-1 (1 excluded). Rows with one value in `group_column` never stand in two
    splits. `stratify_by` is `label` or a column: each of its values meets the share within one row,
    where groups allow it. Another `seed` makes another choice.
    """

    validation_share: float = Field(default=0.1, ge=0, lt=1)
    seed: int = Field(default=0, ge=0, le=2**31)
    group_column: str | None = Field(default=None, min_length=1)
    stratify_by: str | None = Field(default=None, min_length=1)


class Variations(_Part):
    """Other wordings of the student prompt, each approved by a person.

    `share` (0-1) of the train and validation rows are asked in one of `texts`, spread evenly by hash.
    Those named in `kept_for_robustness` are never trained on: test rows are asked in them too, in a
    file of their own.
    """

    texts: tuple[Variation, ...] = ()
    share: float = Field(default=0.5, ge=0, le=1)
    kept_for_robustness: tuple[str, ...] = ()

    @property
    def trained(self) -> tuple[Variation, ...]:
        """Those that train and validation rows are asked in."""
        return tuple(text for text in self.texts if text.name not in self.kept_for_robustness)

    @property
    def kept(self) -> tuple[Variation, ...]:
        """Those that only the robustness file holds."""
        return tuple(text for text in self.texts if text.name in self.kept_for_robustness)

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        names = [text.name for text in self.texts]
        for name, times in Counter(names).items():
            if times > 1:
                raise InvalidInput(f"{times} variations are called {name!r}.", next_step="Rename one.")
        strange = sorted(set(self.kept_for_robustness) - set(names))
        if strange:
            raise InvalidInput(
                f"{strange[0]!r} is kept for robustness tests, but no variation is called so.",
                next_step=f"There is {', '.join(names)}." if names else "Write the variation first.",
            )
        return self


class Replay(_Part):
    """General-purpose rows mixed in against forgetting: `share` (0-0.9) of all train rows.

    They come from a `file` of any format that imports read, or from the train rows of another
    `version` (`v0003` of this task, `other-task/v0001` of another): of one of both. `sha256` holds a
    file to what it was when the definition was saved.
    """

    share: float = Field(gt=0, le=0.9)
    file: str | None = Field(default=None, min_length=1)
    version: str | None = Field(default=None, min_length=1)
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.file is None) == (self.version is None):
            raise InvalidInput(
                "Replay rows come from a file or from a dataset version, from one of both.",
                next_step="Give replay a file or a version.",
            )
        return self


class Definition(_Part):
    """What a version is built from. None means: no restriction.

    `imports` are ids of imports or names of the files they came from. `prompts`, `reviewed_by`,
    `decisions`, `tags` (any of them) and `without_tags` choose among reviewed rows. `where` keeps, by
    column, the rows with one of the values; it and `imports` choose test rows as well.

    `caps` (rows per value, by column) and `balance` (times the rarest class) thin the train split
    only: validation and test keep the mix in which records come, so that measures mean something.
    Columns are input columns, columns that came along, `source`, or `label` for the output.
    """

    name: str = Field(default=DEFAULT_NAME, pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    imports: tuple[str, ...] | None = None
    prompts: tuple[int, ...] | None = None
    reviewed_by: tuple[str, ...] | None = None
    decisions: tuple[Literal["approved", "corrected"], ...] | None = None
    tags: tuple[str, ...] | None = None
    without_tags: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    splits: Splits = Splits()
    caps: Mapping[str, int] = Field(default_factory=dict)
    balance: float | None = Field(default=None, ge=1)
    student_prompt: StudentPrompt | None = None
    variations: Variations = Variations()
    replay: Replay | None = None

    @model_validator(mode="after")
    def _caps_keep_something(self) -> Self:
        for column, most in self.caps.items():
            if most < 1:
                raise InvalidInput(
                    f"The cap on {column!r} is {most} rows.", next_step="Give it 1 or more, or take it out."
                )
        return self

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it asks for, each once."""
        named = (self.splits.group_column, self.splits.stratify_by, *self.caps, *self.where)
        return tuple(dict.fromkeys(name for name in named if name and name != LABEL))

    def values(self) -> dict[str, Any]:
        """What differs from a definition that says nothing, as JSON knows values."""
        return self.model_dump(mode="json", exclude_defaults=True)

    def canonical(self) -> str:
        """The definition as JSON, keys sorted: the same for the same definition."""
        return json.dumps(self.values(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))

    def content_hash(self) -> str:
        """The first 20 hex digits of the SHA-256 of the canonical JSON; the name does not count."""
        nameless = self.model_copy(update={"name": DEFAULT_NAME})
        return hashlib.sha256(nameless.canonical().encode()).hexdigest()[:20]


def parsed(values: Mapping[str, Any]) -> Definition:
    """The definition that values from a file or a row say. Raises InvalidInput, naming what is wrong."""
    try:
        return Definition.model_validate(dict(values))
    except ValidationError as fault:
        raise _refusal(fault) from fault


def _refusal(fault: ValidationError) -> InvalidInput:
    first = fault.errors(include_url=False)[0]
    key = ".".join(str(part) for part in first["loc"])
    if key == "name" and first["type"] == "string_pattern_mismatch":
        return InvalidInput(
            f"A dataset definition cannot be called {first.get('input')!r}.",
            next_step="Use up to 63 small letters, digits, - and _; the first is a letter or a digit.",
        )
    return InvalidInput(
        f"A dataset definition cannot have {key} = {first.get('input')!r}: {first['msg']}.",
        next_step="Correct that value, or take it out.",
    )
