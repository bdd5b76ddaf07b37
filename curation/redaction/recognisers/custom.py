"""A task's own recognisers: patterns that people write, run in linear time whatever they wrote.

They run in RE2, which pyarrow carries: no pattern can make it slow, and it takes a whole batch of texts in
one call. What RE2 lacks (back-references, looking around) is refused when the policy is written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from curation.redaction.spans import Found

if TYPE_CHECKING:
    from curation.redaction.policy import CustomRecogniser

_OPEN, _CLOSE = "\ufdd0", "\ufdd1"
"""Set around each match: characters that no text may carry (Unicode 23.7, noncharacters)."""
_MARK = re.compile(f"[{_OPEN}{_CLOSE}]")


def fault_of(pattern: str) -> str:
    """What is wrong with a pattern; "" if it can be used."""
    import pyarrow
    import pyarrow.compute

    try:
        matches_nothing = pyarrow.compute.match_substring_regex(pyarrow.array([""]), pattern)[0].as_py()
    except pyarrow.ArrowInvalid as fault:
        return str(fault)
    return "it also matches where there is nothing" if matches_nothing else ""


def custom_found(recogniser: CustomRecogniser, texts: Sequence[str]) -> list[list[Found]]:
    """What a recogniser of the task finds in each text, in characters."""
    import pyarrow
    import pyarrow.compute

    plain = [_MARK.sub("\ufffd", text).encode("utf-8", "replace").decode() for text in texts]
    flags = "(?i)" if recogniser.ignore_case else ""
    marked = pyarrow.compute.replace_substring_regex(
        pyarrow.array(plain, pyarrow.large_string()),
        f"{flags}({recogniser.pattern})",
        rf"{_OPEN}\1{_CLOSE}",
    )
    return [_spans(text, recogniser.name) if _OPEN in text else [] for text in marked.to_pylist()]


def _spans(marked: str, name: str) -> list[Found]:
    found: list[Found] = []
    start = 0
    for number, mark in enumerate(_MARK.finditer(marked)):
        place = mark.start() - number
        if mark[0] == _OPEN:
            start = place
        elif place > start:
            found.append(Found(start, place, name, 1.0, name))
    return found
