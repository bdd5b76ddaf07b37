"""Whose rows may be trained on, and what an override leaves behind."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from huggingface_hub import DatasetCardData
from hypothesis import given
from hypothesis import strategies as st

from curation.datasets.permissions import LICENCES, Override, Provenance, Verdict, permission, verdict
from storage.errors import InvalidInput

TEACHERS: dict[str, Verdict] = {"open": "allowed", "closed": "refused"}
AT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    ("licence", "teacher", "found", "reason"),
    [
        ("mit", "open", "allowed", ""),
        (" MIT ", None, "allowed", ""),
        ("own", None, "allowed", ""),
        ("mit", "closed", "refused", "'closed', whose terms forbid"),
        ("mit", "new", "unknown", "'new', whose terms are not stated"),
        (None, "open", "unknown", "without a stated licence"),
        ("", None, "unknown", "without a stated licence"),
        ("acme-1", "open", "unknown", "'acme-1', a licence that is not known"),
        ("cc-by-nc-4.0", None, "refused", "'cc-by-nc-4.0', which limits"),
        (None, "closed", "refused", "'closed', whose terms forbid"),
        ("cc-by-nd-4.0", "new", "refused", "'cc-by-nd-4.0', which limits"),
    ],
)
def test_of_the_import_and_the_teacher_the_worse_counts(
    licence: str | None, teacher: str | None, found: Verdict, reason: str
) -> None:
    judged, why = verdict(Provenance(licence, teacher), TEACHERS)
    assert judged == found
    assert (reason in why) if reason else why == ""


def test_rows_are_counted_by_verdict_and_by_what_stands_against_them() -> None:
    rows = [Provenance("mit", "open", 4), Provenance("mit", "open")] + [Provenance("mit", "closed")] * 3
    rows += [Provenance(None, None), Provenance(None, "new")]
    found = permission(rows, TEACHERS)
    assert (found.allowed, found.refused, found.unknown) == (5, 3, 2)
    assert list(found.reasons.values()) == [3, 2]
    assert not found.may_export
    with pytest.raises(InvalidInput) as told:
        found.check()
    assert told.value.what == (
        "5 of 10 rows may not be exported or trained on: 3 hold outputs of the teacher 'closed', whose terms "
        "forbid training on them; 2 come from an import without a stated licence."
    )
    assert "let an admin answer for it with a reason" in told.value.next_step


def test_an_override_opens_the_door_and_keeps_its_reason() -> None:
    override = Override("owner", "The contract of 3 May allows it.", AT)
    found = permission([Provenance(None, "closed")], TEACHERS, override=override)
    found.check()
    assert found.may_export
    assert (found.refused, found.override) == (1, override)
    with pytest.raises(InvalidInput, match="no reason"):
        Override("owner", " \n", AT)


@given(st.lists(st.tuples(st.sampled_from([None, "", "mit", "x", "cc-by-nc-4.0"]),
                          st.sampled_from([None, "open", "closed", "new"]))))  # fmt: skip
def test_every_row_is_counted_once_and_only_allowed_rows_pass(
    given: list[tuple[str | None, str | None]],
) -> None:
    rows = [Provenance(*each) for each in given]
    found = permission(rows, TEACHERS)
    assert found.allowed + found.unknown + found.refused == len(rows)
    assert sum(found.reasons.values()) == found.unknown + found.refused
    assert found.may_export == all(verdict(row, TEACHERS)[0] == "allowed" for row in rows)


def test_the_licences_are_written_as_the_hub_writes_them() -> None:
    for licence in LICENCES:
        assert licence == licence.lower().strip()
        assert DatasetCardData(license=licence).to_dict()["license"] == licence
