from __future__ import annotations

import pytest

from storage.errors import NotAllowed
from ui.sign_in import Person
from ui.sign_in.person import Action


def person(role: str) -> Person:
    return Person("u1", "ann", role, "a token")


@pytest.mark.parametrize("action", ["run", "export", "settings"])
def test_an_annotator_may_review_and_vote_and_no_more(action: Action) -> None:
    annotator = person("annotator")
    assert annotator.may("review")
    assert annotator.may("vote")
    with pytest.raises(NotAllowed) as refused:
        annotator.require(action)
    assert "ann is signed in as annotator" in refused.value.what
    assert "owner or admin" in refused.value.next_step


@pytest.mark.parametrize("role", ["owner", "admin"])
@pytest.mark.parametrize("action", ["review", "vote", "run", "export", "settings"])
def test_owners_and_admins_may_do_it_all(role: str, action: Action) -> None:
    assert person(role).require(action).role == role


@pytest.mark.parametrize("action", ["review", "vote", "run", "export", "settings"])
def test_a_role_that_is_not_known_may_do_nothing(action: Action) -> None:
    assert not person("guest").may(action)


def test_a_token_never_stands_in_a_log_line() -> None:
    assert "a token" not in repr(person("owner"))
