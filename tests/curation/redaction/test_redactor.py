"""What is done with what was found: masks, pseudonyms, rows left out, things kept, doubtful ones."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.redaction import CustomRecogniser, Policy, Redactor
from storage.errors import InvalidInput
from tests.curation.redaction.corpus import DEVELOPED_ON, examples

SECRET = b"a secret of the project, 32 byte"
PLAIN = Redactor(Policy(model=None))
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
PIECES = (
    "ann@shop.example", "+49 30 23125 123", "(212) 555-0123", "4111 1111 1111 1111", "DE89370400440532013000",
    "10.0.0.1", "https://a:b@c.example/d", "born on", "3/4/1984", "account", "order", "123-45-6789", "call",
    "[email]", "[phone 3f9a12c0]", "[", "]", "@", ".", "-", " ", "\n", "1", "12345678", "\u200b", "0", "+",
    "\uff11\uff12", "00:1B:44:11:3A:B7", "phone", "943 476 5919",
)  # fmt: skip


def policy(**actions: str) -> Policy:
    return Policy.model_validate({"actions": actions, "model": None})


def test_a_mask_says_what_stood_there() -> None:
    redacted = PLAIN.redact("Write to ann@shop.example or call +49 30 23125 123, card 4111 1111 1111 1111.")
    assert redacted.text == "Write to [email] or call [phone], card [card]."
    assert [span.type for span in redacted.spans] == ["email", "phone", "card"]
    assert redacted.dropped_for == ()


def test_spans_are_places_in_the_original_text() -> None:
    address, number = "ann@shop.example".translate(_WIDE), "4111\u200b1111\u200b1111\u200b1111"
    text = f"Mail: {address}, card {number}!"
    redacted = PLAIN.redact(text)
    assert redacted.text == "Mail: [email], card [card]!"
    assert [text[span.start : span.end] for span in redacted.spans] == [address, number]


def test_one_value_has_one_pseudonym_however_it_is_written() -> None:
    redactor = Redactor(policy(email="pseudonym", phone="pseudonym", iban="pseudonym"), SECRET)
    mails = redactor.redact("ann@shop.example, Ann@Shop.Example, ann (at) shop.example, bob@shop.example")
    one, same, spelled, other = (span.replacement for span in mails.spans)
    assert one == same == spelled != other
    assert one is not None
    assert one.startswith("[email ")
    phones = redactor.redact("call +1 212-555-0123 or call (212) 555 0123")
    assert len({span.replacement for span in phones.spans}) == 1
    assert len(phones.spans) == 2
    ibans = redactor.redact("DE89370400440532013000 and DE89 3704 0044 0532 0130 00")
    assert len({span.replacement for span in ibans.spans}) == 1


def test_another_project_has_other_pseudonyms() -> None:
    wanted = policy(email="pseudonym")
    ours, theirs = (
        Redactor(wanted, secret).redact("ann@shop.example").text for secret in (SECRET, SECRET[::-1])
    )
    assert ours != theirs


def test_a_short_secret_is_refused() -> None:
    with pytest.raises(InvalidInput, match="has 3 bytes; it needs 16"):
        Redactor(policy(email="pseudonym"), b"abc")


def test_a_row_to_leave_out_is_named_and_masked() -> None:
    redacted = Redactor(policy(us_ssn="drop_row")).redact("SSN: 123-45-6789, ann@shop.example")
    assert redacted.dropped_for == ("us_ssn",)
    assert redacted.text == "SSN: [us ssn], [email]"


def test_what_is_kept_is_reported() -> None:
    redacted = Redactor(policy(email="keep")).redact("ann@shop.example, +49 30 23125 123")
    assert redacted.text == "ann@shop.example, [phone]"
    assert [(span.type, span.replacement, span.uncertain) for span in redacted.spans] == [
        ("email", None, False),
        ("phone", "[phone]", False),
    ]


def test_an_address_inside_a_kept_link_is_masked_all_the_same() -> None:
    redacted = Redactor(policy(url="keep")).redact("https://shop.example/?mail=ann@shop.example")
    assert redacted.text == "https://shop.example/?mail=[email]"


def test_doubtful_spans_stay_until_somebody_has_looked_unless_the_policy_masks_them() -> None:
    text = "On the note stood 36 574 261 809 and nothing more."
    kept = Redactor(Policy(model=None)).redact(text)
    assert kept.text == text
    (span,) = kept.spans
    assert (span.uncertain, span.replacement, text[span.start : span.end]) == (True, None, "36 574 261 809")
    masked = Redactor(Policy(model=None, uncertain="mask")).redact(text)
    assert masked.text == "On the note stood [national id] and nothing more."
    assert masked.spans[0].uncertain


def test_a_custom_recogniser_finds_what_its_pattern_matches() -> None:
    shop = CustomRecogniser(name="order_number", pattern=r"ORD-\d{5}", ignore_case=True)
    redacted = Redactor(Policy(model=None, custom=(shop,))).redact("日本 ord-12345 and ORD-54321, ORD-12")
    assert redacted.text == "日本 [order number] and [order number], ORD-12"
    assert {span.recogniser for span in redacted.spans} == {"order_number"}


@pytest.mark.parametrize("pattern", ["(a", r"(a)\1", "(?=a)", "a*", ""])
def test_a_pattern_that_cannot_run_in_linear_time_is_refused(pattern: str) -> None:
    with pytest.raises((InvalidInput, ValueError)):
        CustomRecogniser(name="mine", pattern=pattern)


def test_a_pattern_that_would_backtrack_takes_linear_time() -> None:
    mine = CustomRecogniser(name="mine", pattern="(a+)+b")
    redacted = Redactor(Policy(model=None, custom=(mine,))).redact("a" * 100_000 + "c aab")
    assert redacted.text.endswith("c [mine]")


@pytest.mark.parametrize(
    "wanted",
    [
        {"actions": {"surname": "mask"}},
        {"custom": [{"name": "email", "pattern": "x"}]},
        {"custom": [{"name": "mine", "pattern": "x"}, {"name": "mine", "pattern": "y"}]},
    ],
)
def test_a_policy_that_does_not_fit_is_refused(wanted: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        Policy.model_validate(wanted)


@pytest.mark.parametrize(
    "redactor",
    [
        PLAIN,
        Redactor(Policy(model=None, uncertain="mask")),
        Redactor(policy(email="pseudonym", phone="pseudonym", url="keep"), SECRET),
        Redactor(Policy(model=None, custom=(CustomRecogniser(name="mine", pattern=r"\d{3}"),))),
    ],
)
@settings(max_examples=300, deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=14))
def test_redaction_twice_is_redaction_once(redactor: Redactor, pieces: list[str]) -> None:
    once = redactor.redact("".join(pieces)).text
    assert redactor.redact(once).text == once


def test_the_test_set_redacted_twice_is_redacted_once() -> None:
    once = [each.text for each in PLAIN.redact_many([each.text for each in examples(DEVELOPED_ON, 1_100)])]
    assert [each.text for each in PLAIN.redact_many(once)] == once


@settings(max_examples=200, deadline=None)
@given(pieces=st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=14))
def test_the_redacted_text_is_the_original_with_its_spans_replaced(pieces: list[str]) -> None:
    text = "".join(pieces)
    redacted = PLAIN.redact(text)
    rebuilt, past = "", 0
    for span in redacted.spans:
        if span.replacement is not None:
            assert past <= span.start < span.end <= len(text)
            rebuilt += text[past : span.start] + span.replacement
            past = span.end
    assert rebuilt + text[past:] == redacted.text


def test_many_texts_are_redacted_as_each_alone() -> None:
    texts = [each.text for each in examples(DEVELOPED_ON, 220)]
    assert PLAIN.redact_many(texts) == [PLAIN.redact(text) for text in texts]


def test_a_policy_is_the_same_after_it_was_stored_and_used() -> None:
    mine = CustomRecogniser(name="mine", pattern="x", action="pseudonym")
    wanted = Policy(actions={"email": "drop_row"}, custom=(mine,), model=None, threshold=0.7)
    Redactor(wanted, SECRET).redact("ann@shop.example x")
    assert Policy.model_validate_json(wanted.model_dump_json()) == wanted


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    heavy = ["phonenumbers", "presidio_analyzer", "pyarrow", "spacy", "stdnum", "tldextract"]
    told = f"import sys, curation.redaction; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
