"""What the Datasets page offers to download."""

from __future__ import annotations

from storage import exports
from ui.views.dataset_exports import OFFERED


def test_every_format_is_offered_once_with_its_words() -> None:
    offered = [form for formats in OFFERED.values() for form in formats]
    assert sorted(offered) == sorted(exports.FORMATS)


def test_what_tools_train_on_stands_apart_from_tables_that_hold_the_test_split() -> None:
    tables = {name for name, form in exports.FORMATS.items() if not form.for_training}
    assert tables == set(OFFERED["Tables of every split"])
