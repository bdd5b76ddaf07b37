"""The draft of a recipe: its order, what is switched off, and that every option can be set in words."""

from __future__ import annotations

import pytest

from curation import cleaning
from curation.cleaning.steps import Step
from curation.redaction import Policy
from storage.errors import InvalidInput
from ui.views import preparing_options
from ui.views.preparing_draft import ChosenStep, Draft, chosen_steps


def draft_of(recipe: cleaning.Recipe = cleaning.DEFAULT) -> Draft:
    return Draft(chosen_steps(recipe), Policy().model_dump(mode="json"))


def names(draft: Draft) -> list[str]:
    return [each.name for each in draft.steps]


@pytest.mark.parametrize("recipe", [cleaning.DEFAULT, cleaning.WEB])
def test_a_draft_that_nobody_touched_is_what_stands(recipe: cleaning.Recipe) -> None:
    assert draft_of(recipe).recipe() == recipe
    assert draft_of(recipe).redaction() == Policy()


def test_steps_move_within_the_ends_of_the_list() -> None:
    draft = draft_of()
    draft.move("white_space", -1)
    assert names(draft) == ["controls", "white_space", "nfc"]
    draft.move("controls", -1)
    draft.move("nfc", 1)
    assert names(draft) == ["controls", "white_space", "nfc"]


def test_a_step_is_added_where_most_recipes_have_it() -> None:
    draft = draft_of()
    for name in ("language", "html", "boilerplate"):
        assert name in draft.missing()
        draft.add(name)
        assert name not in draft.missing()
    assert names(draft) == ["html", "controls", "nfc", "white_space", "boilerplate", "language"]
    assert (
        draft.recipe().steps[-1]
        == cleaning.parsed({"steps": [{"step": "language", "languages": ["en"]}]}).steps[0]
    )


@pytest.mark.parametrize("kind", cleaning.STEPS)
def test_an_added_step_begins_with_its_own_defaults(kind: type[Step]) -> None:
    draft = Draft([], {})
    name = kind.model_fields["step"].default
    draft.add(name)
    [made] = draft.recipe().steps
    assert made == (kind(languages=("en",)) if name == "language" else kind())


def test_what_is_switched_off_leaves_the_recipe_and_keeps_its_options_until_then() -> None:
    draft = draft_of()
    draft.steps[0].options["bidi"] = "show"
    draft.steps[0].on = False
    assert [each.step for each in draft.recipe().steps] == ["nfc", "white_space"]
    draft.steps[0].on = True
    assert draft.recipe().steps[0].model_dump()["bidi"] == "show"


def test_options_that_leave_nothing_are_refused_in_a_sentence() -> None:
    draft = Draft([ChosenStep("length", {"least_characters": 9, "most_characters": 3})], {})
    with pytest.raises(InvalidInput, match="at least 9 and at most 3 characters leave nothing"):
        draft.recipe()


@pytest.mark.parametrize("kind", cleaning.STEPS)
def test_every_option_of_every_step_has_words(kind: type[Step]) -> None:
    name = kind.model_fields["step"].default
    assert preparing_options.WHAT[name]
    assert list(preparing_options.WORDS[name]) == [field for field in kind.model_fields if field != "step"]
