"""A card that the Hub's own library reads, and that says what is known and what is not."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import DatasetCard, DatasetCardData, metadata_load
from hypothesis import given
from hypothesis import strategies as st

from curation.datasets.card import dataset_card
from curation.datasets.card.about import NOTHING_ELSE, About, Agreement
from curation.datasets.card.metadata import size_category
from curation.datasets.card.sections import block, table
from curation.datasets.permissions import Override, Provenance, permission
from curation.prompts import Prompt
from curation.tasks import PRESETS, Task

AT = datetime(2026, 11, 21, tzinfo=UTC)
PROMPT = Prompt("pans", 3, "Be brief.", "Title: {title}\n```\ncode\n```", "shorter", (), "owner", AT)
TASK = Task(name="pans", title='Pans & pots: "all"\nof them', labels=("a", "b"), input_columns=("title",))
FACTS: dict[str, Any] = {
    "rows": {"train": 1_800, "validation": 200, "test": 150},
    "decisions": {"approved": 1_500, "corrected": 500, "gold": 150},
    "left_out": dict.fromkeys(
        ("discarded", "in_conflict", "unusable", "beside_held_out", "held_out_without_gold"), 7
    ),
    "reviewers": {"ann": 2_000},
    "validation_share": 0.1,
    "seed": 0,
    "content_hash": "c0ffee",
}  # fmt: skip


def metadata(card: str, folder: Path) -> dict[str, Any]:
    """What the Hub's library reads of it, by both of its ways."""
    path = folder / "README.md"
    path.write_text(card, encoding="utf-8")
    found = metadata_load(path)
    assert found is not None
    assert DatasetCard.load(path).data.to_dict() == DatasetCardData(**found).to_dict()
    return found


def card(about: About = NOTHING_ELSE, **changes: Any) -> str:
    return dataset_card(TASK, "v0003", PROMPT, {**FACTS, **changes}, about=about)


def test_the_metadata_is_what_the_hub_searches_by(tmp_path: Path) -> None:
    found = metadata(card(About(licence="CC-BY-4.0", languages=("en", "de"))), tmp_path)
    assert found == {
        "pretty_name": 'Pans & pots: "all"\nof them, v0003',
        "license": "cc-by-4.0",
        "language": ["en", "de"],
        "task_categories": ["text-classification"],
        "size_categories": ["1K<n<10K"],
        "configs": [
            {
                "config_name": "default",
                "data_files": [
                    {"split": split, "path": f"{split}.parquet"} for split in ("train", "validation", "test")
                ],
            }
        ],
    }


def test_what_is_not_known_is_left_out_and_said(tmp_path: Path) -> None:
    written = card()
    found = metadata(written, tmp_path)
    assert {"license", "language"} & set(found) == set()
    assert "No licence is stated for this dataset" in written
    assert "Nothing is known here of a redaction" in written
    assert "## Quality" not in written


def test_a_licence_that_the_hub_does_not_list_is_named_as_other(tmp_path: Path) -> None:
    found = metadata(card(About(licence="Acme Data Terms 2")), tmp_path)
    assert (found["license"], found["license_name"]) == ("other", "Acme Data Terms 2")
    assert metadata(card(About(licence="own")), tmp_path)["license"] == "other"


@pytest.mark.parametrize("preset", list(PRESETS))
def test_every_kind_of_task_has_a_category_of_the_hub(preset: str, tmp_path: Path) -> None:
    found = metadata(dataset_card(PRESETS[preset], "v0001", PROMPT, FACTS), tmp_path)
    assert found["task_categories"] in (["text-classification"], ["text-generation"])


def test_counts_decisions_and_the_prompt_are_in_the_text() -> None:
    written = card()
    for said in ("# Pans & pots: \"all\" of them, v0003\n", "2,150 rows for the task `pans` (classification)",
                 "| train | 1,800 | approved or corrected", "1,500 approved as the teacher said, 500 cor",
                 "7 on which reviewers disagree", "ann (2,000 rows)", "`c0ffee`", "## Prompt, version 3",
                 "````text\nTitle: {title}\n```\ncode\n```\n````"):  # fmt: skip
        assert said in written


def test_agreement_redaction_and_limits_are_told_where_they_are_given() -> None:
    agreement = Agreement("Krippendorff's alpha", 0.8123, 0.75, 0.87, 400)
    written = card(About(agreement=agreement, redacted={"EMAIL": 1_200, "PHONE": 3}, limits=("Only\npans.",)))
    assert "Krippendorff's alpha 0.81 (95% interval 0.75 to 0.87) on 400 records" in written
    assert "EMAIL 1,200, PHONE 3. What was not recognised is still there." in written
    assert "- Only pans." in written
    assert "Nothing is known here of a redaction" not in written
    assert "de-identified" not in written
    assert "nothing was found" in card(About(redacted={}))


def test_limits_follow_from_the_version() -> None:
    assert "One reviewer decided on every row" in card()
    assert "The test split has 150 rows" in card()
    more = card(rows={**FACTS["rows"], "test": 500}, reviewers={"ann": 1, "ben": 1})
    assert "One reviewer" not in more
    assert "The test split has" not in more
    assert "keep the teacher's words" not in card(decisions={"corrected": 3})


def test_licences_and_an_override_are_repeated() -> None:
    rows = [Provenance("mit", None, 3), Provenance(None, "closed|x")]
    override = Override("owner", "Our contract\nallows <it>.", AT)
    found = permission(rows, {"closed|x": "refused"}, override=override)
    about = About("mit", import_licences={"shelf.csv": "mit", "web|crawl": ""}, permission=found)
    written = card(about)
    assert "| shelf.csv | mit |\n| web\\|crawl | not stated |" in written
    assert (
        "- 1 rows hold outputs of the teacher 'closed\\|x', whose terms forbid training on them." in written
    )
    assert "Exported all the same by owner on 2026-11-21: Our contract allows &lt;it>." in written
    assert "No licence is stated for this dataset" not in written
    fine = permission(rows[:1], {})
    assert "All 3 rows may be trained on" in card(About("mit", permission=fine))


@pytest.mark.parametrize(
    ("rows", "category"),
    [(0, "n<1K"), (999, "n<1K"), (1_000, "1K<n<10K"), (99_999, "10K<n<100K"), (10**6, "1M<n<10M"),
     (10**8, "100M<n<1B")],
)  # fmt: skip
def test_sizes_are_the_hubs(rows: int, category: str) -> None:
    assert size_category(rows) == category


@given(st.lists(st.text(max_size=30), min_size=2, max_size=2))
def test_no_cell_breaks_out_of_its_table(cells: list[str]) -> None:
    lines = table(("a", "b"), [cells]).split("\n")
    assert len(lines) == 3
    assert lines[2].replace("\\\\", "").replace("\\|", "").count("|") == 3


@given(st.text(alphabet="`~\na ", max_size=30))
def test_no_text_breaks_out_of_its_block(text: str) -> None:
    lines = block(text, "User").split("\n")
    fence = lines[2].removesuffix("text")
    assert fence not in "\n".join(lines[3:-1])
    assert lines[-1] == fence
