"""Names and places by a spaCy model, and presidio's further pattern recognisers, through presidio's analyzer.

Nothing here is imported unless a policy asks for it: presidio and spaCy take seconds to load. A model is
never fetched; what is not installed is not used, and `safe_harbor` says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from typing import Any

from curation.redaction.recognisers.hosts import keep_offline
from curation.redaction.spans import Found
from storage.errors import InvalidInput, MissingDependency

KINDS = {"PERSON": "person", "LOCATION": "location"}
"""Presidio's entities that a model finds, by our names."""


def installed_model(language: str, wanted: str | None = "") -> str | None:
    """The spaCy pipeline to use: the wanted one, or the first installed for a language; None for none.

    Looks at what packages declare and loads none of them.
    """
    if wanted != "":
        return wanted
    if find_spec("presidio_analyzer") is None:
        return None
    names = sorted(entry.name for entry in metadata.entry_points(group="spacy_models"))
    return next((name for name in names if name.split("_")[0] in (language, "xx")), None)


class ModelRecogniser:
    """Presidio's analyzer with a spaCy model, or without one and with some of its pattern recognisers.

    Raises MissingDependency where presidio is not installed, InvalidInput for a model or an entity
    that is not there.
    """

    def __init__(self, *, language: str, model: str | None, entities: Sequence[str]) -> None:
        self._language = language
        self._entities = [*(KINDS if model else ()), *entities]
        self._analyzer = _analyzer(language, model, tuple(entities))

    def found(self, texts: Sequence[str]) -> list[list[Found]]:
        """What presidio finds in each text."""
        batches = self._analyzer.nlp_engine.process_batch(texts, language=self._language)
        return [self._of(text, artifacts) for text, artifacts in batches]

    def _of(self, text: str, artifacts: Any) -> list[Found]:
        results = self._analyzer.analyze(
            text, language=self._language, entities=self._entities, nlp_artifacts=artifacts
        )
        return [
            Found(
                each.start,
                each.end,
                KINDS.get(each.entity_type, each.entity_type.lower()),
                each.score,
                "presidio",
            )
            for each in results
        ]


@cache
def _analyzer(language: str, model: str | None, entities: tuple[str, ...]) -> Any:
    try:
        from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
        from presidio_analyzer.nlp_engine import NerModelConfiguration, SpacyNlpEngine
        from presidio_analyzer.predefined_recognizers import SpacyRecognizer
    except ImportError as fault:
        raise MissingDependency(
            "Names are looked for by presidio, which is not installed.",
            next_step='Install it with: pip install "understudy[names]"',
        ) from fault

    keep_offline()

    class Engine(SpacyNlpEngine):
        """A spaCy engine that fetches nothing: a model that is there, or a blank pipeline."""

        nlp: Any

        def load(self) -> None:
            self.nlp = {language: _pipeline(language, model)}

    configuration = NerModelConfiguration(labels_to_ignore=[], low_score_entity_names=[])
    engine = Engine(
        models=[{"lang_code": language, "model_name": model or "blank"}],
        ner_model_configuration=configuration,
    )
    engine.load()
    registry = RecognizerRegistry(supported_languages=[language])
    for recogniser in _patterns(language, entities):
        registry.add_recognizer(recogniser)
    if model:
        registry.add_recognizer(SpacyRecognizer(supported_language=language))
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=[language])


def _pipeline(language: str, model: str | None) -> Any:
    import spacy

    try:
        return spacy.load(model) if model else spacy.blank(language)
    except OSError as fault:
        raise InvalidInput(
            f"The spaCy model {model!r} cannot be loaded: it is neither installed nor a folder with one.",
            next_step="Install it, name another, or set the policy's model to none.",
        ) from fault


def _patterns(language: str, entities: Sequence[str]) -> list[Any]:
    """Presidio's pattern recognisers of these entities, whichever country they are of."""
    from presidio_analyzer import PatternRecognizer, predefined_recognizers

    classes: list[Any] = [getattr(predefined_recognizers, name) for name in predefined_recognizers.__all__]
    patterns = [each for each in classes if PatternRecognizer in getattr(each, "__mro__", ())]
    made = [each(supported_language=language) for each in patterns]
    known = {entity: each for each in made for entity in each.supported_entities}
    missing = sorted(set(entities) - set(known))
    if missing:
        raise InvalidInput(
            f"Presidio has no pattern recogniser for {missing[0]!r}.",
            next_step=f"It has {', '.join(sorted(known))}.",
        )
    return [known[entity] for entity in entities]
