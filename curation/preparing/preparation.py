"""What every text of a task goes through: a cleaning recipe, then a redaction policy."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass

from curation import cleaning, redaction


@dataclass(frozen=True)
class Preparation:
    """A recipe and a policy. Revision 0 is the default, which is never stored."""

    recipe: cleaning.Recipe
    policy: redaction.Policy
    revision: int = 0

    def content_hash(self) -> str:
        """The first 20 hex digits of the SHA-256 of recipe and policy: the same for the same preparation.

        The revision does not count: going back to an earlier recipe gives its hash again.
        """
        both = {"recipe": self.recipe.model_dump(mode="json"), "policy": self.policy.model_dump(mode="json")}
        canonical = json.dumps(both, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()[:20]

    def differences(self, other: Preparation) -> list[str]:
        """In words, the steps and the settings of the policy in which the two differ."""
        mine, others = ({step.step: step for step in each.recipe.steps} for each in (self, other))
        steps = [f"the step {name}" for name in {**mine, **others} if mine.get(name) != others.get(name)]
        if not steps and self.recipe != other.recipe:
            steps = ["the order of the steps"]
        settings = [
            f"the policy's {name}"
            for name in redaction.Policy.model_fields
            if getattr(self.policy, name) != getattr(other.policy, name)
        ]
        return [*steps, *settings]


DEFAULT = Preparation(cleaning.DEFAULT, redaction.Policy())
"""What texts go through where nobody has said otherwise."""
