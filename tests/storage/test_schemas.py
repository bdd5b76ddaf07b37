"""The declared columns: what does not fit is refused with its name and type."""

from __future__ import annotations

import pyarrow as pa
import pytest

from storage import schemas
from storage.errors import InvalidInput


def test_absent_columns_become_null_and_the_order_is_the_declared_one() -> None:
    table = schemas.conformed(pa.table({"reason": ["no price"], "row_number": [3]}), "rejects")
    assert table.schema == schemas.SCHEMAS["rejects"]
    assert table.to_pylist() == [{"row_number": 3, "reason": "no price", "row": None}]


def test_an_unknown_column_is_named() -> None:
    with pytest.raises(InvalidInput, match=r"\['colour'\] are not part of 'rejects'"):
        schemas.conformed(pa.table({"colour": ["red"]}), "rejects")
    with pytest.raises(InvalidInput, match=r"\['colour'\] are not part of 'rejects'"):
        schemas.from_rows([{"colour": "red"}], "rejects")


def test_a_value_of_the_wrong_type_names_its_column() -> None:
    with pytest.raises(InvalidInput, match="Column 'row_number' of 'rejects'"):
        schemas.conformed(pa.table({"row_number": ["three"]}), "rejects")


def test_a_newer_file_than_this_release_is_refused() -> None:
    with pytest.raises(InvalidInput, match="version 99; this release knows 1"):
        schemas.upgraded(pa.table({}), "rejects", 99)


def test_each_version_step_runs_once_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    def step(said: str) -> object:
        def upgrade(table: pa.Table) -> pa.Table:
            reasons = [f"{reason}{said}" for reason in table.column("reason").to_pylist()]
            return table.set_column(table.column_names.index("reason"), "reason", pa.array(reasons))

        return upgrade

    monkeypatch.setitem(schemas.VERSIONS, "rejects", 3)
    monkeypatch.setitem(schemas.UPGRADES, ("rejects", 1), step("-1to2"))  # type: ignore[arg-type]
    monkeypatch.setitem(schemas.UPGRADES, ("rejects", 2), step("-2to3"))  # type: ignore[arg-type]
    old = schemas.from_rows([{"row_number": 1, "reason": "x"}], "rejects")
    assert schemas.upgraded(old, "rejects", 1).column("reason").to_pylist() == ["x-1to2-2to3"]
    assert schemas.upgraded(old, "rejects", 2).column("reason").to_pylist() == ["x-2to3"]


def test_every_schema_has_a_version_and_every_step_an_upgrade() -> None:
    assert set(schemas.VERSIONS) == set(schemas.SCHEMAS)
    for name, version in schemas.VERSIONS.items():
        for step in range(1, version):
            assert (name, step) in schemas.UPGRADES


def test_reviews_written_before_reasons_and_blind_cards_are_read_with_none_of_them() -> None:
    newer = ("tag_reasons", "picked_label_id", "blind")
    first = pa.schema([field for field in schemas.SCHEMAS["reviews"] if field.name not in newer])
    table = pa.Table.from_pylist([{"review_id": "r1", "decision": "approved"}], schema=first)
    (row,) = schemas.upgraded(table, "reviews", 1).to_pylist()
    assert (row["review_id"], row["decision"]) == ("r1", "approved")
    assert [row[name] for name in newer] == [None, None, None]
