"""Side by side through the real Argilla: pairs, blind sides, votes as oneself, the count, the mirror."""

from __future__ import annotations

import pytest

from eval import comparisons, evaluations
from eval.candidates import Majority, Recorded, Reviewer
from eval.comparisons import Comparison, Pair
from storage import argilla_client, jobs, views
from storage.errors import InvalidInput
from storage.project import Project
from tests.curation.sample_task import NAME
from tests.eval import frozen
from tests.eval.conftest import Person

pytestmark = pytest.mark.argilla
TEACHER, REVIEWER, COPY = (
    "recorded:teacher_v1",
    "reviewer:scripted_reviewer_a",
    "recorded:scripted_reviewer_a",
)


@pytest.fixture
def evaluation_id(project_with_argilla: Project) -> str:
    version = frozen.dataset(project_with_argilla).version
    chosen = [
        Recorded(column="teacher_v1"),
        Reviewer(username="scripted_reviewer_a"),
        Recorded(column="scripted_reviewer_a"),
        Majority(),
    ]
    job = evaluations.start(project_with_argilla, NAME, version, chosen, "test")
    ended = jobs.run_inline(project_with_argilla, job.job_id)
    assert ended.artifact is not None, ended.error
    return ended.artifact.removeprefix("evaluations/")


@pytest.fixture
def comparison(project_with_argilla: Project, evaluation_id: str) -> Comparison:
    return comparisons.open_comparison(project_with_argilla, NAME, evaluation_id, REVIEWER, TEACHER, "owner")


def _side_of(pair: Pair, candidate: str) -> str:
    return "left" if pair.left.candidate == candidate else "right"


def test_disagreements_hold_exactly_the_pairs_whose_outputs_differ(
    project_with_argilla: Project, comparison: Comparison
) -> None:
    everything = comparisons.pairs(project_with_argilla, comparison, disagreements_only=False, limit=100)
    differing = comparisons.pairs(project_with_argilla, comparison, limit=100)
    assert len(everything) == 30
    assert differing == [pair for pair in everything if pair.differ]
    assert comparisons.counts(project_with_argilla, comparison) == (30, 14)  # 10 wrong, 4 in quotes
    assert comparisons.pairs(project_with_argilla, comparison, limit=5, offset=10) == differing[10:15]


def test_sides_change_from_record_to_record_and_stay_where_they_are(
    project_with_argilla: Project, comparison: Comparison
) -> None:
    first = comparisons.pairs(project_with_argilla, comparison, disagreements_only=False)
    again = comparisons.pairs(project_with_argilla, comparison, disagreements_only=False)
    assert first == again
    assert {pair.left.candidate for pair in first} == {TEACHER, REVIEWER}


def test_the_same_two_candidates_share_one_comparison_whichever_is_named_first(
    project_with_argilla: Project, evaluation_id: str, comparison: Comparison
) -> None:
    turned = comparisons.open_comparison(
        project_with_argilla, NAME, evaluation_id, TEACHER, REVIEWER, "owner"
    )
    assert turned == comparison
    assert comparisons.listing(project_with_argilla, NAME) == [comparison]


def test_votes_count_for_the_candidate_and_not_for_the_side(
    project_with_argilla: Project, comparison: Comparison, person: Person
) -> None:
    ann = person("ann")
    pairs = comparisons.pairs(project_with_argilla, comparison, limit=100)
    for number, pair in enumerate(pairs):
        winner = "tie" if number < 2 else _side_of(pair, REVIEWER)
        comparisons.vote(ann, project_with_argilla, comparison, pair.record_id, winner, f"c{number}")
    found = comparisons.tally(project_with_argilla, comparison)
    assert (found.left_wins, found.right_wins, found.ties) == (12, 0, 2)
    assert found.win_rate.value == pytest.approx(13 / 14)
    assert 0.6 < found.win_rate.low < found.win_rate.value < found.win_rate.high < 1.0
    cast = comparisons.votes(project_with_argilla, comparison)
    assert {vote.voter for vote in cast} == {ann.me().username}


