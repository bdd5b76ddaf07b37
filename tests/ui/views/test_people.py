from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from storage import people
from storage.project import Project
from tests.ui.people import somebody
from tests.ui.views.conftest import Opened, said
from ui import sign_in

pytestmark = pytest.mark.argilla


def keys_of(page: AppTest, prefix: str) -> list[str]:
    return [str(button.key) for button in page.button if str(button.key).startswith(prefix)]


def secret(page: AppTest) -> str:
    (shown,) = page.code
    return str(shown.value)


def test_somebody_is_invited_and_the_password_is_shown_once(house: Project, opened: Opened) -> None:
    page = opened("people")
    page.text_input(key="people.name").input("ines-" + house.name)
    page.button(key="people.send").click().run()
    assert f"ines-{house.name} may sign in now, as annotator" in said(page)
    assert sign_in.enter(house, "ines-" + house.name, secret(page)).person.role == "annotator"
    page.run()
    assert not page.code


def test_an_admin_sees_owners_and_cannot_manage_or_make_them(house: Project, opened: Opened) -> None:
    boss = somebody(house, "owner", "boss")
    page = opened("people", role="admin")
    assert boss.username in said(page)
    assert f"people.open.{people.get(house, boss.username).user_id}" not in keys_of(page, "people.open")
    assert page.selectbox(key="people.role").options == [
        "Annotator: reviews and votes",
        "Admin: runs the whole loop",
    ]


def test_a_person_is_shut_out_and_brought_back(house: Project, opened: Opened) -> None:
    ann = somebody(house, "annotator", "ann")
    user_id = people.get(house, ann.username).user_id
    page = opened("people", person=user_id)
    page.button(key=f"people.deactivate.{user_id}").click().run()
    assert sign_in.person_of(house, ann.cookie) is None
    assert not people.get(house, ann.username).active
    page.button(key=f"people.back.{user_id}").click().run()
    assert sign_in.enter(house, ann.username, secret(page))


def test_a_role_is_changed_on_the_page(house: Project, opened: Opened) -> None:
    ann = somebody(house, "annotator", "ann")
    user_id = people.get(house, ann.username).user_id
    page = opened("people", person=user_id)
    page.selectbox(key=f"people.role.{user_id}").select("admin").run()
    page.button(key=f"people.set_role.{user_id}").click().run()
    assert not page.error
    assert ann.person(house).role == "admin"


def test_a_person_managing_themselves_finds_no_way_to_shut_themselves_out(
    house: Project, opened: Opened
) -> None:
    opened("people")
    me = people.get(house, f"owner-{house.name}").user_id
    page = opened("people", person=me)
    assert keys_of(page, f"people.deactivate.{me}") == []
    assert keys_of(page, f"people.set_role.{me}") == []


def test_api_keys_are_masked_on_every_page_that_has_one(house: Project, opened: Opened) -> None:
    ann = somebody(house, "annotator", "ann")
    shown = said(opened("people"))
    assert f"API key ····{ann.api_key[-4:]}" in shown
    assert ann.api_key not in shown


@pytest.mark.parametrize("address", ["people", "audit", "settings", "train", "datasets"])
def test_an_annotator_who_knows_the_address_reads_why_the_page_stays_shut(
    opened: Opened, address: str
) -> None:
    page = opened(address, role="annotator")
    (refusal,) = page.error
    assert "is signed in as annotator and may not" in refusal.value.replace("\\", "")
    assert len(page.title) == 1
    assert not page.text_input
    assert [box.key for box in page.selectbox] in ([], ["shell.task"])


def test_a_password_of_ones_own_is_chosen(house: Project, opened: Opened) -> None:
    opened("people")
    page = opened("account", role="annotator")
    from storage import argilla_client

    argilla_client.connect(house).set_password(f"annotator-{house.name}", "the first one")
    page.text_input(key="account.current").input("the first one")
    page.text_input(key="account.chosen").input("one of my own")
    page.text_input(key="account.again").input("one of my ow")
    page.button(key="account.change").click().run()
    assert "are not the same" in page.error[0].value
    page.text_input(key="account.current").input("the first one")
    page.text_input(key="account.chosen").input("one of my own")
    page.text_input(key="account.again").input("one of my own")
    page.button(key="account.change").click().run()
    assert not page.error
    assert sign_in.enter(house, f"annotator-{house.name}", "one of my own")
