"""Near copies that stand in different clusters: the search keeps them, and what they draw out."""

from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from rapidfuzz import fuzz

from curation import corpus, duplicates
from curation.duplicates.clusters import searched
from curation.duplicates.linking import Link, links_among
from curation.duplicates.normal import normal_form
from storage import artifacts
from storage.project import Project
from tests.curation import sample_task
from tests.curation.duplicates.test_search import publish

TASK = sample_task.NAME
FIRST = "one two three four five six seven eight nine ten eleven twelve"
MIDDLE = FIRST.replace("twelve", "dozens")
LAST = MIDDLE.replace("one two", "uno due")
"""The first and the last are both near the middle one, and not near each other."""
CHAIN = (FIRST, MIDDLE, LAST, "Tea", MIDDLE.upper())


def pairs(links: list[Link]) -> set[frozenset[int]]:
    """Which positions share a link."""
    return {
        frozenset((one, other))
        for (one, number), (other, again) in combinations(links, 2)
        if number == again and one != other
    }


def test_a_copy_that_is_near_another_cluster_keeps_a_link_to_it() -> None:
    found = searched(CHAIN)
    assert [each.cluster for each in found.placed] == [0, 0, 1, 2, 0]
    assert {frozenset((1, 2)), frozenset((2, 4))} <= pairs(found.links)
    assert not any({0, 2} <= pair for pair in pairs(found.links))
    assert searched(CHAIN, threshold=1).links == []


def test_what_crosses_clusters_and_what_does_not_are_all_the_pairs_there_are() -> None:
    dice = Random(4)
    words = FIRST.split()
    texts = [" ".join(dice.choice((word, word, word, word[::-1])) for word in words) for _ in range(120)]
    forms = [normal_form(text) for text in texts]
    near = {
        frozenset(pair)
        for pair in combinations(range(len(texts)), 2)
        if fuzz.ratio(forms[pair[0]], forms[pair[1]]) >= 90
    }
    assert near <= pairs(links_among(texts, 0.9)) | same(forms)
    found = searched(texts)
    clusters = [each.cluster for each in found.placed]
    crossing = {pair for pair in near if len({clusters[position] for position in pair}) == 2}
    assert len(crossing) > 10
    assert crossing <= pairs(found.links)


def same(forms: list[str]) -> set[frozenset[int]]:
    return {
        frozenset(pair) for pair in combinations(range(len(forms)), 2) if forms[pair[0]] == forms[pair[1]]
    }


@pytest.fixture
def chained(project_with_database: Project) -> Project:
    """The chain searched, its middle held out."""
    sample_task.made(project_with_database)
    publish(project_with_database, CHAIN[:4], held_out=1)
    duplicates.search(project_with_database, TASK)
    return project_with_database


def record(number: int) -> str:
    return str(sample_task.record(1000 + number)["record_id"])


def trainable(project: Project) -> list[str]:
    return [each.record_id for each in corpus.read(project, TASK).trainable]


def test_what_is_nearly_the_same_as_a_held_out_record_is_drawn_out_with_it(chained: Project) -> None:
    assert trainable(chained) == [record(3)]
    found = duplicates.summary(chained, TASK)
    assert found is not None
    assert (found.clusters, found.copies, found.drawn_out) == (1, 1, 2)


def test_taking_apart_what_is_nearly_the_same_as_a_held_out_record_lets_it_train_no_more_than_before(
    chained: Project,
) -> None:
    duplicates.apart(chained, TASK, [record(0)], "ann")
    assert trainable(chained) == [record(3)]
    [stated] = duplicates.standing(chained, TASK)
    manifest = duplicates.undo(chained, TASK, stated.seq, "ann")
    assert set(artifacts.read_table(manifest, "links.parquet")["link"].to_pylist()) == {0}
