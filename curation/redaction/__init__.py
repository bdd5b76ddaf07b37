"""Redaction: identifiers of people found in texts, and masked, replaced by pseudonyms, reported or kept.

Most are found by their form and their check digits, in linear time and without a model; names and
places only where a spaCy model is installed. `safe_harbor` says what that covers and what not.
"""

from curation.redaction.identifiers import IDENTIFIERS, Identifier, words_of
from curation.redaction.policy import LEAST_REPORTED, Action, CustomRecogniser, Policy
from curation.redaction.recognisers.custom import custom_found as matches
from curation.redaction.recognisers.model import installed_model
from curation.redaction.redacted import Redacted, Span
from curation.redaction.redactor import NO_RULINGS, Redactor, Ruling
from curation.redaction.safe_harbor import SAFE_HARBOR, Standing, standings

__all__ = [
    "IDENTIFIERS",
    "LEAST_REPORTED",
    "NO_RULINGS",
    "SAFE_HARBOR",
    "Action",
    "CustomRecogniser",
    "Identifier",
    "Policy",
    "Redacted",
    "Redactor",
    "Ruling",
    "Span",
    "Standing",
    "installed_model",
    "matches",
    "standings",
    "words_of",
]
