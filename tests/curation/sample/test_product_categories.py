"""The sample keeps what the project says of it: sizes, mistakes, reviewers, and how hard it is."""

from __future__ import annotations

import csv
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import orjson
import pytest
from rapidfuzz import fuzz

from curation import preparing
from curation.duplicates import find_duplicates
from curation.imports.files import open_file
from curation.imports.making import RecordMaker
from curation.imports.mapping import check, guess
from curation.sample import product_categories as sample
from curation.sample.product_categories import Listing, Sample
from curation.sample.scripted import MISTAKES
from curation.sample.sellers import HELD_OUT_SELLERS, SELLERS
from curation.templates import placeholders


@pytest.fixture(scope="module")
def made() -> Sample:
    return sample.generate()


@dataclass(frozen=True)
class Record:
    """A record as an import writes it."""

    inputs: dict[str, str]
    gold: str | None
    extras: dict[str, str]
    held_out: bool


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> list[Record]:
    """The records that an import of the file makes, each once."""
    opened = open_file(sample.write(tmp_path_factory.mktemp("sample")))
    maker = RecordMaker(sample.task(), sample.mapping(), preparing.Preparer(preparing.DEFAULT, bytes(32)))
    found: dict[bytes, Record] = {}
    for batch in opened.batches():
        made = maker.made(batch)
        assert not made.rejects
        rows = made.records.table("sample").to_pylist()
        for digest, row in zip(made.records.digests, rows, strict=True):
            inputs, extras = orjson.loads(row["inputs"]), orjson.loads(row["extras"])
            found.setdefault(digest, Record(inputs, row["gold"], extras, row["held_out"]))
    return list(found.values())


def share(hits: Sequence[object], rows: Sequence[object]) -> float:
    return len(hits) / len(rows)


def test_a_seed_gives_the_same_bytes_and_another_seed_others(tmp_path: Path) -> None:
    first, second, other = (
        hashlib.sha256(sample.write(tmp_path / name, seed).read_bytes()).hexdigest()
        for name, seed in (("a", 7), ("b", 7), ("c", 8))
    )
    assert first == second != other


def test_the_file_has_three_thousand_listings_of_twelve_categories(made: Sample, tmp_path: Path) -> None:
    with sample.write(tmp_path).open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [Listing(**row) for row in rows] == list(made.listings)
    assert len(rows) == 3_000
    assert len({row.listing_id for row in made.listings}) == 3_000
    by_category = Counter(row.category for row in made.listings)
    assert set(by_category) == set(sample.LABELS)
    assert len(sample.LABELS) == 12
    assert min(by_category.values()) > 150
    siblings = Counter(label.rsplit(" > ", 1)[0] for label in sample.LABELS)
    assert max(siblings.values()) >= 2


def test_the_recorded_teacher_errs_on_a_quarter_in_four_ways(made: Sample) -> None:
    wrong = [row for row in made.listings if row.teacher_v1 != row.category]
    assert share(wrong, made.listings) == pytest.approx(sum(MISTAKES.values()), abs=0.02)
    tags = Counter(sample.error_tag(row.teacher_v1, row.category) for row in wrong)
    codes = {tag.code for tag in sample.ERROR_TAGS}
    assert set(tags) == codes
    assert all(share_of > 0.01 for share_of in (count / 3_000 for count in tags.values()))
    assert all(sample.error_tag(row.category, row.category) is None for row in made.listings)


def test_the_scripted_reviewers_err_as_often_as_they_say(made: Sample) -> None:
    columns = {field.name for field in fields(Listing)}
    for reviewer in sample.REVIEWERS:
        assert reviewer.column in columns
        assert reviewer.name.startswith("Scripted reviewer")
        answers = [getattr(row, reviewer.column) for row in made.listings]
        assert set(answers) <= set(sample.LABELS)
        wrong = [row for row, answer in zip(made.listings, answers, strict=True) if answer != row.category]
        assert share(wrong, made.listings) == pytest.approx(reviewer.error_rate, abs=0.012)


