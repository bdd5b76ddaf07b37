"""What the page Cleaning and redaction holds while it is edited: nothing counts until it is saved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from curation import cleaning
from curation.cleaning import Recipe
from curation.preparing import Preparation
from curation.redaction import Policy, written

FORM = "preparing"
_KEY = f"{FORM}.draft"


@dataclass
class ChosenStep:
    """A step in the list, with its options; one that is not `on` leaves the recipe when it is saved."""

    name: str
    options: dict[str, Any] = field(default_factory=dict)
    on: bool = True


@dataclass
class Draft:
    """The steps in their order, and the policy as what JSON becomes in Python."""

    steps: list[ChosenStep]
    policy: dict[str, Any]

    def recipe(self) -> Recipe:
        """The recipe of the steps that are on. Raises InvalidInput for options that cannot be."""
        chosen = [{"step": each.name, **each.options} for each in self.steps if each.on]
        return cleaning.parsed({"steps": chosen})

    def redaction(self) -> Policy:
        """The policy. Raises InvalidInput for settings that cannot be."""
        return written.parsed(self.policy)

    def missing(self) -> list[str]:
        """The kinds of step that are not in the list, in the order in which most recipes want them."""
        there = {each.name for each in self.steps}
        names = [str(kind.model_fields["step"].default) for kind in cleaning.STEPS]
        return [name for name in names if name not in there]

    def add(self, name: str) -> None:
        """Put a step where most recipes have it: before the first that usually comes later."""
        usual = [str(kind.model_fields["step"].default) for kind in cleaning.STEPS]
        later = usual[usual.index(name) + 1 :]
        place = next((n for n, each in enumerate(self.steps) if each.name in later), len(self.steps))
        begun = {"step": name, **({"languages": ["en"]} if name == "language" else {})}
        self.steps[place:place] = chosen_steps(cleaning.parsed({"steps": [begun]}))

    def move(self, name: str, by: int) -> None:
        """Move a step up (-1) or down (1); at an end it stays."""
        place = next(n for n, each in enumerate(self.steps) if each.name == name)
        self.steps.insert(min(max(place + by, 0), len(self.steps) - 1), self.steps.pop(place))

    def remove(self, name: str) -> None:
        """Take a step out of the list."""
        self.steps = [each for each in self.steps if each.name != name]

    def start_from(self, recipe: Recipe) -> None:
        """Begin again with the steps of `recipe`."""
        self.steps = chosen_steps(recipe)
        forget_widgets(f"{FORM}.option.", f"{FORM}.on.")


def chosen_steps(recipe: Recipe) -> list[ChosenStep]:
    """The steps of a recipe as the list shows them, every option spelled out."""
    return [ChosenStep(each.step, each.model_dump(mode="json", exclude={"step"})) for each in recipe.steps]


def draft(standing: Preparation) -> Draft:
    """The draft of this tab, begun with what stands."""
    held = st.session_state.get(_KEY)
    if held is None:
        held = Draft(chosen_steps(standing.recipe), standing.policy.model_dump(mode="json"))
        st.session_state[_KEY] = held
    assert isinstance(held, Draft)
    return held


def forget_widgets(*beginnings: str) -> None:
    """Let widgets begin anew with what the draft says."""
    for key in [key for key in st.session_state if str(key).startswith(beginnings)]:
        del st.session_state[key]
