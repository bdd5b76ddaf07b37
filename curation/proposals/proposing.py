"""What the rules of a task propose for one output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import regex

from curation.proposals.rules import RULES
from curation.tasks import TagRule, Task, vocabulary

LONGEST_CHECKED = 100_000
"""Characters of an output that is looked at, and of each input: a card must not wait for its rules."""
PATTERN_LIMIT_S = 0.05
"""What a task's own pattern may take on one output; one that takes longer proposes nothing."""


@dataclass(frozen=True)
class ProposedTag:
    """An error tag that a rule proposes, and why."""

    code: str
    reason: str


def of(task: Task, inputs: Mapping[str, str], output: str) -> tuple[ProposedTag, ...]:
    """The tags proposed for an output, each once, in the order of the task's rules.

    A longer output than `LONGEST_CHECKED` gets none. Only tags that are offered are proposed; one
    that was merged is proposed as the tag it became.
    """
    if len(output) > LONGEST_CHECKED:
        return ()
    offered = {tag.code for tag in task.offered_tags}
    seen = {column: text[:LONGEST_CHECKED] for column, text in inputs.items()}
    found: dict[str, str] = {}
    for rule in task.rules:
        (code,) = vocabulary.followed(task, [rule.tag])
        if code in offered and code not in found:
            reason = _reason(rule, task, seen, output)
            if reason:
                found[code] = reason
    return tuple(ProposedTag(code, reason) for code, reason in found.items())


def _reason(rule: TagRule, task: Task, inputs: Mapping[str, str], output: str) -> str:
    if rule.name:
        return RULES[rule.name](task, inputs, output)
    try:
        match = regex.search(
            rule.pattern, output, flags=regex.IGNORECASE | regex.MULTILINE, timeout=PATTERN_LIMIT_S
        )
    except TimeoutError:
        return ""
    return f'It says "{match[0][:100]}".' if match and match[0] else ""
