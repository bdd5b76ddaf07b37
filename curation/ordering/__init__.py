"""Which record of a queue comes next for whom: orders, leases, targets, and what stays hidden."""

from curation.ordering.orders import Order, parsed
from curation.ordering.settings import Handing, Target, change, changed, of, retargeted, target_lines

__all__ = [
    "Handing",
    "Order",
    "Target",
    "change",
    "changed",
    "of",
    "parsed",
    "retargeted",
    "target_lines",
]
