"""Steps on single characters: control and invisible ones, Unicode's normal form, white space."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import ClassVar, Literal

from pydantic import Field

from curation.cleaning.steps import Change

_CONTROL = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f"
_ZERO_WIDTH = "\u200b\u2060\ufeff"
_CONTROLS = re.compile(f"[{_CONTROL}]")
_CONTROLS_AND_ZERO_WIDTH = re.compile(f"[{_CONTROL}{_ZERO_WIDTH}]")
_BIDI = {
    "\u202a": "[LRE]", "\u202b": "[RLE]", "\u202c": "[PDF]", "\u202d": "[LRO]", "\u202e": "[RLO]",
    "\u2066": "[LRI]", "\u2067": "[RLI]", "\u2068": "[FSI]", "\u2069": "[PDI]",
}  # fmt: skip
_ANY_BIDI = re.compile(f"[{''.join(_BIDI)}]")
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007e]{1,16}\U000e007f)|[\U000e0000-\U000e007f]")
_SURROGATES = re.compile("[\ud800-\udfff]")
_CONTROL_BYTES = bytes(code for code in range(128) if _CONTROLS.match(chr(code)))
_SPACES = re.compile(r"[^\S\n ][^\S\n]*| [^\S\n]+")  # not each single space: that took most of the time
_ODD_SPACE = re.compile(r"[^\S\n ]")
_ODD_ASCII_SPACES = "\t\v\f\r\x1c\x1d\x1e\x1f"
_AROUND_BREAKS = re.compile(r" \n ?|\n ")


class Controls(Change):
    """Control characters are removed, carriage returns become line breaks.

    `zero_width` removes U+200B, U+2060 and U+FEFF; never the joiners, which emoji and Persian need.
    `bidi` says what becomes of the characters that reverse the reading order (U+202A-202E,
    U+2066-2069) and can make a text read otherwise than it is (Boucher and Anderson 2021, "Trojan
    Source"): `show` writes their names, as in [RLO]. `tags` removes the invisible letters U+E0000-E007F,
    with which instructions are hidden from people and not from models; the flags made of them stay.
    Half a surrogate pair, which no file can hold, becomes U+FFFD.
    """

    title: ClassVar[str] = "Control characters"
    leaves_plain: ClassVar[bool] = True
    step: Literal["controls"] = "controls"
    zero_width: bool = True
    bidi: Literal["keep", "remove", "show"] = "keep"
    tags: bool = False

    def apply(self, texts: Sequence[str]) -> list[str]:  # noqa: D102
        return [self._applied(_with_breaks(text)) for text in texts]

    def _applied(self, text: str) -> str:
        if text.isascii():
            return _without_ascii_controls(text)
        text = (_CONTROLS_AND_ZERO_WIDTH if self.zero_width else _CONTROLS).sub("", text)
        if _SURROGATES.search(text):
            text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        if self.bidi != "keep":
            shown = self.bidi == "show"
            text = _ANY_BIDI.sub(lambda found: _BIDI[found[0]] if shown else "", text)
        return _TAGS.sub(r"\1", text) if self.tags else text


class Nfc(Change):
    """Unicode's composed form: an e with its accent beside it becomes one letter.

    It should come after the control characters are gone, since one of them may stand between the two.
    """

    title: ClassVar[str] = "One form for each letter (Unicode NFC)"
    leaves_plain: ClassVar[bool] = True
    step: Literal["nfc"] = "nfc"

    def apply(self, texts: Sequence[str]) -> list[str]:  # noqa: D102
        return [text if text.isascii() else unicodedata.normalize("NFC", text) for text in texts]


class WhiteSpace(Change):
    """One space between words, none at an end, no more than `most_blank_lines` between lines.

    Without `line_breaks` the whole text becomes one line.
    """

    title: ClassVar[str] = "White space"
    leaves_plain: ClassVar[bool] = True
    step: Literal["white_space"] = "white_space"
    line_breaks: bool = True
    most_blank_lines: int = Field(default=1, ge=0, le=10)

    @property
    def leaves_lines(self) -> bool:
        """Where lines stay lines, and one blank line between two may stay."""
        return self.line_breaks and self.most_blank_lines > 0

    def apply(self, texts: Sequence[str]) -> list[str]:  # noqa: D102
        if not self.line_breaks:
            return [" ".join(text.split()) for text in texts]
        most = "\n" * (self.most_blank_lines + 1)
        too_many = re.compile(rf"\n{{{len(most) + 1},}}")
        return [self._with_lines(_spaced(_with_breaks(text)), most, too_many) for text in texts]

    def _with_lines(self, text: str, most: str, too_many: re.Pattern[str]) -> str:
        if " \n" in text or "\n " in text:
            text = _AROUND_BREAKS.sub("\n", text)
        if most + "\n" in text:
            text = too_many.sub(most, text)
        return text.strip()


def _without_ascii_controls(text: str) -> str:
    """An ASCII text without control characters; looked through at once, since most have none."""
    kept = text.encode("ascii").translate(None, _CONTROL_BYTES)
    return text if len(kept) == len(text) else kept.decode("ascii")


def _spaced(text: str) -> str:
    """`text` with one space for every run of blanks; one with single spaces only is left at once."""
    if "  " not in text:
        odd = any(map(text.__contains__, _ODD_ASCII_SPACES)) if text.isascii() else _ODD_SPACE.search(text)
        if not odd:
            return text
    return _SPACES.sub(" ", text)


def _with_breaks(text: str) -> str:
    """`text` with line feeds for every kind of carriage return."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text
