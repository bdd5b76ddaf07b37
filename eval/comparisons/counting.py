"""Votes of a comparison: read from Argilla, counted with an interval, mirrored into artifacts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from eval.comparisons import registry
from eval.comparisons.registry import WINNERS, Comparison
from eval.comparisons.voting import PREFERENCE
from eval.statistics import Interval, wilson
from storage import argilla_client, artifacts, database, locks, numbers, schemas
from storage.artifacts import Manifest
from storage.moving import origins
from storage.project import Project

TABLE = "votes.parquet"


@dataclass(frozen=True)
class Vote:
    """One person's preference on one record; `winner` is a candidate's key, or `tie`.

    `shown` is the side they chose: left, right or tie.
    """

    vote_id: str
    record_id: str
    winner: str
    shown: str
    voter: str
    voted_at: datetime


@dataclass(frozen=True)
class Tally:
    """The count. `win_rate` is the left candidate's share of votes, 0-1, ties half, with Wilson's 95%."""

    left: str
    right: str
    left_wins: int
    right_wins: int
    ties: int
    win_rate: Interval

    @property
    def votes(self) -> int:
        """All votes, ties included; several people on one record count each."""
        return self.left_wins + self.right_wins + self.ties


def votes(project: Project, comparison: Comparison) -> list[Vote]:
    """The submitted votes as they stand in Argilla now; moved ones under their first id and time."""
    found = []
    responses = list(argilla_client.connect(project).responses(comparison.argilla_id))
    with database.engine(project).connect() as connection:
        moved = origins.known(connection, [response.id for response in responses])
    for response in responses:
        shown = str(response.values.get(PREFERENCE) or "")
        if response.status != "submitted" or shown not in WINNERS:
            continue
        winner = registry.winner_of(comparison, response.external_id, shown)
        origin = moved.get(response.id)
        vote_id, voted_at = response.id, response.updated_at
        if origin is not None:
            vote_id, voted_at = origin.origin_id, origin.time_of(voted_at)
        found.append(Vote(vote_id, response.external_id, winner, shown, response.username, voted_at))
    return found


def count(comparison: Comparison, cast: Iterable[Vote]) -> Tally:
    """Count votes. Without any, the win rate is 0.5 within 0 to 1."""
    winners = [vote.winner for vote in cast]
    left, right, ties = (winners.count(name) for name in (comparison.left, comparison.right, "tie"))
    win_rate = wilson(left + ties / 2, left + right + ties)
    return Tally(comparison.left, comparison.right, left, right, ties, win_rate)


def tally(project: Project, comparison: Comparison) -> Tally:
    """The count of the votes that stand in Argilla now."""
    return count(comparison, votes(project, comparison))


def mirror(project: Project, task: str) -> Manifest | None:
    """Publish the next generation (`g0001`…) of all votes of a task, or None where nothing changed."""
    opened = registry.listing(project, task)
    if not opened:
        return None
    with database.engine(project).begin() as connection:
        locks.hold(connection, f"votes/{task}")
        previous = artifacts.listing(project, "votes", task)[-1:]
        before = [row for one in previous for row in artifacts.read_table(one, TABLE).to_pylist()]
        standing = sorted(
            (_row(comparison, vote) for comparison in opened for vote in votes(project, comparison)),
            key=lambda row: str(row["vote_id"]),
        )
        if standing == before:
            return None
        while True:
            generation = f"g{numbers.take(connection, f'votes/{task}'):04d}"
            if not (project.artifacts_dir(task, "votes") / generation).exists():
                break
        inputs = sorted({f"evaluations/{comparison.evaluation_id}" for comparison in opened})
        with artifacts.draft(project, "votes", task, generation) as draft:
            draft.write_table(TABLE, schemas.from_rows(standing, "votes"), "votes")
            return draft.publish(inputs=inputs, facts={"votes": len(standing), "comparisons": len(opened)})


def _row(comparison: Comparison, vote: Vote) -> dict[str, Any]:
    swapped = registry.swapped(comparison.comparison_id, vote.record_id)
    shown = (comparison.right, comparison.left) if swapped else (comparison.left, comparison.right)
    return {
        "vote_id": vote.vote_id,
        "comparison": comparison.comparison_id,
        "record_id": vote.record_id,
        "left": shown[0],
        "right": shown[1],
        "winner": vote.winner,
        "voter": vote.voter,
        "voted_at": vote.voted_at,
    }
