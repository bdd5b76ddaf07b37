"""The simple answers a student has to beat: the majority class, and TF-IDF with logistic regression.

Both learn from the train rows of the dataset version and nothing else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

Predict = Callable[[Sequence[str]], list[str]]


def input_text(inputs: Mapping[str, str]) -> str:
    """A record's input columns as one text, in the order of their names; empty ones left out."""
    return "\n".join(inputs[name] for name in sorted(inputs) if inputs[name])


def majority(labels: Sequence[str]) -> str:
    """The most frequent label; of equally frequent ones the first in alphabetical order.

    Raises ValueError for no labels.
    """
    if not labels:
        raise ValueError("a majority needs at least one label")
    counted = Counter(labels)
    return min(counted, key=lambda label: (-counted[label], label))


def tfidf(texts: Sequence[str], labels: Sequence[str]) -> Predict:
    """Fit TF-IDF (words and word pairs, sublinear) with logistic regression (C=10); return its answerer.

    scikit-learn computes both. With a single class among `labels` the answer is always that class.
    Raises ValueError for no texts or unequal lengths.
    """
    if not texts or len(texts) != len(labels):
        raise ValueError(f"{len(texts)} texts for {len(labels)} labels")
    if len(set(labels)) == 1:
        only = labels[0]
        return lambda unseen: [only] * len(unseen)
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True),
        LogisticRegression(C=10.0, max_iter=1000),
    )
    model.fit(list(texts), list(labels))
    return lambda unseen: [str(label) for label in model.predict(list(unseen))] if unseen else []
