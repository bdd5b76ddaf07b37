"""A recipe: the steps of cleaning in their order, each with its options, as it is stored and shown."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from curation.cleaning.boilerplate import Boilerplate
from curation.cleaning.characters import Controls, Nfc, WhiteSpace
from curation.cleaning.language import Language
from curation.cleaning.length import Length
from curation.cleaning.markup import Html
from curation.cleaning.mojibake import Mojibake
from curation.cleaning.quality import Quality
from storage.errors import InvalidInput

AnyStep = Annotated[
    Mojibake | Controls | Nfc | Html | WhiteSpace | Boilerplate | Length | Language | Quality,
    Field(discriminator="step"),
]
STEPS = (Html, Mojibake, Controls, Nfc, WhiteSpace, Boilerplate, Length, Language, Quality)
"""Every kind of step, in the order in which most recipes want them."""


class Recipe(BaseModel):
    """Steps in their order, none twice. Two recipes with the same steps and options have one hash.

    Each step that changes texts does so once and for all. A recipe as a whole need not: a step may
    uncover what one before it would have changed. `DEFAULT` does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    steps: tuple[AnyStep, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [step.step for step in self.steps]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"the step {twice[0]!r} stands in it twice")
        return self

    @property
    def boilerplate(self) -> Boilerplate | None:
        """The step for which all records have to be looked through first, if it has one."""
        return next((step for step in self.steps if isinstance(step, Boilerplate)), None)

    def canonical(self) -> str:
        """The recipe as JSON, every option spelled out, keys sorted: the same for the same recipe."""
        return json.dumps(self.model_dump(mode="json"), sort_keys=True, separators=(",", ":"))

    def content_hash(self) -> str:
        """The first 20 hex digits of the SHA-256 of the canonical JSON."""
        return hashlib.sha256(self.canonical().encode()).hexdigest()[:20]


DEFAULT = Recipe(steps=(Controls(), Nfc(), WhiteSpace()))
"""What every text goes through unless a recipe says otherwise: nothing visible is lost by it."""

WEB = Recipe(
    steps=(
        Html(), Mojibake(), Controls(bidi="show", tags=True), Nfc(), WhiteSpace(), Boilerplate(), Length(),
        Quality(),
    )
)  # fmt: skip
"""For texts taken from web pages and mails. Broken encodings may stand in entities: HTML comes first."""


def parsed(written: str | bytes | Mapping[str, Any]) -> Recipe:
    """The recipe written as JSON, or as what JSON becomes in Python.

    Raises InvalidInput for a step or an option that does not exist or has an impossible value.
    """
    try:
        if isinstance(written, str | bytes):
            return Recipe.model_validate_json(written)
        return Recipe.model_validate(written)
    except ValidationError as fault:
        raise _refusal(fault) from fault


def _refusal(fault: ValidationError) -> InvalidInput:
    first = fault.errors(include_url=False)[0]
    known = ", ".join(kind.model_fields["step"].default for kind in STEPS)
    if first["type"] == "union_tag_invalid":
        place, tag = _place(first["loc"]), first["ctx"]["tag"]
        return InvalidInput(
            f"{place} of the recipe is {tag!r}, which is none.", next_step=f"There are {known}."
        )
    if first["type"] == "union_tag_not_found":
        return InvalidInput(
            f"{_place(first['loc'])} of the recipe has no name.", next_step=f"There are {known}."
        )
    message = first["msg"].removeprefix("Value error, ")
    if len(first["loc"]) < 2:
        return InvalidInput(
            f"The recipe cannot be used: {message}.", next_step='It is {"steps": [{"step": "controls"}, …]}.'
        )
    option = f", option {first['loc'][3]!r}" if len(first["loc"]) > 3 else ""
    return InvalidInput(
        f"{_place(first['loc'])} of the recipe ({first['loc'][2]}){option}: {message}"
        + (f"; it is {first['input']!r}." if option else "."),
        next_step="Correct it.",
    )


def _place(location: Sequence[int | str]) -> str:
    number = location[1]
    return f"Step {number + 1}" if isinstance(number, int) else "A step"
