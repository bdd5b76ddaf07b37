"""Agreement: how far people who decided on the same records agree, by question and by pair."""

from curation.agreement.baseline import HumanBaseline, human_baseline
from curation.agreement.measuring import Measure, QueueAgreement, agreements, suggestion_pull
from curation.agreement.pull import Pull

__all__ = [
    "HumanBaseline", "Measure", "Pull", "QueueAgreement", "agreements", "human_baseline", "suggestion_pull",
]  # fmt: skip
