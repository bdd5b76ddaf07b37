"""A preparation at work: batches of columns of text in, cleaned and redacted ones out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from curation import cleaning
from curation.preparing.preparation import Preparation
from curation.preparing.prepared import Prepared, Uncertain
from curation.preparing.report import Report, Tally
from curation.redaction import NO_RULINGS, Redacted, Redactor, Ruling, Span
from curation.text_columns import changed

CONTEXT_CHARACTERS = 60
"""How much of the text is shown on either side of an uncertain value."""


class Preparer:
    """Prepares texts by one preparation, and counts what it did.

    The recipe's filters judge the columns in `judged` (None: all). `rulings` are what people said of
    uncertain values, by `value_mac`. Raises as `Redactor`.
    """

    def __init__(
        self,
        preparation: Preparation,
        secret: bytes,
        rulings: Mapping[str, Ruling] = NO_RULINGS,
        *,
        judged: Collection[str] | None = None,
    ) -> None:
        self._cleaner = cleaning.Cleaner(preparation.recipe, judged=judged)
        self._redactor = Redactor(preparation.policy, secret, rulings)
        self._tally = Tally()

    @property
    def model(self) -> str | None:
        """The language model that names and places are found by, None for none."""
        return self._redactor.model

    @property
    def looks_first(self) -> bool:
        """Whether every batch must be `looked_at` before the first is prepared."""
        return self._cleaner.looks_first

    def look_at(self, numbers: Sequence[int], columns: Mapping[str, Sequence[str]]) -> None:
        """Take note of a batch for what can be found across records only."""
        self._cleaner.look_at(cleaning.Batch(columns, numbers))

    def batch(self, numbers: Sequence[int], columns: Mapping[str, Sequence[str]]) -> Prepared:
        """The rows of a batch that are kept. Raises ValueError for columns of unequal length."""
        [prepared] = self.batches([(numbers, columns)])
        return prepared

    def batches(self, batches: Sequence[tuple[Sequence[int], Mapping[str, Sequence[str]]]]) -> list[Prepared]:
        """As `batch` for each in turn; their texts are looked through for identifiers all at once."""
        cleaned = [self._cleaner.cleaned(cleaning.Batch(columns, numbers)) for numbers, columns in batches]
        found = iter(
            self._redactor.redact_columns([texts for each in cleaned for texts in each.columns.values()])
        )
        return [self._prepared(each, {name: next(found) for name in each.columns}) for each in cleaned]

    def _prepared(
        self, cleaned: cleaning.Cleaned, redacted: Mapping[str, Mapping[int, Redacted]]
    ) -> Prepared:
        texts = {name: _replaced(column, redacted[name]) for name, column in cleaned.columns.items()}
        spans = {name: {at: each.spans for at, each in found.items()} for name, found in redacted.items()}
        dropped = _dropped(redacted)
        for kinds in dropped.values():
            self._tally.dropped.update(kinds)
        prepared = Prepared(
            cleaned.numbers,
            texts,
            cleaned.rejected,
            {cleaned.numbers[place]: kinds for place, kinds in dropped.items()},
            spans,
            cleaned.columns,
            (),
        )
        if dropped:
            prepared = prepared.at([at for at in range(len(cleaned.numbers)) if at not in dropped])
        return replace(prepared, uncertain=tuple(self._uncertain(prepared)))

    @property
    def report(self) -> Report:
        """What was done so far."""
        return self._tally.report(self._cleaner.report)

    def _uncertain(self, prepared: Prepared) -> Iterator[Uncertain]:
        """Count every span, and give those a person should see."""
        for name, by_place in prepared.spans.items():
            for place, found in by_place.items():
                for span in found:
                    self._tally.found[span.type] += 1
                    self._tally.replaced[span.type] += span.replacement is not None
                    if span.uncertain:
                        self._tally.uncertain[span.type] += 1
                        text = prepared.cleaned[name][place]
                        yield self._asked(prepared.numbers[place], name, text, span)

    def _asked(self, number: int, column: str, text: str, span: Span) -> Uncertain:
        before = max(0, span.start - CONTEXT_CHARACTERS)
        after = span.end + CONTEXT_CHARACTERS
        context = f"{'…' if before else ''}{text[before:after]}{'…' if after < len(text) else ''}"
        mac = self._redactor.value_mac(span.type, text[span.start : span.end])
        return Uncertain(
            number, column, span.start, span.end, span.type, span.score, mac, context,
            span.replacement is not None,
        )  # fmt: skip


def _replaced(texts: Sequence[str], redacted: Mapping[int, Redacted]) -> Sequence[str]:
    """The column with its redacted texts."""
    return changed(texts, {place: found.text for place, found in redacted.items()}) if redacted else texts


def _dropped(redacted: Mapping[str, Mapping[int, Redacted]]) -> dict[int, tuple[str, ...]]:
    """The places of the rows that the policy leaves out, each with the kinds it held."""
    found: dict[int, set[str]] = {}
    for column in redacted.values():
        for place, each in column.items():
            if each.dropped_for:
                found.setdefault(place, set()).update(each.dropped_for)
    return {place: tuple(sorted(kinds)) for place, kinds in found.items()}


def libraries(preparation: Preparation, model: str | None) -> dict[str, str]:
    """The versions of the packages that the result depends on."""
    from importlib.metadata import version

    from curation.cleaning.reporting import libraries as of_recipe

    by_model = ("presidio-analyzer", "spacy") if model or preparation.policy.presidio else ()
    return {**of_recipe(preparation.recipe), **{name: version(name) for name in by_model}}