def test_a_vote_sent_twice_counts_once_and_a_second_thought_replaces_it(
    project_with_argilla: Project, comparison: Comparison, person: Person
) -> None:
    ann, ben = person("ann"), person("ben")
    pair = comparisons.pairs(project_with_argilla, comparison)[0]
    for _ in range(2):
        comparisons.vote(ann, project_with_argilla, comparison, pair.record_id, "left", "once")
    assert comparisons.tally(project_with_argilla, comparison).votes == 1
    comparisons.vote(ann, project_with_argilla, comparison, pair.record_id, "tie", "second thought")
    comparisons.vote(ben, project_with_argilla, comparison, pair.record_id, "right", "another person")
    cast = comparisons.votes(project_with_argilla, comparison)
    assert sorted(vote.shown for vote in cast) == ["right", "tie"]


def test_the_queue_shows_a_voter_neither_the_candidates_nor_the_reference(
    project_with_argilla: Project, comparison: Comparison, person: Person
) -> None:
    shown = person("ann").pending(comparison.argilla_id, 100)
    assert len(shown) == 14
    pairs = {pair.record_id: pair for pair in comparisons.pairs(project_with_argilla, comparison, limit=100)}
    for item in shown:
        pair = pairs[item.external_id]
        assert item.fields == {"prompt": pair.prompt, "left": pair.left.output, "right": pair.right.output}
        assert not item.metadata
        assert not item.suggestions


def test_the_mirror_holds_the_votes_and_is_published_only_when_they_change(
    project_with_argilla: Project, comparison: Comparison, person: Person
) -> None:
    pair = comparisons.pairs(project_with_argilla, comparison)[0]
    side = _side_of(pair, TEACHER)
    comparisons.vote(person("ann"), project_with_argilla, comparison, pair.record_id, side, "c1")
    first = comparisons.mirror(project_with_argilla, NAME)
    assert first is not None
    assert first.artifact_id == "g0001"
    assert comparisons.mirror(project_with_argilla, NAME) is None
    (row,) = views.rows(project_with_argilla, "SELECT * FROM votes", task=NAME)
    assert (row["winner"], row["record_id"]) == (TEACHER, pair.record_id)
    assert row[side] == TEACHER
    client = argilla_client.connect(project_with_argilla)
    client.delete_response(next(client.responses(comparison.argilla_id)).id)
    second = comparisons.mirror(project_with_argilla, NAME)
    assert second is not None
    assert second.artifact_id == "g0002"
    assert views.rows(project_with_argilla, "SELECT * FROM votes", task=NAME) == []


def test_what_cannot_be_voted_on_is_refused_with_the_reason(
    project_with_argilla: Project, evaluation_id: str, comparison: Comparison, person: Person
) -> None:
    ann, project = person("ann"), project_with_argilla
    agreed = next(
        pair for pair in comparisons.pairs(project, comparison, disagreements_only=False) if not pair.differ
    )
    with pytest.raises(InvalidInput, match="said the same"):
        comparisons.vote(ann, project, comparison, agreed.record_id, "left", "c1")
    with pytest.raises(InvalidInput, match="'both' is not a vote"):
        comparisons.vote(ann, project, comparison, agreed.record_id, "both", "c1")  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="no id of its own"):
        comparisons.vote(ann, project, comparison, agreed.record_id, "left", "")
    with pytest.raises(InvalidInput, match="took no part"):
        comparisons.open_comparison(project, NAME, evaluation_id, "tfidf", TEACHER, "owner")
    with pytest.raises(InvalidInput, match="Both sides"):
        comparisons.open_comparison(project, NAME, evaluation_id, TEACHER, TEACHER, "owner")
    with pytest.raises(InvalidInput, match="said the same for every record"):
        comparisons.open_comparison(project, NAME, evaluation_id, REVIEWER, COPY, "owner")
