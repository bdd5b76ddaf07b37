"""A corpus with planted near-duplicates, made by a seeded die: texts of several kinds, and their copies."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate

WORDS = 20_000
_STARTS = """
ba bre ca cha co da dri e fa flo ga glo ha i ju ka kle la ma mo na ny o pa pre qua ra ro sa ste ta tre u va
wo ya zi
""".split()
_MIDDLES = ("l", "nd", "r", "st", "m", "ck", "tt", "v", "ns", "g", "p", "rt", "b", "lm", "s")
_ENDS = ("a", "er", "ing", "ed", "ion", "y", "le", "ous", "en", "um", "ish", "ate", "o", "ism", "al", "et")
_COMMON = """
the of and to in is that it was for on are with as his they be at one have this from or had by not but what
some we can out other were all there when up use your how said an each she which do their time if will way
about many then them write would like so these her long make thing see him two has look more day could go
come did number sound no most people my over know water than call first who
""".split()
_BOILERPLATE = (
    "Sent from my phone.", "This message is for the addressee only.", "Free returns within 30 days.",
    "Kind regards, the team", "Translated automatically.", "Item ships from our warehouse in 2 days.",
)  # fmt: skip


@dataclass(frozen=True)
class Corpus:
    """Texts, and the planted pairs as positions in them: (original, copy)."""

    texts: list[str]
    planted: list[tuple[int, int]]


def made(rows: int, planted: int, seed: int = 11) -> Corpus:
    """`rows` texts of about 430 characters; `planted` of them are altered copies of others."""
    dice = random.Random(seed)
    speaker = _Speaker(dice)
    originals = [speaker.text() for _ in range(rows - planted)]
    of = [dice.randrange(len(originals)) for _ in range(planted)]
    texts = [*originals, *(altered(dice, originals[place]) for place in of)]
    order = list(range(rows))
    dice.shuffle(order)
    place_of = {before: after for after, before in enumerate(order)}
    pairs = [(place_of[place], place_of[len(originals) + number]) for number, place in enumerate(of)]
    return Corpus([texts[before] for before in order], pairs)


class _Speaker:
    """Says things: words by Zipf's law, texts of four kinds, from a title to a page."""

    def __init__(self, dice: random.Random) -> None:
        self._dice = dice
        rare = {
            dice.choice(_STARTS) + dice.choice(_MIDDLES) + dice.choice(_STARTS) + dice.choice(_ENDS)
            for _ in range(2 * WORDS)
        }
        self._words = [*_COMMON, *dice.sample(sorted(rare), WORDS - len(_COMMON))]
        self._weights = list(accumulate(1 / (rank + 2) for rank in range(len(self._words))))

    def text(self) -> str:
        kinds = ((0.25, self._title), (0.35, self._message), (0.25, self._report), (0.15, self._listing))
        return self._dice.choices([kind for _, kind in kinds], [share for share, _ in kinds])[0]()

    def _said(self, words: int) -> list[str]:
        return self._dice.choices(self._words, cum_weights=self._weights, k=words)

    def _title(self) -> str:
        return " ".join(self._said(self._dice.randint(5, 14))).capitalize()

    def _sentences(self, least: int, most: int) -> str:
        return " ".join(
            " ".join(self._said(self._dice.randint(6, 18))).capitalize() + self._dice.choice(".....?!")
            for _ in range(self._dice.randint(least, most))
        )

    def _message(self) -> str:
        return f"Hello, {self._sentences(2, 6)}"

    def _report(self) -> str:
        return "\n\n".join(self._sentences(3, 6) for _ in range(self._dice.randint(2, 4)))

    def _listing(self) -> str:
        number, price = self._dice.randrange(10**6), self._dice.randrange(100, 99_999) / 100
        return f"{self._title()} | no. {number} | {price:.2f} EUR | {self._sentences(1, 4)}"


def altered(dice: random.Random, text: str) -> str:
    """A copy as copies come: mistyped, in other case, words swapped, cut short, or with a line added."""
    return dice.choice(_ALTERATIONS)(dice, text)


def _mistyped(dice: random.Random, text: str) -> str:
    letters = list(text)
    for _ in range(max(1, len(text) * dice.randint(5, 30) // 1000)):
        place = dice.randrange(len(letters))
        letters[place] = dice.choice(("", letters[place] * 2, dice.choice("aeiounrst")))
    return "".join(letters)


def _in_other_case(dice: random.Random, text: str) -> str:
    cased = dice.choice((str.upper, str.lower, str.title))(text)
    return cased.translate({ord(sign): None for sign in dice.choice((".,", "!?", ".,!?|"))})


def _swapped(dice: random.Random, text: str) -> str:
    words = text.split(" ")
    for _ in range(max(1, len(words) // 40)):
        place = dice.randrange(max(1, len(words) - 1))
        words[place : place + 2] = reversed(words[place : place + 2])
    return " ".join(words)


def _cut_short(dice: random.Random, text: str) -> str:
    return text[: max(8, len(text) * dice.randint(85, 98) // 100)]


def _with_a_line(dice: random.Random, text: str) -> str:
    line = dice.choice(_BOILERPLATE)
    return f"{text}\n{line}" if dice.random() < 0.7 else f"{line}\n{text}"


_ALTERATIONS: tuple[Callable[[random.Random, str], str], ...] = (
    _mistyped, _in_other_case, _swapped, _cut_short, _with_a_line,
)  # fmt: skip
