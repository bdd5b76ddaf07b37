"""Names by a real spaCy model through presidio: a small one, trained here on invented sentences."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import spacy

from curation.redaction import Policy, Redactor
from curation.redaction.recognisers.model import installed_model
from storage.errors import InvalidInput

NAMES = ("Ana", "Bruno", "Clara", "David", "Elena", "Farid", "Greta", "Hugo")
SENTENCES = (
    "I spoke with {} today.",
    "{} has not paid.",
    "Please ask {} about it.",
    "The parcel is for {} .",
)
WITHOUT_NAME = ("The parcel came late.", "Write to the shop.", "Send it to them today.")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pipeline that has learned that some words are names."""
    from spacy.training import Example
    from spacy.util import fix_random_seed

    fix_random_seed(1)
    pipeline = spacy.blank("en")
    pipeline.add_pipe("ner").add_label("PERSON")
    rows = []
    for name in NAMES:
        for sentence in SENTENCES:
            start = sentence.index("{}")
            entities = {"entities": [(start, start + len(name), "PERSON")]}
            rows.append(Example.from_dict(pipeline.make_doc(sentence.format(name)), entities))
        rows += [Example.from_dict(pipeline.make_doc(said), {"entities": []}) for said in WITHOUT_NAME]
    pipeline.initialize(lambda: rows)
    dice = random.Random(1)
    for _ in range(40):
        dice.shuffle(rows)
        pipeline.update(rows, drop=0.1)
    folder = tmp_path_factory.mktemp("model")
    pipeline.to_disk(folder)
    return folder


def test_a_model_finds_names_and_forms_are_found_beside_them(model: Path) -> None:
    redactor = Redactor(Policy(model=str(model)))
    redacted = redactor.redact("I spoke with Clara today. Write to clara@shop.example.")
    assert redacted.text == "I spoke with [person] today. Write to [email]."
    assert {(span.type, span.recogniser) for span in redacted.spans} == {
        ("person", "presidio"),
        ("email", "email"),
    }
    assert redactor.redact(redacted.text).text == redacted.text


def test_a_name_has_one_pseudonym(model: Path) -> None:
    redactor = Redactor(Policy(model=str(model), actions={"person": "pseudonym"}), b"0123456789abcdef")
    one, two = redactor.redact_many(["I spoke with Clara today.", "Please ask Clara about it."])
    assert one.spans[0].replacement == two.spans[0].replacement
    assert one.text.startswith("I spoke with [person ")


def test_presidios_own_patterns_run_without_a_model() -> None:
    redactor = Redactor(Policy(model=None, presidio=("AU_ABN",)))
    redacted = redactor.redact("ABN 51 824 753 556, ann@shop.example")
    assert redacted.text == "ABN [au abn], [email]"


def test_an_entity_that_presidio_does_not_have_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no pattern recogniser for 'SHOE_SIZE'"):
        Redactor(Policy(model=None, presidio=("SHOE_SIZE",)))


def test_a_model_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidInput, match="'no_such_model' cannot be loaded"):
        Redactor(Policy(model="no_such_model"))


def test_a_model_that_was_named_is_used_and_none_is_fetched() -> None:
    assert installed_model("en", "en_core_web_sm") == "en_core_web_sm"
    assert installed_model("qq") is None
    assert installed_model("en", None) is None
