"""The samples of the presets: enough of them, varied, right by the task's own rules, and nobody's."""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from curation import outputs, redaction, tasks
from curation.duplicates import find_duplicates
from curation.imports.files import Row, open_file
from curation.imports.mapping import check
from curation.sample import claims, triage
from curation.sample.preset_samples import SAMPLES, sample
from curation.templates import placeholders
from storage.errors import InvalidInput

Rows = Sequence[Mapping[str, str]]
ORIGINALS = {"claims-extraction": 208, "patient-triage": 212}
COPIES = {"claims-extraction": claims.COPIES, "patient-triage": triage.COPIES}


@pytest.fixture(params=list(SAMPLES))
def preset(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def rows(preset: str, tmp_path: Path) -> Rows:
    with SAMPLES[preset].write(tmp_path).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def texts(preset: str, rows: Rows) -> list[str]:
    column, *_ = SAMPLES[preset].mapping.inputs
    return [row[column] for row in rows]


def test_the_same_bytes_come_out_each_time(preset: str, tmp_path: Path) -> None:
    first, second = (
        hashlib.sha256(SAMPLES[preset].write(tmp_path / name).read_bytes()).hexdigest() for name in "ab"
    )
    assert first == second


def test_there_are_more_than_two_hundred_rows_and_the_columns_fit_the_task(preset: str, rows: Rows) -> None:
    assert len(rows) == ORIGINALS[preset] + COPIES[preset]
    check(tasks.preset(preset), SAMPLES[preset].mapping, list(rows[0]))
    assert set(placeholders(SAMPLES[preset].template)) - {"labels"} == set(tasks.preset(preset).input_columns)


def test_but_for_the_planted_copies_hardly_two_are_alike(preset: str, rows: Rows) -> None:
    found = texts(preset, rows)
    alike = len(found) - len(set(find_duplicates(found)))
    assert COPIES[preset] - 3 <= alike <= COPIES[preset] + 0.03 * ORIGINALS[preset]


def test_every_gold_is_an_output_that_the_task_takes(preset: str, rows: Rows) -> None:
    task = tasks.preset(preset)
    gold = SAMPLES[preset].mapping.gold
    assert gold is not None
    assert [outputs.checked(task, row[gold]) for row in rows] == [row[gold] for row in rows]
    said = Counter(row[gold] for row in rows)
    if preset == triage.PRESET:
        assert set(said) == set(task.labels)
        assert min(said.values()) >= 48


def test_the_teacher_errs_in_every_way_that_has_a_tag_and_the_column_says_which(
    preset: str, rows: Rows
) -> None:
    task, gold = tasks.preset(preset), SAMPLES[preset].mapping.gold
    assert gold is not None
    wrong = {row["teacher_error"] for row in rows if row["teacher_v1"] != row[gold]}
    assert wrong == {tag.code for tag in task.error_tags}
    assert all(not row["teacher_error"] for row in rows if row["teacher_v1"] == row[gold])
    assert 0.1 < sum(bool(row["teacher_error"]) for row in rows) / len(rows) < 0.35


def test_the_scripted_reviewers_pass_nothing_that_the_form_refuses(preset: str, rows: Rows) -> None:
    task = tasks.preset(preset)
    for row in rows:
        for column in ("scripted_reviewer_a", "scripted_reviewer_b"):
            outputs.checked(task, row[column])


def test_contacts_are_of_ranges_that_nobody_owns(preset: str, rows: Rows) -> None:
    found = " ".join(texts(preset, rows))
    hosts = set(re.findall(r"@([\w.]+\w)", found.lower()))
    assert hosts
    assert all(host.endswith((".example", "example.com", "example.org", "example.net")) for host in hosts)
    spans = redaction.Redactor().redact_many(texts(preset, rows))
    assert sum(span.type == "phone" for each in spans for span in each.spans) >= 15


def test_some_arrive_damaged_as_in_real_files(preset: str, rows: Rows) -> None:
    found = texts(preset, rows)
    assert sum("<div>" in text for text in found) >= 5
    assert sum("â€" in text for text in found) >= 5
    assert sum("\u200b" in text for text in found) >= 5
    assert sum(text.isupper() for text in found) >= 5


def test_a_claim_says_in_so_many_words_what_its_fields_hold() -> None:
    garbled = 0
    for row in claims.rows():
        fields = json.loads(row.fields)
        cents = f"{round(100 * fields['amount'])}"
        digits = re.sub(r"\D", "", row.document)
        garbled += fields["claim_number"].lower() not in row.document.lower() or cents not in digits
    assert garbled <= 4  # a typo may fall into the number itself


def test_redaction_leaves_the_claim_number_in_its_place() -> None:
    redactor = redaction.Redactor()
    for row in claims.rows():
        number = re.search(r'"claim_number": "([^"]+)"', row.fields)
        assert number is not None
        if number[1] in row.document:
            assert number[1] in redactor.redact(row.document).text


def test_a_reader_makes_the_same_rows_of_the_file(preset: str, rows: Rows, tmp_path: Path) -> None:
    opened = open_file(SAMPLES[preset].write(tmp_path))
    read = [row.values for row in opened.rows() if isinstance(row, Row)]
    assert len(read) == len(rows)


def test_a_preset_without_a_sample_names_those_that_have_one() -> None:
    with pytest.raises(InvalidInput, match="claims-extraction, patient-triage"):
        sample("news-titles")
