"""The filters: what each rejects, and in which words."""

from __future__ import annotations

import time
from random import Random

import pytest
from pydantic import ValidationError

from curation.cleaning.language import KNOWN, Language, detected
from curation.cleaning.length import Length
from curation.cleaning.quality import MOST_FREQUENT_RUN, REPEATED_RUNS, Quality
from curation.cleaning.repetition import most_frequent_run, repeated_lines, repeated_runs
from curation.cleaning.steps import Filter

PROSE = (
    "The harbour lies in the shade until ten. Boats come in with the tide, and their crews carry "
    "crates of fish up the steps to the market, where buyers from the hotels have been waiting since "
    "dawn. By noon everything is sold, the stones have been washed, and only gulls are left to "
    "quarrel over what fell between the planks. In winter nobody stays that long."
)


def reason(step: Filter, text: str) -> str | None:
    [found] = step.reasons([text])
    return found


@pytest.mark.parametrize(
    ("step", "text", "said"),
    [
        (Length(), "", "It has 0 characters; 1 are the least."),
        (Length(), "x", None),
        (Length(least_characters=5), "four", "It has 4 characters; 5 are the least."),
        (Length(most_characters=5), "sixsix", "It has 6 characters; 5 are the most."),
        (Length(least_words=2), "one", "It has 1 word; 2 are the least."),
        (Length(most_words=2), "one two  three", "It has 3 words; 2 are the most."),
        (Length(most_words=3), "one two  three", None),
    ],
)
def test_length(step: Length, text: str, said: str | None) -> None:
    assert reason(step, text) == said


def test_bounds_that_leave_nothing_are_refused() -> None:
    with pytest.raises(ValidationError, match="leave nothing"):
        Length(least_words=5, most_words=4)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (PROSE, None),
        ("Red wok, 28 cm", None),
        ("日本語の文章には空白がありません。" * 20, None),
        ("- one bullet", None),
        ("", None),
        ("Lorem ipsum dolor sit amet", "placeholder"),
        ("+49 30 23125 123 / 4006381333931", "of its characters are letters"),
        ("BUY NOW WHILE STOCKS LAST EVERYWHERE", "of its letters are capitals"),
        ("LED TV 4K HDR USB", None),
        ("12 34 56 ab cd", None),
        ("12 34 56 ab cdef " * 20, "of its words have a letter"),
        ("#deal", None),
        (f"{PROSE} {'#deal ' * 10}", "hashes and ellipses a word"),
        (f"{PROSE} {'more... ' * 10}", "hashes and ellipses a word"),
        (" ".join(["a b c d"] * 20), "characters on average"),
        (" ".join(f"w{number}" + "o" * 12 for number in range(60)), "characters on average"),
        ("\n".join(f"- item {word} in the list" for word in PROSE.split()[:20]), "bullet points"),
        (
            "\n".join(
                [
                    f"Read all of this long and winding story about {word} here …"
                    for word in PROSE.split()[:20]
                ]
            ),
            "ellipsis",
        ),
        ("\n".join(["Add this to your basket now please"] * 10), "of its lines stood before"),
        (f"{PROSE} {' '.join(['buy this now'] * 30)}", "in one run of"),
        (f"{PROSE} {PROSE}", "in repeated runs of 5 words"),
    ],
)
def test_quality(text: str, said: str | None) -> None:
    found = reason(Quality(), text)
    assert (found is None) == (said is None), found
    assert said is None or said in str(found)


def test_every_rule_of_quality_can_be_off() -> None:
    off = Quality(
        least_letters=None, most_capitals=None, least_words_with_letters=None, most_symbols=None,
        least_mean_word=None, most_mean_word=None, most_bullet_lines=None, most_ellipsis_lines=None,
        most_repeated_lines=None, most_repeated_line_characters=None, repeated_words=False, placeholder=False,
    )  # fmt: skip
    dreadful = "\n".join(["- LOREM IPSUM ### 1 2 3 ..."] * 40)
    assert reason(off, dreadful) is None
    assert reason(Quality(), dreadful) is not None


