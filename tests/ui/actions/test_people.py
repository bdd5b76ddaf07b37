"""Accounts on the real Argilla: what opens and what does not, before and after each change."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from storage import argilla_client, audit, people
from storage.argilla_client import ArgillaClient
from storage.argilla_client.shapes import Role
from storage.errors import Conflict, InvalidInput, NotAllowed, NotFound, UserError
from storage.project import Project
from storage.services import argilla
from tests.ui.people import Somebody, somebody
from ui import sign_in
from ui.actions import people as act
from ui.sign_in import Person

pytestmark = pytest.mark.argilla


@pytest.fixture
def boss(house: Project) -> Somebody:
    """An owner of the project's, who is not the account that Understudy works with."""
    return somebody(house, "owner", "boss")


def opens(house: Project, who: Somebody) -> dict[str, bool]:
    """What of somebody's opens anything: password, session, Argilla's token, API key."""

    def lets(try_it: object) -> bool:
        try:
            return bool(try_it())  # type: ignore[operator]
        except NotAllowed:
            return False

    by_token = argilla_client.connect(house, token=who.token)
    by_key = ArgillaClient(argilla.url(house), api_key=who.api_key)
    return {
        "password": lets(lambda: argilla_client.connect(house).sign_in(who.username, who.password)),
        "session": sign_in.person_of(house, who.cookie) is not None,
        "token": lets(by_token.me),
        "key": lets(by_key.me),
    }


ALL_OPEN = dict.fromkeys(("password", "session", "token", "key"), True)
ALL_SHUT = dict.fromkeys(("password", "session", "token", "key"), False)


def account(house: Project, who: Somebody) -> people.Account:
    return people.get(house, who.username)


def lines(house: Project, kind: str = "people") -> Sequence[tuple[str, str, str]]:
    return [
        (each.actor, each.action, each.subject) for each in audit.listing(house, audit.Filters(kind=kind))
    ]


def test_somebody_invited_signs_in_with_the_password_that_is_shown_once(
    house: Project, boss: Somebody
) -> None:
    by = boss.person(house)
    password = act.invite(house, by, "ines-" + house.name, "annotator")
    assert len(password) >= 20
    entered = sign_in.enter(house, "ines-" + house.name, password)
    assert entered.person.role == "annotator"
    (found,) = [each for each in act.listing(house, by) if each.username == "ines-" + house.name]
    assert (found.role, found.workspaces, found.active) == ("annotator", (house.name,), True)
    assert found.seen_at is not None
    assert lines(house) == [(boss.username, "people.invite", "ines-" + house.name)]


@pytest.mark.parametrize("name", ["", "a", "with space", "tab\t", "x" * 65, "a/b", "<b>", "\x00ab", "-lead"])
def test_a_name_that_cannot_be_typed_is_refused(house: Project, boss: Somebody, name: str) -> None:
    with pytest.raises(InvalidInput, match="cannot be a name"):
        act.invite(house, boss.person(house), name, "annotator")


def test_a_name_is_given_once_whatever_its_case(house: Project, boss: Somebody) -> None:
    with pytest.raises(Conflict, match="already"):
        act.invite(house, boss.person(house), boss.username.upper(), "annotator")


def test_a_workspace_that_is_not_there_is_refused_before_anything_is_made(
    house: Project, boss: Somebody
) -> None:
    with pytest.raises(NotFound, match="no workspace"):
        act.invite(house, boss.person(house), "ines-" + house.name, "annotator", ["nowhere"])
    with pytest.raises(NotFound):
        people.get(house, "ines-" + house.name)


def test_a_deactivated_person_comes_in_nowhere_at_once(own_house: Project) -> None:
    boss, ann = somebody(own_house, "owner", "boss"), somebody(own_house, "annotator", "ann")
    assert opens(own_house, ann) == ALL_OPEN
    act.deactivate(own_house, boss.person(own_house), ann.username)
    assert opens(own_house, ann) == ALL_SHUT
    found = account(own_house, ann)
    assert (found.active, found.role, found.deactivated_by) == (False, "annotator", boss.username)
    assert found.workspaces == (own_house.name,)


def test_in_an_external_argilla_only_the_api_key_lives_on_and_sees_nothing(
    house: Project, boss: Somebody
) -> None:
    admin = somebody(house, "admin")
    act.deactivate(house, boss.person(house), admin.username)
    assert opens(house, admin) == {**ALL_SHUT, "key": True}
    by_key = ArgillaClient(argilla.url(house), api_key=admin.api_key)
    assert by_key.me().role == "annotator"
    assert by_key.my_workspaces() == []
    with pytest.raises(UserError, match="cannot be replaced from here"):
        act.replace_key(house, boss.person(house), boss.username)


