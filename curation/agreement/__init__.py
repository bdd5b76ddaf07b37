"""Agreement: how far people who decided on the same records agree, by question and by pair."""

from curation.agreement.measuring import Measure, QueueAgreement, agreements

__all__ = ["Measure", "QueueAgreement", "agreements"]
