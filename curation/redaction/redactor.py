"""Redaction of texts under a task's policy.

    redactor = Redactor(Policy(actions={"email": "pseudonym"}), secret=project_secret)
    for redacted in redactor.redact_many(texts): ...

A text is searched; what stands between the places that were replaced is searched again by itself, until
nothing new is found. Masks are never searched. So what comes out holds nothing that would be found if it
were redacted again: redaction twice is redaction once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Literal, NamedTuple

from curation.redaction import masks
from curation.redaction.candidates import candidates
from curation.redaction.folding import Folded, fold
from curation.redaction.identifiers import IDENTIFIERS
from curation.redaction.policy import LEAST_REPORTED, Action, Policy
from curation.redaction.prefilter import holds_nothing
from curation.redaction.recognisers import recognisers_for
from curation.redaction.recognisers.custom import custom_found
from curation.redaction.recognisers.model import ModelRecogniser, installed_model
from curation.redaction.redacted import Redacted, Span
from curation.redaction.spans import Found, without_overlaps
from curation.redaction.subject import Subject
from curation.text_columns import texts_at

Ruling = Literal["mask", "keep"]
NO_RULINGS: Mapping[str, Ruling] = MappingProxyType({})

_MOST_ROUNDS = 20
"""How often what is left is searched again: two suffice for all but texts made to need more."""


class _Place(NamedTuple):
    """Where a text stands: in which column, at which place."""

    column: int
    at: int


class _Part(NamedTuple):
    """A stretch of a text that is searched by itself: which text, where it begins there, and what it says."""

    place: _Place
    offset: int
    text: str


class Redactor:
    """Redacts texts by one policy. `secret` (16 bytes or more) is needed for pseudonyms and for rulings.

    `rulings` say, by `value_mac`, what people found an uncertain value to be: an identifier, which is then
    treated like a certain one, or none. Raises InvalidInput for a secret that is too short,
    MissingDependency for a model without presidio.
    """

    def __init__(
        self,
        policy: Policy | None = None,
        secret: bytes = b"",
        rulings: Mapping[str, Ruling] = NO_RULINGS,
    ) -> None:
        self.policy = policy or Policy()
        self._rulings = rulings
        needs_secret = self.policy.needs_secret or bool(rulings)
        self._secret = masks.checked_secret(secret) if needs_secret else secret
        self._recognisers = recognisers_for(self.policy.phone_regions)
        types = [
            *IDENTIFIERS,
            *(each.name for each in self.policy.custom),
            *map(str.lower, self.policy.presidio),
        ]
        self._masked = masks.known_again(types)
        language, entities = self.policy.language, self.policy.presidio
        self.model = installed_model(language, self.policy.model)
        """The spaCy pipeline in use, None for none: part of how a text came about."""
        self._presidio = (
            ModelRecogniser(language=language, model=self.model, entities=entities)
            if self.model or entities
            else None
        )
        self._by_more_than_form = bool(self.policy.custom or self._presidio)

    def value_mac(self, type_: str, value: str) -> str:
        """What a ruling on a value goes by: an HMAC of its kind and its canonical form."""
        return masks.value_mac(self._secret, type_, value, self.policy.phone_regions)

    def redact(self, text: str) -> Redacted:
        """One text redacted."""
        return self.redact_many([text])[0]

    def redact_many(self, texts: Sequence[str]) -> list[Redacted]:
        """Each text redacted, in their order. Takes time linear in their length."""
        found = self.redact_where_needed(texts)
        return [found.get(number) or Redacted(text) for number, text in enumerate(texts)]

    def redact_where_needed(self, texts: Sequence[str]) -> dict[int, Redacted]:
        """The texts in which something was found, redacted, by their place; all others are as they are."""
        [found] = self.redact_columns([texts])
        return found

    def redact_columns(self, columns: Sequence[Sequence[str]]) -> list[dict[int, Redacted]]:
        """As `redact_where_needed` for each column; all are asked about at once, which is faster."""
        replaced: dict[_Place, list[Found]] = {}
        kept: dict[_Place, list[Found]] = {}
        texts = self._worth_it(columns)
        parts = [part for place, text in texts.items() for part in self._unmasked(place, text)]
        for _ in range(_MOST_ROUNDS):
            again: list[_Part] = []
            for part, found in zip(parts, self._found(parts), strict=True):
                if not found:
                    continue
                gone = [each for each in found if self._action(each, part.text) != "keep"]
                if gone:
                    replaced.setdefault(part.place, []).extend(_moved(gone, part.offset))
                    again += _between(part, gone)
                else:
                    kept.setdefault(part.place, []).extend(_moved(found, part.offset))
            parts = again
            if not parts:
                break
        redacted: list[dict[int, Redacted]] = [{} for _ in columns]
        for place in sorted({*replaced, *kept}):
            written = self._written(texts[place], replaced.get(place, []), kept.get(place, []))
            redacted[place.column][place.at] = written
        return redacted

    def _worth_it(self, columns: Sequence[Sequence[str]]) -> dict[_Place, str]:
        """The texts that have to be looked at closely: few, as a rule."""
        looked_at: Sequence[Sequence[int]] = (
            [range(len(texts)) for texts in columns] if self._by_more_than_form else candidates(columns)
        )
        return {
            _Place(column, place): text
            for column, (texts, places) in enumerate(zip(columns, looked_at, strict=True))
            for place, text in zip(places, texts_at(texts, places), strict=True)
        }

    def _unmasked(self, place: _Place, text: str) -> Iterable[_Part]:
        """The stretches of a text outside the masks that stand in it already."""
        if "]" not in text:
            return (_Part(place, 0, text),)
        gone = [Found(mask.start(), mask.end(), "", 1, "") for mask in self._masked.finditer(text)]
        return _between(_Part(place, 0, text), gone)

    def _found(self, parts: Sequence[_Part]) -> Iterable[list[Found]]:
        """What is found in each part: the spans that stand, in order of place."""
        folded = [fold(part.text) for part in parts]
        texts = [each.text for each in folded]
        found = self._by_form(texts)
        for recogniser in self.policy.custom:
            for held, more in zip(found, custom_found(recogniser, texts), strict=True):
                held.extend(more)
        if self._presidio:
            for held, more in zip(found, self._presidio.found(texts), strict=True):
                held.extend(more)
        return (self._settled(seen, held) for seen, held in zip(folded, found, strict=True))

    def _by_form(self, texts: Sequence[str]) -> list[list[Found]]:
        """What the recognisers of forms find in each folded text."""
        found: list[list[Found]] = []
        for text in texts:
            subject = None if holds_nothing(text) else Subject(text)
            each = (one for recognise in self._recognisers for one in recognise(subject)) if subject else ()
            found.append(list(each))
        return found

    def _settled(self, folded: Folded, found: list[Found]) -> list[Found]:
        reported = [each for each in found if each.score >= LEAST_REPORTED]
        if not reported:
            return []
        standing = without_overlaps(reported, preferred=self._replaces)
        if not folded.cuts:
            return standing
        placed = ((folded.original(each.start, each.end), each) for each in standing)
        return [each._replace(start=start, end=end) for (start, end), each in placed]

    def _replaces(self, found: Found) -> bool:
        return self.policy.action_for(found.type, found.score) != "keep"

    def _written(self, text: str, replaced: list[Found], kept: list[Found]) -> Redacted:
        pieces: list[str] = []
        spans: list[Span] = []
        past = 0
        dropped = set()
        for each in sorted((*replaced, *kept)):
            action = self._action(each, text)
            said = None
            if action == "pseudonym":
                value = text[each.start : each.end]
                said = masks.pseudonym(self._secret, each.type, value, self.policy.phone_regions)
            elif action != "keep":
                said = masks.mask(each.type)
            if action == "drop_row":
                dropped.add(each.type)
            uncertain = self._is_uncertain(each) and self._ruling(each, text) is None
            spans.append(Span(each.start, each.end, each.type, each.score, said, each.recogniser, uncertain))
            if said is not None:
                pieces += (text[past : each.start], said)
                past = each.end
        pieces.append(text[past:])
        return Redacted("".join(pieces), tuple(spans), tuple(sorted(dropped)))

    def _is_uncertain(self, found: Found) -> bool:
        return found.score < self.policy.threshold

    def _ruling(self, found: Found, text: str) -> Ruling | None:
        """What people said of an uncertain value in `text`."""
        if not self._rulings:
            return None
        return self._rulings.get(self.value_mac(found.type, text[found.start : found.end]))

    def _action(self, found: Found, text: str) -> Action:
        if self._rulings and self._is_uncertain(found):
            ruling = self._ruling(found, text)
            if ruling == "keep":
                return "keep"
            if ruling == "mask":
                return self.policy.action_for(found.type, 1.0)
        return self.policy.action_for(found.type, found.score)


def _between(part: _Part, gone: Iterable[Found]) -> list[_Part]:
    """What of a part is left between spans of it."""
    left: list[_Part] = []
    past = 0
    for each in (*gone, Found(len(part.text), len(part.text), "", 0, "")):
        if each.start > past:
            left.append(_Part(part.place, part.offset + past, part.text[past : each.start]))
        past = each.end
    return left


def _moved(found: Iterable[Found], offset: int) -> list[Found]:
    return [each._replace(start=each.start + offset, end=each.end + offset) for each in found]
