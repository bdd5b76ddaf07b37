"""The filter by quality: rules that were published for cleaning web text, each with its threshold.

The thresholds are Gopher's (Rae et al. 2021, appendix A.1.1) but for three: placeholder text is
C4's rule (Raffel et al. 2020), and for letters and capitals no published threshold was found: ours
are loose, to be tightened where the preview shows that they may be.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from curation.cleaning.repetition import any_repeated_run, most_frequent_run, repeated_lines, repeated_runs
from curation.cleaning.steps import Filter

MOST_FREQUENT_RUN = {2: 0.20, 3: 0.18, 4: 0.16}
REPEATED_RUNS = {5: 0.15, 6: 0.14, 7: 0.13, 8: 0.12, 9: 0.11, 10: 0.10}
LEAST_LETTERS_FOR_CAPITALS = 20
LEAST_LINES = 3
_SYMBOLS = re.compile(r"#|\.\.\.|…")
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_UPPER, _LOWER = string.ascii_uppercase.encode(), string.ascii_lowercase.encode()
_BULLETS = ("•", "‣", "▪", "◦", "●", "*", "-")
_ELLIPSES = ("...", "…")


class Quality(Filter):
    """Texts that read like debris are rejected; each rule is off when its threshold is None.

    `least_letters` is a share of the characters other than white space, `most_capitals` of the
    letters that have two cases, in texts of twenty such letters and more. `most_symbols` counts "#"
    and ellipses per word. All rules but those on letters, capitals and placeholders judge texts of
    `from_words` words and more (Gopher, for which they were made, has none shorter than 50), and none in
    scripts that set no spaces (Chinese, Japanese, Thai, Lao, Burmese, Khmer); those on lines judge
    texts of three lines and more.
    """

    title: ClassVar[str] = "Quality rules"
    step: Literal["quality"] = "quality"
    least_letters: float | None = Field(default=0.2, ge=0, le=1)
    most_capitals: float | None = Field(default=0.95, ge=0, le=1)
    least_words_with_letters: float | None = Field(default=0.8, ge=0, le=1)
    most_symbols: float | None = Field(default=0.1, ge=0)
    least_mean_word: float | None = Field(default=3, ge=0)
    most_mean_word: float | None = Field(default=10, ge=0)
    most_bullet_lines: float | None = Field(default=0.9, ge=0, le=1)
    most_ellipsis_lines: float | None = Field(default=0.3, ge=0, le=1)
    most_repeated_lines: float | None = Field(default=0.3, ge=0, le=1)
    most_repeated_line_characters: float | None = Field(default=0.2, ge=0, le=1)
    repeated_words: bool = True
    placeholder: bool = True
    from_words: int = Field(default=50, ge=1)

    def reasons(self, texts: Sequence[str]) -> list[str | None]:  # noqa: D102
        return [next(self._faults(text), None) for text in texts]

    def _faults(self, text: str) -> Iterator[str]:
        if self.placeholder and "lorem ipsum" in text.lower():
            yield 'It has the placeholder text "lorem ipsum".'
        yield from self._of_characters(text)
        words = text.split()
        if len(words) < self.from_words or _writes_no_words(text):
            return
        yield from self._of_words(text, words)
        lines = [line.strip() for line in text.split("\n") if line.strip()]
        if len(lines) >= LEAST_LINES:
            yield from self._of_lines(lines)
        yield from self._of_runs(words)

    def _of_characters(self, text: str) -> Iterator[str]:
        visible = sum(map(len, text.split()))
        letters, upper, lower = _letters(text)
        if visible and _under(letters / visible, self.least_letters):
            yield _sentence(letters / visible, "of its characters are letters", "least", self.least_letters)
        if upper + lower >= LEAST_LETTERS_FOR_CAPITALS and _over(upper / (upper + lower), self.most_capitals):
            yield _sentence(
                upper / (upper + lower), "of its letters are capitals", "most", self.most_capitals
            )

    def _of_words(self, text: str, words: Sequence[str]) -> Iterator[str]:
        lettered = sum(word.isalpha() or any(map(str.isalpha, word)) for word in words) / len(words)
        if _under(lettered, self.least_words_with_letters):
            yield _sentence(lettered, "of its words have a letter", "least", self.least_words_with_letters)
        symbols = len(_SYMBOLS.findall(text)) / len(words)
        if _over(symbols, self.most_symbols):
            yield f"It has {symbols:.2f} hashes and ellipses a word; {self.most_symbols:g} is the most."
        mean = sum(map(len, words)) / len(words)
        if _under(mean, self.least_mean_word):
            yield f"Its words have {mean:.1f} characters on average; {self.least_mean_word:g} is the least."
        if _over(mean, self.most_mean_word):
            yield f"Its words have {mean:.1f} characters on average; {self.most_mean_word:g} is the most."

    def _of_lines(self, lines: Sequence[str]) -> Iterator[str]:
        bullets = sum(line.startswith(_BULLETS) for line in lines) / len(lines)
        if _over(bullets, self.most_bullet_lines):
            yield _sentence(bullets, "of its lines are bullet points", "most", self.most_bullet_lines)
        trailing = sum(line.endswith(_ELLIPSES) for line in lines) / len(lines)
        if _over(trailing, self.most_ellipsis_lines):
            yield _sentence(trailing, "of its lines end in an ellipsis", "most", self.most_ellipsis_lines)
        times, characters = repeated_lines(lines)
        if _over(times, self.most_repeated_lines):
            yield _sentence(times, "of its lines stood before", "most", self.most_repeated_lines)
        most = self.most_repeated_line_characters
        if _over(characters, most):
            yield _sentence(characters, "of its characters are in lines that stood before", "most", most)

    def _of_runs(self, words: Sequence[str]) -> Iterator[str]:
        for n in range(2, 11) if self.repeated_words else ():
            if not any_repeated_run(words, n):
                return  # nor does any longer one
            one, most = most_frequent_run(words, n), MOST_FREQUENT_RUN.get(n, 1.0)
            if one > most:
                yield _sentence(one, f"of its characters are in one run of {n} words", "most", most)
            every, most = repeated_runs(words, n), REPEATED_RUNS.get(n, 1.0)
            if every > most:
                yield _sentence(every, f"of its characters are in repeated runs of {n} words", "most", most)


def _letters(text: str) -> tuple[int, int, int]:
    """How many letters, capital and small letters it has."""
    if text.isascii():  # a hundred times as fast
        written = text.encode()
        upper, lower = (len(written) - len(written.translate(None, case)) for case in (_UPPER, _LOWER))
        return upper + lower, upper, lower
    return sum(map(str.isalpha, text)), sum(map(str.isupper, text)), sum(map(str.islower, text))


def _under(value: float, least: float | None) -> bool:
    return least is not None and value < least


def _over(value: float, most: float | None) -> bool:
    return most is not None and value > most


def _sentence(share: float, what: str, bound: str, threshold: float | None) -> str:
    return f"{share:.1%} {what}; {threshold:.1%} is the {bound}."


def _writes_no_words(text: str) -> bool:
    return not text.isascii() and 2 * len(_UNSPACED.findall(text)) > sum(map(str.isalpha, text))
