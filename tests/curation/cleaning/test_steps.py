"""Each step that changes texts: what it changes, what it leaves, and that twice is once."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curation.cleaning.characters import Controls, Nfc, WhiteSpace
from curation.cleaning.markup import Html
from curation.cleaning.mojibake import Mojibake
from curation.cleaning.steps import Change, rough

CHANGES: list[Change] = [
    Mojibake(), Mojibake(straight_quotes=True, ligatures=True, widths=True), Controls(),
    Controls(zero_width=False, bidi="show", tags=True), Controls(bidi="remove"), Nfc(), Html(),
    WhiteSpace(), WhiteSpace(line_breaks=False), WhiteSpace(most_blank_lines=0),
]  # fmt: skip
JOINED = "\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \U0001f468\u200d\U0001f4bb"
"""Persian, and a person at a computer: both need a joiner that cannot be seen."""
PIECES = st.sampled_from(
    ["<p>", "</p>", "<br", "<b>x</b>", "&amp;", "amp;", "&lt;", "lt;", "&#38;", "#38;", "&", "<", ">", "<!--",
     "-->", "<script>", "</script>", "<style>a</style>", "<td>", "a", "b c", " ", "\n", "\r", "\r\n", "\t",
     "\x00", "\x0c",
     "\u200b", "\u00a0", "\u202e", "\u2028", "e", "\u0301", "Ã¶", "â€™", "\u00e9", "\U0001f3f4", "\U000e0067",
     "\U000e007f", "\ud83d", "\ude00", "’", "ﬁ", "\uff21", "1 < 2", "&copy", "&notit;", "]]>", "<![CDATA["]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=14).map("".join))


def applied(step: Change, text: str) -> str:
    [found] = step.apply([text])
    return found


@pytest.mark.parametrize("step", CHANGES, ids=str)
@settings(max_examples=400, deadline=None)
@given(text=TEXTS)
def test_applied_twice_is_applied_once(step: Change, text: str) -> None:
    once = applied(step, text)
    assert applied(step, once) == once


@pytest.mark.parametrize("step", [step for step in CHANGES if step.leaves_plain], ids=str)
@given(text=st.text(alphabet=[chr(code) for code in range(32, 127)]))
def test_a_plain_text_is_left_by_the_steps_that_say_so(step: Change, text: str) -> None:
    plain = " ".join(text.split())
    assert rough([plain]) == []
    assert applied(step, plain) == plain


@pytest.mark.parametrize("step", CHANGES, ids=str)
def test_as_many_texts_come_back_in_the_same_order(step: Change) -> None:
    texts = ["plain", "", "schön <b>x</b>", "a\r\nb", "plain"]
    assert step.apply(texts) == [applied(step, text) for text in texts]
    assert step.apply([]) == []


@pytest.mark.parametrize(
    ("raw", "repaired"),
    [
        ("schÃ¶n", "schön"),
        ("doesnâ€™t", "doesn’t"),
        ("The Mona Lisa doesnÃƒÂ¢Ã¢â€šÂ¬Ã¢â€žÂ¢t", "The Mona Lisa doesn’t"),
        ("schön, “quoted” and ﬁne", "schön, “quoted” and ﬁne"),
        ("&amp; stays, so does \x07", "&amp; stays, so does \x07"),
    ],
)
def test_mojibake_is_repaired_and_nothing_else(raw: str, repaired: str) -> None:
    assert applied(Mojibake(), raw) == repaired


def test_what_ftfy_also_does_is_an_option() -> None:
    assert applied(Mojibake(straight_quotes=True), "“a”") == '"a"'
    assert applied(Mojibake(ligatures=True), "ﬁne") == "fine"
    assert applied(Mojibake(widths=True), "\uff2c\uff2f\uff35\uff24") == "LOUD"


@pytest.mark.parametrize(
    ("step", "raw", "cleaned"),
    [
        (Controls(), "nul\0 bell\a\x9f\x7f", "nul bell"),
        (Controls(), "one\r\ntwo\rthree\tx", "one\ntwo\nthree\tx"),
        (Controls(), "zero\u200bwidth\u2060\ufeff", "zerowidth"),
        (Controls(zero_width=False), "zero\u200bwidth\0", "zero\u200bwidth"),
        (Controls(), JOINED, JOINED),
        (Controls(), "a\u202eb", "a\u202eb"),
        (Controls(bidi="show"), "a\u202eb\u2069", "a[RLO]b[PDI]"),
        (Controls(bidi="remove"), "a\u202eb\u2069", "ab"),
        (Controls(tags=True), "a\U000e0041\U000e0042b", "ab"),
        (Controls(tags=False), "a\U000e0041b", "a\U000e0041b"),
        (Controls(), "half \ud83d and whole \ud83d\ude00", "half \ufffd and whole \U0001f600"),
    ],
)
def test_control_characters(step: Controls, raw: str, cleaned: str) -> None:
    assert applied(step, raw) == cleaned


def test_a_flag_made_of_invisible_letters_stays() -> None:
    scotland = "\U0001f3f4" + "".join(chr(0xE0000 + ord(letter)) for letter in "gbsct") + "\U000e007f"
    assert applied(Controls(tags=True), f"{scotland} and\U000e0067") == f"{scotland} and"


@given(TEXTS)
def test_nfc_gives_the_composed_form(text: str) -> None:
    assert unicodedata.is_normalized("NFC", applied(Nfc(), text))
    assert applied(Nfc(), "cafe\u0301") == "caf\u00e9"


@pytest.mark.parametrize(
    ("step", "raw", "cleaned"),
    [
        (WhiteSpace(), "  two  spaces\tand a tab ", "two spaces and a tab"),
        (WhiteSpace(), "a \n\n\n\n b\r\nc", "a\n\nb\nc"),
        (WhiteSpace(most_blank_lines=0), "a\n\n\nb", "a\nb"),
        (WhiteSpace(most_blank_lines=2), "a\n\n\n\n\nb", "a\n\n\nb"),
        (WhiteSpace(line_breaks=False), "a\n\n b\u2003c", "a b c"),
        (WhiteSpace(), "no\u00a0break", "no break"),
        (WhiteSpace(), " \n \t ", ""),
    ],
)
def test_white_space(step: WhiteSpace, raw: str, cleaned: str) -> None:
    assert applied(step, raw) == cleaned


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<p>One.</p><p>Two.</p>", ["One.", "Two."]),
        ("<ul><li>tea</li><li>wok</li></ul>", ["tea", "wok"]),
        ("line<br>break", ["line", "break"]),
        ("<h1>Head</h1>body <b>bold</b> and <a href='x'>link</a>.", ["Head", "body bold and link."]),
        ("a<script>alert('x')</script><style>p{color:red}</style>b", ["ab"]),
        ("<!-- hidden --><div>seen</div>", ["seen"]),
        ("<html><head><title>Shop</title></head><body>Tea</body></html>", ["Tea"]),
        ("Fish &amp; chips &lt; 5 &euro;", ["Fish & chips < 5 €"]),
        ("double &amp;lt;b&amp;gt;escaped&amp;lt;/b&amp;gt;", ["double escaped"]),
        ("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>", ["1 2", "3"]),
        ("<textarea>kept</textarea><noscript>gone</noscript>", ["kept"]),
        ("<font>" * 2_000 + "deep</font> and after", ["deep and after"]),
        ("<div>" * 2_000 + "deep</div> and after", ["deep", "and after"]),
        ("<meta charset='iso-8859-1'><p>caf\u00e9 \u65e5</p>", ["caf\u00e9 \u65e5"]),
        ("<pre>a\n  b</pre>", ["a", "b"]),
    ],
)
def test_html_becomes_the_text_a_reader_sees(raw: str, text: list[str]) -> None:
    lines = [" ".join(line.split()) for line in applied(Html(), raw).split("\n")]
    assert [line.lstrip("* ") for line in lines if line] == text


@pytest.mark.parametrize(
    "text",
    [
        "1 < 2 and 3 > 2",
        "AT&T",
        "a <- b",
        "x<y",
        "if (a<b && c>d)",
        "<3",
        "R&D; more",
        "<not a tag>",
        "Dear <name>,",
        "a <b && c> d",
        "",
        "plain",
    ],
)
def test_what_is_no_html_stays(text: str) -> None:
    assert applied(Html(), text) == text


HOSTILE = [
    "<div>", "<b>", "<table><tr><td>", "</p>", "<", "&", "&amp;", "&amp;amp;", "&#38;", "amp;", "&lt;", "<p ",
    "<a href='", "<!--", "<script>", "<svg><math>", "a\r", "\r\n \r", "\u200b\n", " \n", "e\u0301", "\u0301",
    "\U0001f3f4\U000e0067",
    "\u202e", "Ã", "Ã\xa0", "â€", "\ud83d", "<p>&lt;", "\x00", "<br>", "<li>",
]  # fmt: skip


@pytest.mark.parametrize("step", CHANGES, ids=str)
@pytest.mark.parametrize("unit", HOSTILE)
def test_no_text_makes_a_step_slow(step: Change, unit: str) -> None:
    text = unit * (100_000 // len(unit))
    began = time.process_time()
    step.apply([text])
    assert time.process_time() - began < 2
