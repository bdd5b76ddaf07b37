"""Duplicates against brute force: what rapidfuzz finds over all pairs is what the fast search finds."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz, process

from curation.duplicates import find_duplicates
from curation.duplicates.candidates import MOST_TEXTS, candidate_pairs
from curation.duplicates.clusters import searched
from curation.duplicates.normal import normal_form
from curation.sample import product_categories
from storage.errors import InvalidInput

WORDS = (
    "red blue wok pan kettle steel with lid for two and a new old tea cup box jar of glass the wide deep "
    "induction oven safe garden chair wooden sturdy compact charger cable speaker warm coat"
).split()


def test_copies_share_a_number_and_numbers_count_from_the_first() -> None:
    texts = ["Red wok, 28 cm", "Tea", "RED  WOK 28 cm!", "A very long kettle story", "tea.", "Tee shirt"]
    assert find_duplicates(texts) == [0, 1, 0, 2, 1, 3]


@pytest.mark.parametrize(
    "texts", [[], [""], ["", ""], ["!", "?"], ["a"] * 5, ["\U0001fad6"] * 2, ["日本", "日本 "]]
)
def test_edges(texts: list[str]) -> None:
    folded = [normal_form(text) for text in texts]
    found = find_duplicates(texts)
    assert [found[left] == found[right] for left, right in combinations(range(len(texts)), 2)] == [
        one == other for one, other in combinations(folded, 2)
    ]


def test_texts_of_punctuation_alone_are_not_all_the_same() -> None:
    assert find_duplicates(["!!!", "???", "!!!"]) == [0, 1, 0]


@pytest.mark.parametrize("threshold", [0.5, 1.01, -1.0, float("nan")])
def test_a_threshold_of_no_use_is_refused(threshold: float) -> None:
    with pytest.raises(InvalidInput, match="threshold for duplicates"):
        find_duplicates(["a"], threshold=threshold)


def test_at_threshold_one_only_exact_copies_count() -> None:
    texts = ["a red wok with a lid", "A red wok, with a lid", "a red wok with a li"]
    assert find_duplicates(texts, threshold=1) == [0, 0, 1]


def changed(text: str, rng: Random) -> str:
    """`text` with one change of the kinds that copies have."""
    words = text.split()
    place = rng.randrange(len(words))
    kind = rng.randrange(5)
    if kind == 0:
        words[place] = words[place].upper()
    elif kind == 1 and len(words) > 1:
        words.pop(place)
    elif kind == 2:
        words.insert(place, rng.choice(WORDS))
    elif kind == 3:
        other = rng.randrange(len(words))
        words[place], words[other] = words[other], words[place]
    else:
        words[place] = words[place][:-1] + rng.choice("aeiou")
    return " ".join(words)


@st.composite
def collections_with_copies(draw: st.DrawFn) -> list[str]:
    rng = Random(draw(st.integers(0, 2**32)))
    length = draw(st.integers(2, 40))
    originals = [" ".join(rng.choices(WORDS, k=max(2, length + rng.randint(-3, 3)))) for _ in range(25)]
    copies = [changed(rng.choice(originals), rng) for _ in range(25)]
    texts = originals + copies + [changed(text, rng) for text in copies[:10]]
    rng.shuffle(texts)
    return texts


@settings(deadline=None, max_examples=60)
@given(collections_with_copies(), st.sampled_from([0.8, 0.9, 0.95]))
def test_every_member_is_close_to_its_keeper_and_to_no_other_earlier_one(
    texts: list[str], threshold: float
) -> None:
    forms = [normal_form(text) for text in texts]
    placed = searched(texts, threshold=threshold).placed
    keepers = sorted({where.keeper for where in placed})
    for position, where in enumerate(placed):
        ratio = fuzz.ratio(forms[position], forms[where.keeper]) / 100
        assert where.similarity == pytest.approx(ratio, abs=1e-6)
        assert ratio >= threshold
        assert where.exact == (forms[position] == forms[where.keeper])
        assert placed[where.keeper].keeper == where.keeper <= position
    for left, right in combinations(keepers, 2):
        assert fuzz.ratio(forms[left], forms[right]) < threshold * 100


def brute_force(forms: Sequence[str], threshold: float) -> set[tuple[int, int]]:
    ratios = process.cdist(forms, forms, scorer=fuzz.ratio, score_cutoff=threshold * 100)
    left, right = np.nonzero(ratios)
    return {(int(one), int(other)) for one, other in zip(left, right, strict=True) if one < other}


def as_set(pairs: np.ndarray[tuple[int, int], np.dtype[np.int64]]) -> set[tuple[int, int]]:
    return {(int(left), int(right)) for left, right in pairs}


def corpus(count: int, words: tuple[int, int], seed: int) -> list[str]:
    """Texts of made-up words (frequent and rare, as in a language), one in ten a copy with a change."""
    rng = Random(seed)
    letters = "etaoinshrdlucmfwypvbgk"
    vocabulary = ["".join(rng.choices(letters, k=rng.randint(2, 9))) for _ in range(4_000)]
    weights = [1 / (rank + 5) for rank in range(len(vocabulary))]
    originals = [
        " ".join(rng.choices(vocabulary, weights, k=rng.randint(*words))) for _ in range(count * 9 // 10)
    ]
    return originals + [changed(rng.choice(originals), rng) for _ in range(count - len(originals))]


@pytest.mark.parametrize(
    ("count", "words", "recall"), [(1_500, (30, 70), 0.995), (3_000, (8, 20), 0.995), (3_000, (3, 8), 0.98)]
)
def test_nearly_every_pair_that_brute_force_finds_is_a_candidate(
    count: int, words: tuple[int, int], recall: float
) -> None:
    forms = list(dict.fromkeys(map(normal_form, corpus(count, words, seed=1))))
    expected = brute_force(forms, 0.9)
    found = as_set(candidate_pairs(forms, 0.9))
    assert len(expected) > 60
    assert len(expected & found) >= recall * len(expected)
    assert len(found) < 200 * len(forms)  # of 4.5 million pairs


def test_candidates_come_once_and_in_order_whatever_the_order_of_the_texts() -> None:
    forms = list(dict.fromkeys(map(normal_form, corpus(1_600, (8, 40), seed=2))))
    order = list(range(len(forms)))
    Random(3).shuffle(order)
    straight = candidate_pairs(forms, 0.9)
    shuffled = candidate_pairs([forms[position] for position in order], 0.9)
    assert len(as_set(straight)) == len(straight)
    assert (straight[:, 0] < straight[:, 1]).all()
    near = brute_force(forms, 0.9)
    back = {tuple(sorted((order[left], order[right]))) for left, right in as_set(shuffled)}
    assert near & as_set(straight) == near & back


def test_a_chain_of_small_changes_does_not_make_one_cluster() -> None:
    rng = Random(5)
    chain = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz ", k=200))]
    for step in range(1, 40):
        previous = list(chain[-1])
        previous[step * 5 : step * 5 + 5] = rng.choices("ABCDEFGHIJKLMNOP".lower(), k=5)
        chain.append("".join(previous))
    placed = searched(chain, threshold=0.9).placed
    forms = [normal_form(text) for text in chain]
    assert fuzz.ratio(forms[0], forms[-1]) < 50
    assert 3 < len({where.cluster for where in placed}) < 20
    for position, where in enumerate(placed):
        assert fuzz.ratio(forms[position], forms[where.keeper]) >= 90


def test_ten_thousand_texts_of_one_mould_end_soon() -> None:
    rng = Random(6)
    texts = [
        f"Order {rng.randrange(10**6)} was shipped on day {rng.randrange(400)} by van" for _ in range(10_000)
    ]
    found = find_duplicates(texts)
    assert len(found) == 10_000
    assert len(set(found)) < 2_000


def test_more_texts_than_can_be_numbered_are_refused() -> None:
    class Many(list[str]):
        def __len__(self) -> int:
            return MOST_TEXTS

    with pytest.raises(ValueError, match="16,777,216"):
        candidate_pairs(Many(), 0.9)


def test_the_copies_planted_in_the_sample_are_found() -> None:
    sample = product_categories.generate()
    texts = [f"{row.title}\n{row.brand}\n{row.description}" for row in sample.listings]
    clusters = dict(zip([row.listing_id for row in sample.listings], find_duplicates(texts), strict=True))
    forms = {row.listing_id: normal_form(text) for row, text in zip(sample.listings, texts, strict=True)}
    near = [
        copy for copy in sample.copies if fuzz.ratio(forms[copy.listing_id], forms[copy.original_id]) >= 90
    ]
    found = [copy for copy in near if clusters[copy.listing_id] == clusters[copy.original_id]]
    assert len(near) > 200
    assert len(found) >= 0.98 * len(near)
