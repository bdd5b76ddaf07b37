"""What a task does about each kind of identifier."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from curation.redaction.identifiers import IDENTIFIERS
from curation.redaction.recognisers.custom import fault_of
from storage.errors import InvalidInput

Action = Literal["mask", "pseudonym", "drop_row", "keep"]
"""`mask` writes "[email]", `pseudonym` the same words and a code that is the same for the same value,
`drop_row` masks it and names the row as one to leave out, `keep` leaves it and reports it."""

LEAST_REPORTED = 0.35
"""Spans below this score are not even doubtful."""
REGIONS = ("US", "GB", "DE", "FR", "ES", "IT", "NL", "SE", "PL", "BR", "JP", "AT", "CH", "BE", "PT")


class _Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CustomRecogniser(_Settings):
    """A kind of the task's own: whatever `pattern` (RE2 syntax) matches.

    `name` becomes the mask: `order_number` writes "[order number]". Raises InvalidInput for a pattern
    that cannot run.
    """

    name: str = Field(pattern=r"^[a-z][a-z_]{0,39}$")
    pattern: str = Field(min_length=1, max_length=2_000)
    action: Action = "mask"
    ignore_case: bool = False

    @model_validator(mode="after")
    def _can_run(self) -> Self:
        if self.name in IDENTIFIERS:
            raise InvalidInput(
                f"The recogniser {self.name!r} has the name of a kind that is there already.",
                next_step="Give it a name of its own.",
            )
        fault = fault_of(self.pattern)
        if fault:
            raise InvalidInput(
                f"The pattern {self.pattern!r} of the recogniser {self.name!r} cannot be used: {fault}.",
                next_step="Write it in RE2's syntax: no looking around, back-references or empty matches.",
            )
        return self


class Policy(_Settings):
    """What is done about each kind of identifier; a kind that `actions` leaves out is masked.

    Spans that score below `threshold` (0-1) are uncertain: `uncertain` says whether they stay until a person
    has looked, or are treated like the others. `phone_regions` (ISO 3166) are where numbers without a
    country code may be dialled. `model` is an installed spaCy pipeline or its folder, "" the first
    installed one for `language`, None none at all. `presidio` names further entities of presidio's own
    pattern recognisers. Raises InvalidInput for a kind that does not exist.
    """

    actions: Mapping[str, Action] = Field(default_factory=dict)
    threshold: float = Field(default=0.6, ge=LEAST_REPORTED, le=1)
    uncertain: Literal["keep", "mask"] = "keep"
    custom: tuple[CustomRecogniser, ...] = ()
    phone_regions: tuple[str, ...] = REGIONS
    language: str = Field(default="en", pattern=r"^[a-z]{2,3}$")
    model: str | None = ""
    presidio: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _known(self) -> Self:
        names = [each.name for each in self.custom]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InvalidInput(f"Two recognisers have the name {twice[0]!r}.", next_step="Rename one.")
        unknown = sorted(set(self.actions) - set(IDENTIFIERS) - {entity.lower() for entity in self.presidio})
        if unknown:
            raise InvalidInput(
                f"There is no kind of identifier {unknown[0]!r}.",
                next_step=f"The kinds are {', '.join(IDENTIFIERS)}.",
            )
        return self

    @cached_property
    def _all_actions(self) -> dict[str, Action]:
        return {**self.actions, **{each.name: each.action for each in self.custom}}

    def action_for(self, type_: str, score: float) -> Action:
        """What is done with a span of a kind that was found with this score."""
        if score < self.threshold and self.uncertain == "keep":
            return "keep"
        return self._all_actions.get(type_, "mask")

    @property
    def needs_secret(self) -> bool:
        """Whether some kind gets pseudonyms."""
        return "pseudonym" in self._all_actions.values()