def test_a_person_brought_back_is_what_they_were(own_house: Project) -> None:
    boss, admin = somebody(own_house, "owner", "boss"), somebody(own_house, "admin")
    by = boss.person(own_house)
    act.deactivate(own_house, by, admin.username)
    password = act.reactivate(own_house, by, admin.username)
    assert opens(own_house, admin) == {**ALL_SHUT, "token": True}  # it is the same account again
    entered = sign_in.enter(own_house, admin.username, password)
    assert entered.person.role == "admin"
    assert account(own_house, admin).workspaces == (own_house.name,)
    with pytest.raises(Conflict, match="not deactivated"):
        act.reactivate(own_house, by, admin.username)


def test_deactivating_again_finishes_what_was_begun(own_house: Project) -> None:
    boss, ann = somebody(own_house, "owner", "boss"), somebody(own_house, "annotator", "ann")
    user_id = ann.person(own_house).user_id
    argilla_client.connect(own_house).shut(user_id, ann.username)  # and then the process died
    assert opens(own_house, ann)["key"] is True
    act.deactivate(own_house, boss.person(own_house), ann.username)
    assert opens(own_house, ann) == ALL_SHUT


def test_the_name_of_a_deactivated_person_is_kept_for_them(house: Project, boss: Somebody) -> None:
    ann = somebody(house, "annotator", "ann")
    act.deactivate(house, boss.person(house), ann.username)
    with pytest.raises(Conflict, match="already") as refused:
        act.invite(house, boss.person(house), ann.username, "annotator")
    assert "Bring it back" in refused.value.next_step


def test_a_name_that_argilla_gave_to_somebody_else_meanwhile_is_not_taken_from_them(
    house: Project, boss: Somebody
) -> None:
    ann = somebody(house, "annotator", "ann")
    act.deactivate(house, boss.person(house), ann.username)
    argilla_client.connect(house).create_user(ann.username, "another person", "annotator", [house.name])
    shut = next(each for each in people.listing(house) if each.username == ann.username and not each.active)
    with pytest.raises(Conflict, match="Somebody else is called"):
        people.reactivate(house, shut)


def test_a_reset_password_ends_the_sessions_and_the_wait(house: Project, boss: Somebody) -> None:
    ann = somebody(house, "annotator", "ann")
    for _ in range(5):
        with pytest.raises(NotAllowed):
            sign_in.enter(house, ann.username, "wrong password")
    password = act.reset_password(house, boss.person(house), ann.username)
    assert sign_in.person_of(house, ann.cookie) is None
    assert sign_in.enter(house, ann.username, password).person.username == ann.username
    with pytest.raises(NotAllowed, match="do not match"):
        sign_in.enter(house, ann.username, ann.password)


def test_a_new_api_key_ends_the_old_one_and_only_its_end_is_ever_listed(own_house: Project) -> None:
    boss, ann = somebody(own_house, "owner", "boss"), somebody(own_house, "annotator", "ann")
    key = act.replace_key(own_house, boss.person(own_house), ann.username)
    assert opens(own_house, ann) == {**ALL_OPEN, "key": False}
    assert ArgillaClient(argilla.url(own_house), api_key=key).me().username == ann.username
    found = account(own_house, ann)
    assert found.key_hint == key[-4:]
    assert key not in repr(found)


def test_a_new_role_reaches_the_running_session_at_once(house: Project, boss: Somebody) -> None:
    ann = somebody(house, "annotator", "ann")
    act.set_role(house, boss.person(house), ann.username, "admin")
    assert ann.person(house).may("run")
    act.set_role(house, boss.person(house), ann.username, "annotator")
    assert not ann.person(house).may("run")
    changed = audit.listing(house, audit.Filters(kind="people.set_role"))
    assert [each.facts for each in changed] == [
        {"before": "admin", "role": "annotator"},
        {"before": "annotator", "role": "admin"},
    ]


def test_somebody_taken_out_of_the_project_is_signed_out_of_it(house: Project, boss: Somebody) -> None:
    ann = somebody(house, "annotator", "ann")
    argilla_client.connect(house).ensure_workspace("elsewhere")
    act.set_workspaces(house, boss.person(house), ann.username, ["elsewhere"])
    assert sign_in.person_of(house, ann.cookie) is None
    assert account(house, ann).workspaces == ("elsewhere",)


