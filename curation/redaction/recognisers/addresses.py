"""E-mail addresses: as written properly, with blanks about the "@", or spelled out against harvesters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from curation.redaction.recognisers.hosts import is_top_level, without_file_names
from curation.redaction.spans import CERTAIN, LIKELY, WEAK, Found
from curation.redaction.subject import Subject

LONGEST_LOCAL = 64
"""Characters before the "@" (RFC 5321, 4.5.3.1.1)."""

LETTERS = "A-Za-z0-9\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0370-\u03ff\u0400-\u052f"
"""Letters and digits of scripts that leave spaces between words: others may touch an address."""

_SIGN = re.compile(r"@|[\[({<] ?(?:at|AT|At|ät|@) ?[\])}>]")
_LOCAL = re.compile(rf"[{LETTERS}._%+'-]{{1,{LONGEST_LOCAL}}}")
_DOT = r"(?:\.|[ ]?[\[(](?:dot|DOT|\.)[\])][ ]?)"
_DOMAIN = re.compile(
    rf"(?:[{LETTERS}][{LETTERS}-]{{0,62}}{_DOT}){{1,8}}(?:xn--[A-Za-z0-9-]{{1,59}}|[{LETTERS}]{{2,24}})"
)
_BLANK = " \t\n\r"


def emails(subject: Subject) -> Iterator[Found]:
    """The e-mail addresses. An unknown top-level domain is doubtful; a file's name is none."""
    text = subject.text
    if not subject.signs.at:
        return
    for sign in _SIGN.finditer(text):
        left = _local_start(text, sign.start())
        domain = _DOMAIN.match(text, _past_blanks(text, sign.end()))
        if left is None or domain is None:
            continue
        start, before_sign = left
        spaced = before_sign < sign.start() or domain.start() > sign.end()
        end, known = _domain_end(domain)
        if known:
            yield Found(start, end, "email", LIKELY if spaced else CERTAIN, "email")
        elif not spaced and sign[0] == "@" and without_file_names(domain[0]):
            yield Found(start, end, "email", WEAK, "email, unknown domain")


def _local_start(text: str, sign: int) -> tuple[int, int] | None:
    """Where the local part before a sign starts and ends; at most two blanks part it from the sign."""
    end = sign
    while end > 0 and sign - end < 2 and text[end - 1] in _BLANK:
        end -= 1
    backwards = _LOCAL.match(text[max(0, end - LONGEST_LOCAL) : end][::-1])
    if backwards is None:
        return None
    local = backwards[0][::-1].lstrip(".'%+-")
    return (end - len(local), end) if local else None


def _past_blanks(text: str, start: int) -> int:
    end = start
    while end < len(text) and end - start < 2 and text[end] in _BLANK:
        end += 1
    return end


def _domain_end(domain: re.Match[str]) -> tuple[int, bool]:
    """Where a domain ends, and whether its last label is a top-level one; words run on to it are cut off."""
    whole = domain[0]
    end = len(whole)
    while end > 0:
        head, dot, last = whole[:end].rpartition(".")
        if not dot:
            break
        if is_top_level(last.rstrip("])").strip()):
            return domain.start() + end, True
        end = len(head)
    return domain.end(), is_top_level(re.split(r"[ \])]", whole)[-1])
