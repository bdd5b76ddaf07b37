"""The test set of redaction: texts in eleven languages with every identifier's place and type known.

`examples(seed, size)` makes the same texts for the same seed. Recognisers are developed on
`DEVELOPED_ON` and judged on `JUDGED_ON`. Four texts in ten hold no identifier at all, and most
of the others hold look-alikes beside it, so that precision means something.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from faker import Faker

from tests.curation.redaction import identifiers, look_alikes, mutations

DEVELOPED_ON = 11
JUDGED_ON = 2_026
WITHOUT_IDENTIFIER = 0.4


def _read(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


_SEEN, _UNSEEN = _read("sentences.toml"), _read("sentences_unseen.toml")
_SENTENCES = _SEEN | _UNSEEN
LOCALES, UNSEEN_LOCALES = tuple(_SEEN), tuple(_UNSEEN)
"""The languages recognisers were developed on, and four others, written once the recognisers stood."""


@dataclass(frozen=True)
class Planted:
    """An identifier in a text: the characters [start, end), and what it is."""

    start: int
    end: int
    type: str


@dataclass(frozen=True)
class Example:
    """A text and every identifier in it, in order of place."""

    text: str
    planted: tuple[Planted, ...]
    locale: str


def examples(seed: int, size: int, locales: Sequence[str] = LOCALES) -> Iterator[Example]:
    """`size` texts, the locales in turn, the types of a locale equally often; always the same for a seed."""
    dice = Random(seed)
    fakers = {locale: Faker(locale, use_weighting=False) for locale in locales}
    for number, fake in enumerate(fakers.values()):
        fake.seed_instance(seed * 1_000 + number)
    turns = {locale: _types(locale) for locale in locales}
    for number in range(size):
        locale = locales[number % len(locales)]
        types: list[str] = []
        if dice.random() >= WITHOUT_IDENTIFIER:
            types = [turns[locale][(number // len(locales)) % len(turns[locale])]]
            if dice.random() < 0.25:
                types.append(dice.choice(turns[locale]))
        yield _example(fakers[locale], dice, types)


def _types(locale: str) -> list[str]:
    return [each for each in _SENTENCES[locale] if each not in ("plain", "dates", "months")]


def _example(fake: Faker, dice: Random, types: list[str]) -> Example:
    locale = fake.locales[0]
    parts: list[tuple[str, Planted | None]] = [_with_identifier(fake, dice, each) for each in types]
    parts += [(_plain(fake, dice), None) for _ in range(dice.randrange(1, 4))]
    parts += [(str(fake.paragraph(nb_sentences=2)), None) for _ in range(dice.randrange(0, 3))]
    dice.shuffle(parts)
    between = dice.choice((" ", " ", " ", "\n", "\n\n"))
    text, planted = "", []
    for sentence, found in parts:
        if text:
            text += between
        if found:
            planted.append(Planted(len(text) + found.start, len(text) + found.end, found.type))
        text += sentence
    return Example(text, tuple(planted), locale)


def _with_identifier(fake: Faker, dice: Random, type_: str) -> tuple[str, Planted]:
    known = _SENTENCES[fake.locales[0]]
    if type_ == "date_of_birth":
        value = identifiers.date_of_birth(known["dates"], known.get("months", "").split(), dice)
    else:
        value = identifiers.MAKERS[type_](fake, dice)
        chosen = dice.choices(list(mutations.MUTATIONS), weights=list(mutations.MUTATIONS.values()))[0]
        value = chosen(type_, value, dice)
    before, after = dice.choice(known[type_]).split("{}")
    left, right = mutations.surrounded(value, dice)
    start = len(before) + len(left)
    return f"{before}{left}{value}{right}{after}", Planted(start, start + len(value), type_)


def _plain(fake: Faker, dice: Random) -> str:
    sentence = str(dice.choice(_SENTENCES[fake.locales[0]]["plain"]))
    for name, make in look_alikes.MAKERS.items():
        while f"{{{name}}}" in sentence:
            sentence = sentence.replace(f"{{{name}}}", make(fake, dice), 1)
    return sentence
