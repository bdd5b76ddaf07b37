"""The step that makes text of HTML: what a reader of the page would see, line by line.

lxml reads the mark-up as a stream, without a tree. Libraries that lay out a whole page were tried:
inscriptis silently loses everything nested deeper than 256 elements, which one unclosed `<font>` per
line of a mail reaches, and Lexbor's tree took ten seconds for 300 kB of unclosed lists.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from html.entities import html5
from typing import ClassVar, Literal

from curation.cleaning.steps import Change

MOST_LAYERS = 4
"""Text that was escaped more often than this loses its `<` and `&`."""

_PARAGRAPHS = frozenset("p h1 h2 h3 h4 h5 h6 ul ol dl table blockquote pre figure hr".split())
_LINES = frozenset(
    "article aside body br caption dd details div dt fieldset figcaption footer form header legend li main "
    "nav option section summary tbody tfoot thead tr".split()
)
_CELLS = frozenset({"td", "th"})
_HIDDEN = frozenset("script style head title template noscript noembed noframes iframe object".split())
_CERTAIN = (
    "html|head|body|p|br|hr|div|span|a|b|i|u|s|em|strong|small|big|sub|sup|font|center|h[1-6]|ul|ol|li|dl|dt|dd|"
    "table|thead|tbody|tfoot|tr|td|th|img|script|style|meta|link|form|button|select|option|textarea|iframe|"
    "blockquote|pre|section|article|header|footer|nav|noscript"
)
"""Names that are tags wherever they stand in angle brackets; `<name>` or `<time>` may be placeholders."""
_ATTRIBUTES = r"\s{1,1000}+(?:[a-z@:_][^<>]{0,5000}+)?"
_TAG = re.compile(rf"</?(?:{_CERTAIN})(?:{_ATTRIBUTES}|/)?>|<!--|<!doctype\s", re.IGNORECASE)
_ENTITY = re.compile(r"&(#[0-9]{1,7};|#[xX][0-9a-fA-F]{1,6};|[a-zA-Z][a-zA-Z0-9]{1,31};)")
_SPACES = re.compile(r"\s+")
_MANY_BREAKS = re.compile(r"\n{3,}")


class Html(Change):
    """HTML becomes the text that it shows: scripts, styles and comments go, blocks and rows become lines.

    Entities are resolved, in texts without tags too ("Fish &amp; chips"). A text without any tag or
    entity stays as it is, whatever angle brackets it has.
    """

    title: ClassVar[str] = "HTML to text"
    libraries: ClassVar[tuple[str, ...]] = ("lxml",)
    step: Literal["html"] = "html"

    def apply(self, texts: Sequence[str]) -> list[str]:  # noqa: D102
        return [_text_of(text) if "<" in text or "&" in text else text for text in texts]


def _text_of(text: str) -> str:
    """The text shown; what it shows may be HTML again, where it was escaped."""
    for _ in range(MOST_LAYERS):
        if _TAG.search(text):
            text = _shown(text)
        elif _has_entity(text):
            text = _ENTITY.sub(_resolved, text)
        else:
            return text
    if _TAG.search(text) or _has_entity(text):
        text = text.replace("<", " ").replace("&", " ")
    return text


def _has_entity(text: str) -> bool:
    return any(_resolved(found) != found[0] for found in _ENTITY.finditer(text))


def _resolved(found: re.Match[str]) -> str:
    return html.unescape(found[0]) if found[1][0] == "#" or found[1] in html5 else found[0]


def _shown(text: str) -> str:
    from lxml.etree import HTMLParser  # 0.05 s: not at the start

    page = _Page()
    parser = HTMLParser(target=page, huge_tree=True)
    parser.feed(text.replace("\0", "").encode("utf-8", "replace").decode())
    parser.close()
    lines = (line.rstrip() for line in "".join(page.parts).split("\n"))
    return _MANY_BREAKS.sub("\n\n", "\n".join(lines)).strip()


class _Page:
    """Takes the stream of tags and texts; `parts` joined are the text."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._hidden = 0
        self._verbatim = 0

    def start(self, tag: str, attributes: object) -> None:
        self._hidden += tag in _HIDDEN
        self._verbatim += tag == "pre"
        self._break(tag)

    def end(self, tag: str) -> None:
        self._hidden -= tag in _HIDDEN
        self._verbatim -= tag == "pre"
        if tag in _CELLS:
            self._say(" ")
        elif tag not in ("br", "hr"):
            self._break(tag)

    def data(self, text: str) -> None:
        if self._hidden <= 0:
            self._say(text if self._verbatim > 0 else _SPACES.sub(" ", text))

    def comment(self, text: str) -> None:
        """Nobody sees it."""

    def close(self) -> None:
        """Nothing is open: `parts` has grown all along."""

    def _break(self, tag: str) -> None:
        if tag in _PARAGRAPHS:
            self.parts.append("\n\n")
        elif tag in _LINES:
            self.parts.append("\n")

    def _say(self, text: str) -> None:
        last = self.parts[-1][-1:] if self.parts else "\n"
        if last in ("\n", " ") and self._verbatim <= 0:
            text = text.lstrip(" ")
        if text:
            self.parts.append(text)
