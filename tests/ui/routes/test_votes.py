from __future__ import annotations

import pytest

from eval import comparisons, evaluations
from eval.candidates import Recorded, Reviewer
from eval.comparisons import Comparison
from storage import jobs
from storage.project import Project
from tests.curation.sample_task import NAME
from tests.eval import frozen
from tests.ui.conftest import ORIGIN, SignedIn

HOME = {"Origin": ORIGIN}

pytestmark = pytest.mark.argilla


@pytest.fixture
def comparison(house: Project) -> Comparison:
    """The recorded teacher beside a scripted reviewer, on the held-out rows."""
    version = frozen.dataset(house).version
    chosen = [Recorded(column="teacher_v1"), Reviewer(username="scripted_reviewer_a")]
    job = evaluations.start(house, NAME, version, chosen, "owner")
    ended = jobs.run_inline(house, job.job_id)
    assert ended.artifact is not None, ended.error
    evaluation_id = ended.artifact.removeprefix("evaluations/")
    keys = [candidate.key for candidate in chosen]
    return comparisons.open_comparison(house, NAME, evaluation_id, keys[0], keys[1], "owner")


def test_a_vote_counts_for_the_person_who_gave_it_and_a_second_replaces_it(
    house: Project, comparison: Comparison, signed_in: SignedIn
) -> None:
    client = signed_in("annotator")
    pair = comparisons.pairs(house, comparison, limit=1)[0]
    for winner, client_id in (("left", "v-1"), ("tie", "v-2")):
        sent = {
            "comparison": comparison.comparison_id,
            "record_id": pair.record_id,
            "winner": winner,
            "client_id": client_id,
        }
        answer = client.post("/api/votes", json=sent, headers=HOME)
        assert answer.status_code == 200, answer.text
    (vote,) = comparisons.votes(house, comparison)
    assert (vote.voter, vote.winner) == (f"annotator-{house.name}", "tie")


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"winner": "both"}, 422), ({"record_id": "rec_none"}, 422), ({"comparison": "cmp_none"}, 404)],
)
def test_a_vote_that_cannot_stand_is_refused_and_not_counted(
    house: Project, comparison: Comparison, signed_in: SignedIn, changes: dict[str, str], status: int
) -> None:
    pair = comparisons.pairs(house, comparison, limit=1)[0]
    sent = {
        "comparison": comparison.comparison_id,
        "record_id": pair.record_id,
        "winner": "left",
        "client_id": "v-1",
    }
    assert signed_in("annotator").post("/api/votes", json=sent | changes, headers=HOME).status_code == status
    assert comparisons.votes(house, comparison) == []
