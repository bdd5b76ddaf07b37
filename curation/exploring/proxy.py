"""A small, fast classifier that stands for the student where only a first idea is needed. Pure.

Words and pairs of words weighed by TF-IDF, and a logistic regression on them: seconds where the
student takes hours. It tells which labels look wrong and how accuracy grows with labels, not how
good the student will be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]
Probabilities = npt.NDArray[np.float64]

FOLDS = 5
MOST_WORDS = 50_000
COMPARED_CHARACTERS = 2_000
"""Of each text the beginning is read."""
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
WORD = rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+"
"""A word; in scripts that set no spaces between words each character, so that a pair of them is a word."""


@dataclass(frozen=True)
class Labelled:
    """Texts with their labels as codes into `classes`, and a group number per text.

    Copies of one record are one group: they are learned from, or asked about, together.
    """

    counts: Any  # scipy.sparse.csr_matrix (texts, words)
    codes: Codes  # (texts,)
    groups: Codes  # (texts,)
    classes: tuple[str, ...]


def prepared(texts: Sequence[str], labels: Sequence[str], groups: Sequence[Hashable]) -> Labelled:
    """The texts as word counts. All texts share one vocabulary; it is made without looking at labels."""
    from sklearn.feature_extraction.text import CountVectorizer

    numbers = {group: number for number, group in enumerate(dict.fromkeys(groups))}
    classes = tuple(sorted(set(labels)))
    codes = {label: code for code, label in enumerate(classes)}
    counter = CountVectorizer(
        token_pattern=WORD, ngram_range=(1, 2), max_features=MOST_WORDS, dtype=np.float32
    )
    try:
        counts = counter.fit_transform([text[:COMPARED_CHARACTERS] for text in texts])
    except ValueError:  # no text has a word
        from scipy.sparse import csr_matrix

        counts = csr_matrix((len(texts), 1), dtype=np.float32)
    return Labelled(
        counts,
        np.array([codes[label] for label in labels], np.int64),
        np.array([numbers[group] for group in groups], np.int64),
        classes,
    )


def frequent_classes(
    labels: Sequence[str], groups: Sequence[Hashable], *, least: int, most: int
) -> tuple[set[str], list[tuple[str, int]]]:
    """The labels with at least `least` groups each, at most `most` of them; and the others with theirs.

    A group counts for the label of its first member.
    """
    first: dict[Hashable, str] = {}
    for group, label in zip(groups, labels, strict=True):
        first.setdefault(group, label)
    counts = Counter(first.values())
    ordered = sorted(set(labels), key=lambda label: (-counts[label], label))
    kept = {label for label in ordered[:most] if counts[label] >= least}
    return kept, [(label, counts[label]) for label in ordered if label not in kept]


def folds(labelled: Labelled, count: int, seed: int) -> Iterator[tuple[Codes, Codes]]:
    """`count` times the rows to learn from and those to ask about; no group stands in both.

    Classes are spread evenly, a group counting as the class of its first row.
    """
    from sklearn.model_selection import StratifiedKFold

    _, first = np.unique(labelled.groups, return_index=True)  # group numbers are 0…n-1
    splits = StratifiedKFold(count, shuffle=True, random_state=seed)
    for _, asked in splits.split(np.zeros(len(first)), labelled.codes[first]):
        is_asked = np.isin(labelled.groups, asked)
        yield np.flatnonzero(~is_asked), np.flatnonzero(is_asked)


def probabilities(labelled: Labelled, learned: Codes, asked: Codes) -> Probabilities:
    """The probability of each class for the rows `asked`, after learning from the rows `learned`.

    Shape `(asked, classes)`, rows sum to 1; a class that was not learned has probability 0.
    """
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.linear_model import LogisticRegression

    found = np.zeros((len(asked), len(labelled.classes)))
    codes = labelled.codes[learned]
    known, times = np.unique(codes, return_counts=True)
    counts = labelled.counts[learned]
    seen = np.flatnonzero(counts.getnnz(axis=0))
    if len(known) == 1 or not len(seen):
        found[:, known] = times / len(codes)
        return found
    weights = TfidfTransformer(sublinear_tf=True)
    model = LogisticRegression(C=10.0, max_iter=200, tol=1e-3)
    model.fit(weights.fit_transform(counts[:, seen]), codes)
    found[:, model.classes_] = model.predict_proba(weights.transform(labelled.counts[asked][:, seen]))
    return found


def out_of_sample(labelled: Labelled, *, count: int = FOLDS, seed: int = 0) -> Probabilities:
    """For every row the probability of each class by a model that learned from no copy of it."""
    found = np.zeros((len(labelled.codes), len(labelled.classes)))
    for learned, asked in folds(labelled, count, seed):
        found[asked] = probabilities(labelled, learned, asked)
    return found
