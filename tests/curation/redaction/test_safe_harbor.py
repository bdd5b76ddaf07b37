"""The table of the eighteen says what this set-up finds, and claims nothing it does not."""

from __future__ import annotations

from importlib import resources

import pytest

from curation.redaction import IDENTIFIERS, SAFE_HARBOR, Policy, standings


def extents(policy: Policy) -> dict[str, str]:
    return {one.letter: one.extent for one in standings(policy)}


def test_there_are_the_eighteen_of_the_rule() -> None:
    assert "".join(one.letter for one in SAFE_HARBOR) == "ABCDEFGHIJKLMNOPQR"
    assert {kind for one in SAFE_HARBOR for kind in one.kinds} <= set(IDENTIFIERS)


def test_names_and_places_are_not_found_without_a_model() -> None:
    found = extents(Policy(model=None))
    assert (found["A"], found["B"]) == ("not found", "not found")
    assert (found["P"], found["Q"]) == ("not found", "not found")
    assert {found[letter] for letter in "DFNO"} == {"found"}
    assert {found[letter] for letter in "CHIJKLMR"} == {"partly"}


def test_names_and_places_are_found_in_part_with_a_model() -> None:
    found = extents(Policy(model="some_model"))
    assert (found["A"], found["B"]) == ("partly", "partly")


def test_what_the_policy_keeps_is_not_found() -> None:
    kept = Policy(model=None, actions={"email": "keep", "iban": "keep", "us_ssn": "keep"})
    by_letter = {one.letter: one for one in standings(kept)}
    assert (by_letter["F"].extent, by_letter["F"].why) == ("not found", "The policy keeps them.")
    assert (by_letter["G"].extent, by_letter["G"].why) == ("partly", "The policy keeps us_ssn.")
    assert by_letter["J"].extent == "partly"


@pytest.mark.parametrize("word", ["de-identif", "deidentif", "anonymi"])
def test_nowhere_is_more_claimed_than_redaction(word: str) -> None:
    folders = [resources.files("curation.redaction"), resources.files("curation.redaction.recognisers")]
    files = [path for folder in folders for path in folder.iterdir() if path.name.endswith((".py", ".toml"))]
    assert len(files) > 20
    assert not [path.name for path in files if word in path.read_text(encoding="utf-8").lower()]
