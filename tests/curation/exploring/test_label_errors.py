"""Planted label errors are found, and copies do not hide them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from curation.exploring import label_errors, likely_errors, proxy
from curation.tasks import Task
from storage import project
from storage.errors import InvalidInput
from tests.curation import sample_task
from tests.curation.exploring.made_texts import CLASSES, drawn


def planted(labels: list[str], share: float, seed: int) -> tuple[list[str], set[str]]:
    """The labels with a share of them wrong, and the ids of those."""
    dice = np.random.default_rng(seed)
    places = dice.choice(len(labels), round(share * len(labels)), replace=False).tolist()
    wrong = list(labels)
    for place in places:
        wrong[place] = CLASSES[(CLASSES.index(labels[place]) + 1 + int(dice.integers(3))) % 4]
    return wrong, {f"rec_{place}" for place in places}


def test_planted_errors_are_found_and_little_else() -> None:
    texts, right = drawn(800, seed=1, telling=0.6)
    labels, wrong = planted(right, 0.05, seed=2)
    ids = [f"rec_{place}" for place in range(800)]
    found = label_errors.find(ids, texts, labels, ids)
    named = {suspect.record_id for suspect in found.suspects}
    assert len(named & wrong) >= 0.9 * len(wrong)
    assert len(named & wrong) >= 0.7 * len(named)
    assert (found.judged, found.of, found.left_out) == (800, 800, ())
    assert 0.85 < found.accuracy < 1
    suggested = {suspect.record_id: suspect.suggested for suspect in found.suspects}
    assert sum(suggested[each] == right[int(each[4:])] for each in named & wrong) >= 0.9 * len(named & wrong)
    assert [s.confidence for s in found.suspects] == sorted(s.confidence for s in found.suspects)


def test_copies_with_the_same_wrong_label_do_not_vouch_for_each_other() -> None:
    texts, right = drawn(400, seed=3, telling=0.6)
    ids = [f"rec_{place}" for place in range(400)]
    copies = 12
    labels = list(right)
    labels[0] = next(label for label in CLASSES if label != right[0])
    ids += [f"copy_{number}" for number in range(copies)]
    texts += [texts[0]] * copies
    labels += [labels[0]] * copies
    clusters = [*ids[:400], *[ids[0]] * copies]
    apart = {suspect.record_id for suspect in label_errors.find(ids, texts, labels, clusters).suspects}
    alone = {suspect.record_id for suspect in label_errors.find(ids, texts, labels, ids).suspects}
    together = {ids[0], *ids[400:]}
    assert together <= apart
    assert not together & alone


def test_no_copy_of_what_is_asked_was_learned_from() -> None:
    texts, labels = drawn(300, seed=6)
    clusters = [number // 3 for number in range(300)]
    labelled = proxy.prepared(texts, labels, clusters)
    asked_once = np.zeros(300, int)
    for learned, asked in proxy.folds(labelled, 5, seed=0):
        assert not set(labelled.groups[learned]) & set(labelled.groups[asked])
        assert len(learned) + len(asked) == 300
        asked_once[asked] += 1
    assert (asked_once == 1).all()


def test_probabilities_sum_to_one_also_for_classes_not_learned() -> None:
    texts, labels = drawn(100, seed=7)
    labelled = proxy.prepared(texts, labels, range(100))
    only_one = np.flatnonzero(labelled.codes == 2)
    for learned in (np.arange(50), only_one):
        found = proxy.probabilities(labelled, learned, np.arange(50, 100))
        assert found.shape == (50, 4)
        assert np.allclose(found.sum(axis=1), 1)
    assert (found.argmax(axis=1) == 2).all()


def test_texts_without_words_are_no_reason_to_fail() -> None:
    labelled = proxy.prepared(["", "!"] * 20, ["a", "b"] * 20, range(40))
    assert np.allclose(proxy.out_of_sample(labelled).sum(axis=1), 1)


def test_scripts_without_spaces_have_words() -> None:
    texts = [
        ("赤い鍋と蓋" if number % 2 else "緑の茶の葉") + "日本製の商品"[number % 6] for number in range(60)
    ]
    labelled = proxy.prepared(texts, ["wok" if number % 2 else "tea" for number in range(60)], range(60))
    assert (proxy.out_of_sample(labelled).argmax(axis=1) == labelled.codes).all()


def test_labels_with_too_few_records_are_named() -> None:
    texts, labels = drawn(200, seed=8, telling=0.6)
    labels[:3] = ["Rare"] * 3
    ids = [f"rec_{place}" for place in range(200)]
    found = label_errors.find(ids, texts, labels, ids)
    assert found.left_out == (("Rare", 3),)
    assert (found.judged, found.of) == (197, 200)


@pytest.mark.parametrize(("count", "labels"), [(40, 2), (200, 1)])
def test_too_few_labels_are_refused_with_what_it_takes(count: int, labels: int) -> None:
    texts, _ = drawn(count, seed=9)
    given = [CLASSES[number % labels] for number in range(count)]
    with pytest.raises(InvalidInput, match=f"{labels} labels that occur often enough") as refused:
        label_errors.find([str(n) for n in range(count)], texts, given, range(count))
    assert "50 records" in refused.value.next_step


def test_a_task_is_read_with_its_clusters_and_without_what_is_held_out(tmp_path: Path) -> None:
    house = project.create(tmp_path / "p", "demo")
    texts, right = drawn(300, seed=10, telling=0.6)
    labels, wrong = planted(right, 0.05, seed=11)
    rows = [
        sample_task.record(place, inputs={"title": text}, held_out=place >= 290)
        for place, text in enumerate(texts)
    ]
    sample_task.publish_records(house, rows)
    sample_task.publish_duplicates(house, [["rec_0000", "rec_0001"]])
    reviews = [
        sample_task.review(f"rec_{place:04d}", "ann", output=label) for place, label in enumerate(labels)
    ]
    reviews[5] = sample_task.review("rec_0005", "ann", output=None, decision="discarded")
    sample_task.publish_reviews(
        house, [*reviews, sample_task.review("rec_0006", "bob", output="Somewhere else")]
    )
    task = Task(name=sample_task.NAME, title="Made", input_columns=("title",), labels=CLASSES)
    found = likely_errors(house, task)
    assert (found.judged, found.of) == (288, 288)
    named = {f"rec_{int(suspect.record_id[4:])}" for suspect in found.suspects}
    reachable = {each for each in wrong if int(each[4:]) not in (5, 6) and int(each[4:]) < 290}
    assert len(named & reachable) >= 0.8 * len(reachable)


def test_a_task_of_free_texts_is_refused(tmp_path: Path) -> None:
    house = project.create(tmp_path / "p", "demo")
    task = Task(name="titles", title="Titles", kind="generation", input_columns=("text",))
    with pytest.raises(InvalidInput, match="not one label per record"):
        likely_errors(house, task)
