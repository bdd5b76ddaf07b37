"""What is meant by a text or an id, and what is left alone because others say it too."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pyarrow as pa
import pytest
from sqlalchemy import insert, select

from curation import erasing
from curation.erasing import versions
from storage import artifacts, database, keeping, schemas
from storage.database import tables
from storage.errors import NotFound
from storage.project import Project
from tests.curation import sample_task

TASK = sample_task.NAME
BRAND = "Lodge & Sons Cast Iron"
Row = dict[str, object]


def put(project: Project, kind: str, artifact_id: str, inputs: Sequence[str] = (), **rows: list[Row]) -> None:
    with artifacts.draft(project, kind, TASK, artifact_id) as draft:
        for schema, each in rows.items():
            draft.write_table(f"{schema}.parquet", schemas.from_rows(each, schema), schema)
        draft.publish(inputs=inputs, facts={"sha256": "none"})


def imported(project: Project, titles: Sequence[str], **more: str) -> None:
    """An import of these titles, each with a line that has `more`, and their records."""
    raw = [
        {"row_number": n, "row": json.dumps({"title": title, **more})} for n, title in enumerate(titles, 2)
    ]
    records = [
        {"record_id": f"rec_{n}", "row_number": n, "extras": "{}",
         "inputs": json.dumps({"title": title, "Brand name": BRAND})}
        for n, title in enumerate(titles, 2)
    ]  # fmt: skip
    put(project, "imports", "imp_1", raw=raw, rejects=[])
    put(project, "records", "rec_1", ["imports/imp_1"], records=records)


def test_whole_words_are_found_whatever_their_case_and_no_part_of_another(shelf: Project) -> None:
    imported(shelf, ["Tea for ANNA", "Tea from Annapolis", "anna, once more", "Johanna"])
    found = erasing.find(shelf, text="anna")
    assert found.record_ids == {"rec_2", "rec_4"}
    assert "ANNA" in found.texts  # in no other record
    assert not {"anna", "Anna"} & found.texts  # Johanna's, and of Annapolis
    assert found.rows == {f"{TASK}/imports/imp_1": {2, 4}}


def test_a_line_that_alone_has_the_text_leads_to_its_record(shelf: Project) -> None:
    imported(shelf, ["Tea no. 1 in a tin", "Tea no. 2 in a tin"])
    line = json.dumps({"title": "Tea no. 9", "mail": "ines@example.org"})
    put(shelf, "imports", "imp_2", raw=[{"row_number": 7, "row": line}])
    put(shelf, "records", "rec_2", ["imports/imp_2"], records=[
        {"record_id": "rec_9", "row_number": 7, "inputs": json.dumps({"title": "Tea no. 9"})}])  # fmt: skip
    found = erasing.find(shelf, text="INES@example.org")
    assert (found.record_ids, found.rows) == ({"rec_9"}, {f"{TASK}/imports/imp_2": {7}})
    assert found.count == 1


def test_what_few_others_say_is_shown_and_what_many_say_is_nobodys(shelf: Project) -> None:
    hers = "A pan that Ines left at the door"
    imported(shelf, [hers, f"{hers}, again", *(f"Tea of sort {n} in a tin" for n in range(14))])
    found = erasing.find(shelf, record_ids=["rec_2"])
    assert [each.record_id for each in found.others] == ["rec_3"]
    assert found.texts == frozenset()
    assert found.shared == 2  # the title, which rec_3 has in its own, and the brand
    both = erasing.find(shelf, record_ids=["rec_2", "rec_3"])
    assert both.texts == {hers, f"{hers}, again"}
    assert both.others == ()


def test_a_note_on_another_record_that_quotes_it_leads_to_that_record(shelf: Project) -> None:
    hers = "A pan that Ines left at the door"
    imported(shelf, [hers, *(f"Tea of sort {n} in a tin" for n in range(14))])
    said: Row = {"review_id": "a", "record_id": "rec_4", "note": f"like: {hers}", "deleted": False}
    put(shelf, "reviews", "g0001", reviews=[said])
    found = erasing.find(shelf, record_ids=["rec_2"])
    assert [each.record_id for each in found.others] == ["rec_4"]
    assert hers not in found.texts


def test_a_prompt_that_quotes_a_record_is_masked_and_the_task_is_not(shelf: Project) -> None:
    imported(shelf, ["A pan that Ines left at the door", "Tea no. 2 in a tin"])
    quoting = {"task": TASK, "number": 1, "system": "", "template": "Like: A pan that Ines left at the door",
               "reason": "first", "answers_tags": [], "content_hash": "x", "created_by": "owner"}  # fmt: skip
    with database.engine(shelf).begin() as connection:
        connection.execute(insert(tables.prompts).values(quoting))
        before = connection.execute(select(tables.tasks.c.definition)).scalar_one()
    made = erasing.erase(shelf, ["rec_2"], by="owner", reason="request 17")
    assert made.clean
    assert made.places["database public.prompts"] == (0, 1)
    with database.engine(shelf).connect() as connection:
        assert connection.execute(select(tables.prompts.c.template)).scalar_one() == "Like: [erased]"
        assert connection.execute(select(tables.tasks.c.definition)).scalar_one() == before
    assert erasing.scan(shelf, ["A pan that Ines left at the door"]).clean
    assert keeping.verify(shelf).sound
    with pytest.raises(NotFound):
        erasing.find(shelf, record_ids=["rec_2"])


def test_the_member_most_like_a_keeper_that_is_gone_is_kept() -> None:
    def clusters(*rows: tuple[str, int, bool, float]) -> pa.Table:
        names = ("record_id", "cluster", "keeper", "similarity")
        return schemas.from_rows(
            [dict(zip(names, row, strict=True)) | {"match": "near", "held_out": False} for row in rows],
            "duplicates",
        )

    before = clusters(
        ("gone", 1, True, 1.0), ("a", 1, False, 0.91), ("b", 1, False, 0.97), ("c", 2, True, 1.0)
    )
    after = before.slice(1)
    kept = versions.kept_again(before, after).to_pylist()
    assert [(row["record_id"], row["keeper"], row["match"]) for row in kept] == [
        ("a", False, "near"), ("b", True, "keeper"), ("c", True, "near"),
    ]  # fmt: skip


def test_the_hash_of_what_is_left_does_not_depend_on_its_order() -> None:
    rows: list[Row] = [
        {"record_id": str(n), "split": "train", "system": "", "prompt": f"p{n}", "completion": "c"}
        for n in range(5)
    ]
    assert versions._as_once(rows) == versions._as_once(rows[::-1])
    assert versions._as_once(rows) != versions._as_once(rows[1:])
