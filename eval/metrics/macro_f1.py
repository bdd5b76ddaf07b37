"""Macro-F1: F1 per class, every class weighing the same however rare it is."""

from __future__ import annotations

from collections.abc import Sequence

from eval.metrics.pairs import check_pairs


def macro_f1(predictions: Sequence[str | None], references: Sequence[str]) -> float:
    """Mean over the classes that occur among `references` of their F1, 0-1, higher is better.

    F1 of a class is 2·TP / (2·TP + FP + FN), by scikit-learn. A class nobody predicted scores 0.
    None, or a label that occurs in no reference, is a miss for the reference's class and opens no
    class of its own. Raises ValueError for no rows or unequal lengths.
    """
    check_pairs(predictions, references)
    from sklearn.metrics import f1_score  # 0.6 s to import: not before it is needed

    codes = {label: code for code, label in enumerate(sorted(set(references)))}
    outside = len(codes)
    given = [outside if label is None else codes.get(label, outside) for label in predictions]
    wanted = [codes[label] for label in references]
    return float(f1_score(wanted, given, labels=list(range(len(codes))), average="macro", zero_division=0.0))
