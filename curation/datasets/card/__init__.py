"""The card of a dataset: the README that the Hugging Face Hub and a stranger read."""

from curation.datasets.card.readme import dataset_card

__all__ = ["dataset_card"]
