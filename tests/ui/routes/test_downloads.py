from __future__ import annotations

import csv
import io
import json
import tempfile
from pathlib import Path

import pytest

from curation import datasets
from curation.datasets import sharing
from curation.queues import Queue
from storage.project import Project
from tests.curation import sample_task
from tests.curation.datasets.sharing.test_sharing import say_of_teacher
from tests.ui.conftest import ORIGIN, SignedIn
from tests.ui.routes.test_reviews import decision

HOME = {"Origin": ORIGIN}

pytestmark = pytest.mark.argilla


@pytest.fixture
def frozen(labelled: Project, queue: Queue, signed_in: SignedIn) -> Project:
    """Everything approved by an annotator and frozen as v0001."""
    client = signed_in("annotator")
    for card in client.get("/api/cards", params={"queue": queue.name, "limit": "12"}).json()["cards"]:
        sent = decision(card, client_id=card["record_id"])
        assert client.post("/api/reviews", json=sent, headers=HOME).status_code == 200
    datasets.freeze(labelled, sample_task.NAME, created_by="owner")
    return labelled


@pytest.fixture
def allowed(frozen: Project) -> Project:
    """The same, of a stated licence and a teacher whose terms allow it."""
    sharing.state_licence(frozen, sample_task.NAME, "imp_a", "own", "owner")
    say_of_teacher(frozen, "allowed")
    return frozen


def test_rows_of_an_unknown_licence_do_not_leave_until_somebody_answers_for_them(
    frozen: Project, signed_in: SignedIn
) -> None:
    admin = signed_in("admin")
    refused = admin.get("/downloads/shelf/v0001/csv")
    assert refused.status_code == 422
    assert "12 of 12 rows may not be exported" in refused.json()["what"]
    sharing.answer_for(frozen, sample_task.NAME, "v0001", "A test.", "owner")
    assert admin.get("/downloads/shelf/v0001/csv").status_code == 200
    [left] = sharing.history(frozen, sample_task.NAME)
    assert (left.rows, left.overridden, left.by) == (12, True, f"admin-{frozen.name}")


def test_a_version_leaves_as_csv_and_as_chat_lines(allowed: Project, signed_in: SignedIn) -> None:
    admin = signed_in("admin")
    as_csv = admin.get("/downloads/shelf/v0001/csv")
    assert "shelf-v0001.csv" in as_csv.headers["content-disposition"]
    assert len(list(csv.DictReader(io.StringIO(as_csv.text)))) == 12
    rows = datasets.get(allowed, sample_task.NAME, "v0001").rows
    for split in ("train", "validation"):
        chat = admin.get(f"/downloads/shelf/v0001/openai-chat?split={split}")
        assert len([json.loads(line) for line in chat.text.splitlines()]) == rows[split]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("shelf/v0009/csv", 404),
        ("shelf/v0001/xlsx", 422),
        ("none/v0001/csv", 404),
        ("shelf/v0001/csv?split=all", 422),
    ],
)
def test_what_is_not_there_is_said_and_leaves_nothing_behind(
    allowed: Project, signed_in: SignedIn, path: str, status: int
) -> None:
    home = Path(tempfile.gettempdir())
    before = set(home.glob("understudy-export-*"))
    assert signed_in("admin").get(f"/downloads/{path}").status_code == status
    assert set(home.glob("understudy-export-*")) == before


def test_the_file_made_for_a_download_is_gone_afterwards(allowed: Project, signed_in: SignedIn) -> None:
    home = Path(tempfile.gettempdir())
    before = set(home.glob("understudy-export-*"))
    assert signed_in("owner").get("/downloads/shelf/v0001/parquet").content[:4] == b"PAR1"
    assert set(home.glob("understudy-export-*")) == before
