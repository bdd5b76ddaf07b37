from __future__ import annotations

import pytest
from sqlalchemy import text

from storage import audit, database
from storage.project import Project
from tests.curation import sample_task
from tests.ui.views.conftest import Opened, said
from ui.actions import every_action
from ui.actions import tasks as act
from ui.actions.registry import command_line
from ui.views.audit_words import KINDS, deed

pytestmark = pytest.mark.argilla


LEAVE_NO_LINE = (
    "audit.read", "import.discard", "import.read_rejects", "people.list", "preparing.done",
    "preparing.preview", "preparing.try", "redaction.contexts", "redaction.waiting",
)  # fmt: skip
"""Reading that pages do whenever they are drawn, and a copy of an address that is fetched again."""


@pytest.fixture
def busy(house: Project) -> Project:
    """A log of sixty sign-outs by Bob and a task made by the command line."""
    for _ in range(60):
        audit.append(house, actor="bob", action="session.close")
    act.create(house, command_line("command line"), sample_task.TASK)
    return house


def test_every_action_has_words_and_a_kind() -> None:
    for name in every_action():
        assert name.partition(".")[0] in KINDS, name
        if name not in LEAVE_NO_LINE:
            assert deed(name, "it") not in (name, f"{name} it"), name


def test_the_newest_lines_come_first_and_older_ones_on_the_next_page(busy: Project, opened: Opened) -> None:
    page = opened("audit")
    shown = said(page)
    assert "command line made the task shelf" in shown.replace("*", "")
    assert "60" not in [caption.value for caption in page.caption if caption.value == "1"]
    page.button(key="audit.older").click().run()
    assert "made the task" not in said(page)
    page.button(key="audit.newest").click().run()
    assert "made the task" in said(page)


def test_lines_are_filtered(busy: Project, opened: Opened) -> None:
    page = opened("audit")
    page.selectbox(key="audit.who").select("command line").run()
    assert "bob signed out" not in said(page).replace("*", "")
    page.text_input(key="audit.words").input("nothing like it").run()
    assert "Nothing fits" in said(page)


def test_the_check_says_that_all_is_well_and_which_line_is_not(busy: Project, opened: Opened) -> None:
    page = opened("audit")
    page.button(key="audit.check").click().run()
    assert "stand as they were written" in page.success[0].value
    with database.engine(busy).begin() as connection:
        connection.execute(text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        connection.execute(text("UPDATE audit SET actor = 'ann' WHERE seq = 7"))
        connection.execute(text("ALTER TABLE audit ENABLE TRIGGER ALL"))
    page.button(key="audit.check").click().run()
    assert "Line 7 was altered" in page.error[0].value.replace("\\", "")
