"""Error tags that rules propose for a teacher's output: a person confirms or drops each.

A task says which tag a rule proposes (`rules` of its definition): one of the rules in `rules.RULES`,
or a pattern of the task's own.
"""

from curation.proposals.proposing import ProposedTag, of
from curation.proposals.rules import RULES

__all__ = ["RULES", "ProposedTag", "of"]
