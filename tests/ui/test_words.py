from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storage.identifiers import now
from ui.components import words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**bold** ![x](http://evil/x.png)", r"\*\*bold\*\* \!\[x\]\(http\://evil/x\.png\)"),
        ("Home & Garden > Cookware", r"Home & Garden \> Cookware"),
        ("costs $5 or :red[6]", r"costs \$5 or \:red\[6\]"),
        ("plain", "plain"),
    ],
)
def test_what_people_and_models_wrote_is_never_markup(text: str, shown: str) -> None:
    assert words.plain(text) == shown


def test_numbers_stand_with_their_thousands_or_as_a_dash() -> None:
    assert (words.count(1204), words.count(0), words.count(None)) == ("1,204", "0", "–")
    assert (words.several(1, "copy", "copies"), words.several(2, "copy", "copies")) == ("1 copy", "2 copies")


def test_a_share_of_nothing_is_no_number() -> None:
    assert (words.share(0, 0), words.share(1, 3)) == ("–", "33%")


def test_an_interval_is_never_drawn_narrower_than_it_is() -> None:
    assert words.interval(0.842, 0.811, 0.863, 612) == "84.2% ± 3.1 (n 612)"


@pytest.mark.parametrize(
    ("age", "said"),
    [
        (timedelta(seconds=2), "just now"),
        (timedelta(seconds=40), "40 seconds ago"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=2), "2 days ago"),
    ],
)
def test_times_read_as_how_long_ago(age: timedelta, said: str) -> None:
    assert words.ago(now() - age) == said


def test_the_exact_time_names_its_zone() -> None:
    assert words.exact(datetime(2026, 11, 21, 9, 45, 1, tzinfo=UTC)) == "2026-11-21 09:45:01 UTC"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.4, "0 s"), (59.6, "1 min"), (250, "4 min 10 s"), (3600, "1 h"), (7500, "2 h 5 min"), (None, "–")],
)
def test_lengths_of_time_are_short(seconds: float | None, said: str) -> None:
    assert words.span(seconds) == said