@pytest.mark.parametrize("what", ["set_role", "deactivate", "reset_password", "set_workspaces", "reactivate"])
def test_an_admin_changes_nothing_about_an_owner(house: Project, boss: Somebody, what: str) -> None:
    by = somebody(house, "admin").person(house)
    rest: dict[str, tuple[object, ...]] = {"set_role": ("annotator",), "set_workspaces": ([house.name],)}
    with pytest.raises(NotAllowed, match="is an owner"):
        getattr(act, what)(house, by, boss.username, *rest.get(what, ()))
    assert opens(house, boss) == ALL_OPEN


def test_an_admin_makes_no_owners_and_decides_about_no_other_workspace(house: Project) -> None:
    by, ann = somebody(house, "admin").person(house), somebody(house, "annotator", "ann")
    argilla_client.connect(house).ensure_workspace("elsewhere")
    with pytest.raises(NotAllowed, match="may not make owners"):
        act.invite(house, by, "ines-" + house.name, "owner")
    with pytest.raises(NotAllowed, match="may not make owners"):
        act.set_role(house, by, ann.username, "owner")
    with pytest.raises(NotAllowed, match="may not decide about elsewhere"):
        act.invite(house, by, "ines-" + house.name, "annotator", ["elsewhere"])
    with pytest.raises(NotAllowed, match="may not decide about elsewhere"):
        act.set_workspaces(house, by, ann.username, [house.name, "elsewhere"])
    assert act.invite(house, by, "ines-" + house.name, "admin")


def test_nobody_shuts_themselves_out_or_changes_their_own_role(house: Project, boss: Somebody) -> None:
    admin = somebody(house, "admin")
    for who, role in ((boss, "admin"), (admin, "annotator")):
        by = who.person(house)
        with pytest.raises(NotAllowed, match="cannot deactivate yourself"):
            act.deactivate(house, by, who.username)
        with pytest.raises(NotAllowed, match="cannot change your own role"):
            act.set_role(house, by, who.username, role)  # type: ignore[arg-type]
        assert opens(house, who) == ALL_OPEN


@pytest.mark.parametrize("what", ["set_role", "deactivate", "replace_key"])
def test_the_account_that_understudy_works_with_stays(house: Project, boss: Somebody, what: str) -> None:
    rest = ("admin",) if what == "set_role" else ()
    with pytest.raises(NotAllowed, match="works with"):
        getattr(act, what)(house, boss.person(house), "owner", *rest)


def test_the_last_owner_stays_even_when_two_take_each_others_role(
    house: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair = [somebody(house, "owner", name) for name in ("boss", "chief")]
    names = {each.username for each in pair}
    everybody = ArgillaClient.users

    def the_pair(client: ArgillaClient) -> list[object]:
        # the account that Understudy works with is an owner too and can never go: look past it
        return [user for user in everybody(client) if user.username in names]

    monkeypatch.setattr(ArgillaClient, "users", the_pair)

    def demote(by: Somebody, whom: Somebody) -> bool:
        try:
            people.set_role(house, people.get(house, whom.username), "annotator")
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        done = list(pool.map(demote, pair, reversed(pair)))
    assert sorted(done) == [False, True]
    last = next(each for each in people.listing(house) if each.role == "owner")
    with pytest.raises(Conflict, match="last owner"):
        people.deactivate(house, last, "somebody")


def test_a_password_of_ones_own_needs_the_old_one_and_ends_the_other_sessions(house: Project) -> None:
    ann = somebody(house, "annotator", "ann")
    here = sign_in.enter(house, ann.username, ann.password)
    session_id = sign_in.session_of(house, here.cookie)
    with pytest.raises(NotAllowed, match="do not match"):
        act.change_password(house, here.person, "wrong password", "my own words", session_id=session_id)
    with pytest.raises(InvalidInput, match="cannot be used"):
        act.change_password(house, here.person, ann.password, "short", session_id=session_id)
    act.change_password(house, here.person, ann.password, "my own words", session_id=session_id)
    assert sign_in.person_of(house, here.cookie) is not None
    assert sign_in.person_of(house, ann.cookie) is None
    assert sign_in.enter(house, ann.username, "my own words")
    assert "my own words" not in str(audit.listing(house))


def test_answers_of_a_deactivated_person_keep_the_name(house: Project, boss: Somebody) -> None:
    ann = somebody(house, "annotator", "ann")
    act.deactivate(house, boss.person(house), ann.username)
    users = {user.id: user for user in argilla_client.connect(house).users()}
    found = account(house, ann)
    assert users[found.user_id].username == ann.username
    assert not users[found.user_id].active


def test_the_command_line_may_do_what_an_owner_may(house: Project) -> None:
    from ui.actions.registry import command_line

    by: Person = command_line("command line")
    role: Role = "owner"
    assert act.invite(house, by, "cli-" + house.name, role)
    assert lines(house) == [("command line", "people.invite", "cli-" + house.name)]
