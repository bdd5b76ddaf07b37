"""How sure a figure is, and how far people agree. Pure.

Intervals for shares, macro-F1 and paired differences; agreement of two people or many, with
intervals over records.
"""
# ruff: noqa: A005 - `eval.statistics` is imported by its full name only

from eval.statistics.agreement import (
    Coefficient,
    Level,
    agreement,
    cohens_kappa,
    fleiss_kappa,
    krippendorffs_alpha,
    percent_agreement,
)
from eval.statistics.intervals import (
    LEVEL,
    Interval,
    MetricName,
    bootstrap_interval,
    mcnemar,
    paired_bootstrap_difference,
    wilson,
)

__all__ = [
    "LEVEL", "Coefficient", "Interval", "Level", "MetricName", "agreement", "bootstrap_interval",
    "cohens_kappa",
    "fleiss_kappa", "krippendorffs_alpha", "mcnemar", "paired_bootstrap_difference", "percent_agreement",
    "wilson",
]  # fmt: skip
