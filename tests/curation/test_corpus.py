from __future__ import annotations

import pytest

from curation import corpus, labelling
from curation.label_lookup import LabelLookup
from storage.project import Project
from tests.curation import sample_task


@pytest.fixture
def clustered(project: Project) -> Project:
    rows = [sample_task.record(number, held_out=number == 5) for number in range(8)]
    sample_task.publish_records(project, rows)
    sample_task.publish_duplicates(
        project, [["rec_0001", "rec_0000"], ["rec_0004", "rec_0005"]], held_out=frozenset({"rec_0005"})
    )
    return project


def test_a_few_records_are_read_as_they_are_in_the_whole(clustered: Project) -> None:
    whole = corpus.read(clustered, sample_task.NAME).by_id
    wanted = ["rec_0000", "rec_0001", "rec_0004", "rec_0005", "rec_0007"]
    found = corpus.of_records(clustered, sample_task.NAME, [*wanted, "rec_unknown"])
    assert found == {record_id: whole[record_id] for record_id in wanted}
    assert found["rec_0000"].cluster == "rec_0001"


def test_the_first_record_that_may_be_labelled_is_no_copy(clustered: Project) -> None:
    first = corpus.first_trainable(clustered, sample_task.NAME)
    assert first is not None
    assert first.trainable
    assert first == corpus.read(clustered, sample_task.NAME).by_id[first.record_id]


def test_where_the_first_records_are_all_copies_one_further_on_is_found(project: Project) -> None:
    many = [sample_task.record(number) for number in range(corpus._LOOKED_AT_FIRST + 20)]
    sample_task.publish_records(project, many)
    ids = [str(row["record_id"]) for row in many]
    sample_task.publish_duplicates(project, [[ids[-1], *ids[:-1]]])
    first = corpus.first_trainable(project, sample_task.NAME)
    assert first is not None
    assert first.record_id == ids[-1]


def test_of_a_task_without_records_none_may_be_labelled(project: Project) -> None:
    sample_task.made(project)
    assert corpus.first_trainable(project, sample_task.NAME) is None


@pytest.mark.parametrize("few", [0, 3, 100])
def test_labels_are_found_by_their_ids_one_way_or_the_other(
    labelled: Project, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curation.label_lookup.FEW", few)
    known = labelling.by_id(labelled, sample_task.NAME)
    lookup = LabelLookup(labelled, sample_task.NAME)
    for label_id, label in list(known.items())[:5]:
        assert lookup({label_id, "lab_unknown"})[label_id] == label
    assert "lab_unknown" not in lookup({"lab_unknown"})
