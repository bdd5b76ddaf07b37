"""A policy as people write it: what is wrong with it is said in a sentence that names the place."""

from __future__ import annotations

from typing import Any

import pytest

from curation.redaction import CustomRecogniser, Policy, written
from storage.errors import InvalidInput


def test_a_policy_is_read_from_json_and_from_what_json_becomes() -> None:
    policy = Policy(
        actions={"email": "pseudonym"}, custom=(CustomRecogniser(name="order", pattern="A[0-9]+"),)
    )
    assert written.parsed(policy.model_dump(mode="json")) == policy
    assert written.parsed(policy.model_dump_json()) == policy


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"actions": {"email": "shred"}}, "policy's actions.email is 'shred'"),
        ({"actions": {"shoe_size": "mask"}}, "no kind of identifier 'shoe_size'"),
        ({"threshold": 7}, "policy's threshold is 7"),
        ({"colour": "red"}, "policy's colour is 'red'"),
        ("{", "The policy cannot be used"),
        ({"phone_regions": ["US", "UK"]}, "no telephone numbers of the country 'UK'"),
        ({"custom": [{"name": "email", "pattern": "a"}]}, "has the name of a kind that is there already"),
    ],
)
def test_what_is_wrong_with_a_policy_is_named(given: Any, said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        written.parsed(given)
    assert said in refused.value.what


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "Order no", "pattern": "a"}, "'Order no' cannot be the name"),
        ({"name": "order", "pattern": "(?=a)"}, "cannot be used"),
        ({"name": "order", "pattern": "a*"}, "matches where there is nothing"),
        ({"name": "order"}, "recogniser's pattern"),
    ],
)
def test_what_is_wrong_with_a_recogniser_is_named(given: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        written.recogniser(given)
    assert said in refused.value.what
