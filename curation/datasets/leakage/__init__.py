"""Rows of one split that say what a row of another says, and the report of them."""

from curation.datasets.leakage.finding import Crossing, crossing, text_of

__all__ = ["Crossing", "crossing", "text_of"]
