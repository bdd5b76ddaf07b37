"""The step that repairs texts which were read in the wrong encoding, by ftfy."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Literal

from curation.cleaning.steps import Change

if TYPE_CHECKING:
    from ftfy import TextFixerConfig


class Mojibake(Change):
    """`schÃ¶n` becomes `schön`, by ftfy (Speer 2019); what is no damage stays.

    ftfy would also change what is right in its place; each of these is an option and off:
    `straight_quotes`, `ligatures` (ﬁ to fi) and `widths` (full-width letters to usual ones).
    Entities belong to the HTML step, control characters and the normal form to theirs.
    """

    title: ClassVar[str] = "Broken encodings (ftfy)"
    libraries: ClassVar[tuple[str, ...]] = ("ftfy",)
    leaves_plain: ClassVar[bool] = True
    step: Literal["mojibake"] = "mojibake"
    straight_quotes: bool = False
    ligatures: bool = False
    widths: bool = False

    def apply(self, texts: Sequence[str]) -> list[str]:  # noqa: D102
        import ftfy  # 0.1 s: not at the start

        config = _config(self.straight_quotes, self.ligatures, self.widths)
        return [text if text.isascii() else ftfy.fix_text(text, config) for text in texts]


@lru_cache
def _config(straight_quotes: bool, ligatures: bool, widths: bool) -> TextFixerConfig:
    from ftfy import TextFixerConfig

    return TextFixerConfig(
        explain=False,
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_line_breaks=False,
        remove_control_chars=False,
        normalization=None,
        uncurl_quotes=straight_quotes,
        fix_latin_ligatures=ligatures,
        fix_character_width=widths,
    )