def test_eight_in_a_hundred_are_near_copies_of_every_kind(made: Sample) -> None:
    rows = {row.listing_id: row for row in made.listings}
    kinds = Counter(copy.kind for copy in made.copies)
    near = sum(count for kind, count in kinds.items() if kind != "repost")
    assert near == 240
    assert set(kinds) == {*sample.COPY_KINDS, "repost"}
    for copy in made.copies:
        new, old = rows[copy.listing_id], rows[copy.original_id]
        assert new.category == old.category
        same = (new.title, new.description) == (old.title, old.description)
        assert same == (copy.kind == "repost"), copy
        assert fuzz.ratio(new.title.lower() + new.description, old.title.lower() + old.description) > 55


def test_texts_have_gaps_and_contacts_that_nobody_owns(made: Sample) -> None:
    assert 0.02 < share([row for row in made.listings if not row.description], made.listings) < 0.09
    assert 0.08 < share([row for row in made.listings if not row.brand], made.listings) < 0.16
    assert any(not row.title for row in made.listings)
    cut = {copy.listing_id for copy in made.copies if copy.kind == "truncation"}
    contacts = [row for row in made.listings if "@" in row.description and row.listing_id not in cut]
    assert len(contacts) > 30
    assert all(".example" in row.description.lower() for row in contacts)


def test_an_import_masks_every_contact(records: list[Record]) -> None:
    texts = [" ".join(record.inputs.values()) for record in records]
    assert sum("[email]" in text for text in texts) > 30
    assert sum("[phone]" in text for text in texts) > 30
    assert not [text for text in texts if ".example" in text]
    assert not [text for text in texts if "23125" in text or "960" in text]


def test_at_least_six_hundred_records_are_held_out_with_gold_and_some_sellers_only_there(
    records: list[Record],
) -> None:
    apart = [record for record in records if record.held_out]
    assert 600 <= len(apart) <= 900
    assert all(record.gold for record in apart)
    assert not [record for record in records if not record.held_out and record.gold]
    sellers = {record.extras["seller"] for record in records if not record.held_out}
    assert sellers == {seller.name for seller in SELLERS} - set(HELD_OUT_SELLERS)
    assert set(HELD_OUT_SELLERS) < {record.extras["seller"] for record in apart}
    assert "category" not in apart[0].extras


def test_the_mapping_is_the_one_a_person_would_be_offered(tmp_path: Path) -> None:
    opened = open_file(sample.write(tmp_path))
    task = sample.task()
    assert guess(task, opened.columns).canonical() == sample.mapping().canonical()
    check(task, sample.mapping(), opened.columns)
    assert set(placeholders(sample.PROMPT_TEMPLATE)) == set(task.input_columns)


def trainable(records: list[Record]) -> list[Record]:
    """What stays of the train rows: one per cluster, none beside a held-out record."""
    texts = ["\n".join(record.inputs.values()) for record in records]
    clusters = find_duplicates(texts)
    touched = {number for number, record in zip(clusters, records, strict=True) if record.held_out}
    first = {
        number: record
        for number, record in reversed(list(zip(clusters, records, strict=True)))
        if number not in touched
    }
    return list(first.values())


def test_a_strong_simple_baseline_stays_below_95_percent_and_above_the_teacher(
    records: list[Record], made: Sample
) -> None:
    """TF-IDF with logistic regression, on what the reviewers made of the train rows and on the truth."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    gold = {row.listing_id: row.category for row in made.listings}
    train = trainable(records)
    apart = [record for record in records if record.held_out]

    def text(record: Record) -> str:
        return "\n".join(record.inputs.values())

    def accuracy(labels: Sequence[str]) -> float:
        model = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LogisticRegression(C=10.0, max_iter=1000)
        )
        model.fit([text(record) for record in train], labels)
        predicted = model.predict([text(record) for record in apart])
        return share(
            [1 for label, record in zip(predicted, apart, strict=True) if label == record.gold], apart
        )

    teacher = share([1 for record in apart if record.extras["teacher_v1"].strip('"') == record.gold], apart)
    reviewed = [record.extras[sample.REVIEWERS[number % 2].column] for number, record in enumerate(train)]
    assert len(train) > 1_700
    assert teacher < 0.82
    assert 0.85 < accuracy(reviewed) < 0.95
    assert 0.88 < accuracy([gold[record.extras["listing_id"]] for record in train]) < 0.95
