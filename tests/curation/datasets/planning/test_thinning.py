"""Caps, balance, wordings and replay: how many stay, and that no order of rows changes which."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.datasets.crossing import digest
from curation.datasets.definition import Definition, Variations
from curation.datasets.planning import replay, variations
from curation.datasets.planning.balancing import kept_in_balance
from curation.datasets.planning.caps import kept_under_cap
from curation.datasets.planning.replay import ReplayRow
from curation.student_prompts import StudentPrompt, Variation

VALUES = st.lists(st.sampled_from(["a", "b", "c", None]), max_size=60)
WORDINGS = tuple(Variation(name=name, system=f"As {name}.") for name in ("one", "two", "odd"))


def names_of(values: list[str | None]) -> list[str]:
    return [f"rec_{number:03d}" for number in range(len(values))]


@settings(deadline=None)
@given(VALUES, st.integers(1, 20), st.randoms())
def test_a_cap_keeps_the_same_rows_in_any_order(values: list[str | None], most: int, dice: Random) -> None:
    names = names_of(values)
    kept = {names[place] for place in kept_under_cap(names, values, most, 5)}
    counts = Counter(values)
    for value, count in counts.items():
        staying = sum(name in kept for name, held in zip(names, values, strict=True) if held == value)
        assert staying == (count if value is None else min(count, most))
    order = list(range(len(values)))
    dice.shuffle(order)
    again = kept_under_cap([names[at] for at in order], [values[at] for at in order], most, 5)
    assert {names[order[place]] for place in again} == kept


def test_a_higher_cap_keeps_what_a_lower_one_kept_and_another_seed_keeps_others() -> None:
    names, values = [f"rec_{number}" for number in range(500)], ["a"] * 500
    lower, higher = (kept_under_cap(names, values, most, 0) for most in (100, 200))
    assert lower < higher
    assert kept_under_cap(names, values, 100, 1) != lower


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=60), st.floats(1, 5))
def test_no_class_has_more_than_so_many_times_the_rarest(classes: list[str], times: float) -> None:
    kept = kept_in_balance([f"rec_{number}" for number in range(len(classes))], classes, times, 0)
    staying, counts = Counter(classes[place] for place in kept), Counter(classes)
    assert staying.keys() == counts.keys()
    for value, count in staying.items():
        assert count == min(counts[value], int(times * min(counts.values())))


def spread(count: int, **changes: object) -> dict[str, str]:
    wordings = Variations(texts=WORDINGS, kept_for_robustness=("odd",), **changes)  # type: ignore[arg-type]
    return variations.spread([f"rec_{number}" for number in range(count)], Definition(variations=wordings))


def test_wordings_are_spread_evenly_and_those_kept_are_in_none_of_the_rows() -> None:
    found = Counter(spread(1_001, share=0.6).values())
    assert found.keys() == {"one", "two"}
    assert sum(found.values()) == 601
    assert abs(found["one"] - found["two"]) == 1
    assert spread(50, share=0) == {}


def test_one_system_prompt_in_nearly_all_rows_is_warned_of_and_wordings_cure_it() -> None:
    wordings = Variations(texts=WORDINGS, kept_for_robustness=("odd",), share=0.5)
    definition = Definition(variations=wordings)
    prompts = variations.prompts_of(definition, StudentPrompt(system="Sort.", template="{title}"))
    assert "100% of 40 rows" in variations.warning([""] * 40, prompts)
    worded = [spread(40).get(f"rec_{number}", "") for number in range(40)]
    assert variations.warning(worded, prompts) == ""
    of_column = {"": StudentPrompt(system="Sort for {Brand name}.", template="{title}")}
    assert variations.warning([""] * 40, of_column) == ""


GENERAL = [ReplayRow(f"replay_{number:03d}", "", f"Question {number}?", "Yes.") for number in range(400)]


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5])
def test_replay_rows_are_the_asked_share_of_all_train_rows_in_any_order(share: float) -> None:
    found = replay.chosen(GENERAL, share, 300, 0, set())
    assert abs(len(found) / (300 + len(found)) - share) < 0.005
    assert replay.chosen(GENERAL[::-1], share, 300, 0, set()) == found
    assert replay.chosen(GENERAL, share, 300, 1, set()) != found


def test_a_test_row_is_never_replayed_and_what_is_not_there_cannot_be() -> None:
    tested = {digest("question 7"), digest("QUESTION  8")}
    found = replay.chosen(GENERAL, 0.9, 10_000, 0, tested)
    assert len(found) == 398
    assert not {"replay_007", "replay_008"} & {row.name for row in found}