def test_rules_on_repetition_leave_short_texts_alone() -> None:
    short = "\n".join(["tea for two"] * 5)
    assert reason(Quality(), short) is None
    assert reason(Quality(from_words=10), short) is not None


def test_repetition_is_measured_as_published() -> None:
    assert repeated_lines(["ab", "cd", "ab", "ab"]) == (0.5, 0.5)
    assert repeated_lines([]) == (0.0, 0.0)
    words = "aa bb cc aa bb dd".split()
    assert most_frequent_run(words, 2) == pytest.approx(8 / 12)
    assert most_frequent_run(words, 3) == 0.0
    assert repeated_runs(words, 2) == pytest.approx(4 / 12)
    assert repeated_runs("a b c d e f".split(), 2) == 0.0
    assert repeated_runs("x x x x x x".split(), 2) == pytest.approx(4 / 6)
    assert repeated_runs([], 5) == most_frequent_run([], 2) == 0.0
    assert list(MOST_FREQUENT_RUN.values()) == [0.20, 0.18, 0.16]
    assert list(REPEATED_RUNS.values()) == [0.15, 0.14, 0.13, 0.12, 0.11, 0.10]


@pytest.mark.parametrize(
    "unit", ["a ", "x y ", "\n", "- a\n", "# ", "... ", "A", "日", "…", "ab cd ef gh\n", "lorem "]
)
def test_no_text_makes_a_filter_slow(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    for step in (Quality(), Length(least_words=2), Language(languages=("en",))):
        began = time.process_time()
        step.reasons([text])
        assert time.process_time() - began < 2


SENTENCES = {
    "en": "The parcel arrived two days late and the box was damaged at one corner.",
    "de": "Das Paket kam zwei Tage zu spät an und die Schachtel war an einer Ecke beschädigt.",
    "fr": "Le colis est arrivé avec deux jours de retard et la boîte était abîmée dans un coin.",
    "es": "El paquete llegó dos días tarde y la caja estaba dañada en una esquina.",
    "it": "Il pacco è arrivato con due giorni di ritardo e la scatola era rovinata in un angolo.",
    "pl": "Paczka dotarła dwa dni później, a pudełko było uszkodzone w jednym rogu.",
    "ru": "Посылка пришла на два дня позже, и коробка была повреждена с одного угла.",  # noqa: RUF001
    "ja": "荷物は二日遅れて届き、箱の角が壊れていました。",
    "zh": "包裹晚了两天才到，盒子的一个角也坏了。",  # noqa: RUF001
    "ar": "وصل الطرد متأخرا يومين وكان الصندوق تالفا من أحد الأركان.",
}


@pytest.mark.parametrize("language", SENTENCES)
def test_a_sentence_is_known_by_its_language(language: str) -> None:
    [found] = detected([SENTENCES[language]])
    assert found.language == language
    assert found.share > 0.7
    assert reason(Language(languages=(language,)), SENTENCES[language]) is None
    other = "en" if language != "en" else "de"
    assert f"({language})" in str(reason(Language(languages=(other,)), SENTENCES[language]))


def test_a_text_that_tells_too_little_is_kept_or_not_as_chosen() -> None:
    for text in ("", "28 cm", "12345 67 890 111213", "?!"):
        assert detected([text])[0].language is None
        assert reason(Language(languages=("de",)), text) is None
        assert reason(Language(languages=("de",), unknown="reject"), text) == "Its language cannot be told."


def test_detection_is_the_same_in_any_company() -> None:
    texts = list(SENTENCES.values()) * 3
    Random(1).shuffle(texts)
    alone = [detected([text])[0] for text in texts]
    assert detected(texts) == alone


@pytest.mark.parametrize("languages", [(), ("xx",), ("english",)])
def test_a_language_that_the_detector_does_not_know_is_refused(languages: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError):
        Language(languages=languages)


def test_the_languages_named_are_those_the_detector_knows() -> None:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
    assert {*KNOWN, "zxx"} == set(identifier.labels)
