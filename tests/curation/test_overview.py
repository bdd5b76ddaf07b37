from __future__ import annotations

from curation import overview
from storage.project import Project
from tests.curation import sample_task


def test_an_empty_task_counts_nothing(project: Project) -> None:
    seen = overview.read(project, sample_task.NAME)
    assert seen.imported.records == 0
    assert seen.searched.at is None
    assert seen.labelled.prompt_number is None
    assert seen.frozen.version is None


def test_copies_and_whatever_stands_beside_a_held_out_record_are_not_left_to_label(project: Project) -> None:
    rows = [sample_task.record(number, held_out=number == 5) for number in range(6)]
    sample_task.publish_records(project, rows)
    sample_task.publish_duplicates(
        project, [["rec_0000", "rec_0001"], ["rec_0004", "rec_0005"]], held_out=frozenset({"rec_0005"})
    )
    seen = overview.read(project, sample_task.NAME)
    assert (seen.imported.records, seen.imported.held_out, seen.imported.trainable) == (6, 1, 3)
    assert (seen.searched.clusters, seen.searched.copies) == (2, 2)


def test_only_records_that_may_be_labelled_count_as_labelled(labelled: Project) -> None:
    before = overview.read(labelled, sample_task.NAME).labelled
    assert (before.prompt_number, before.teachers, before.records) == (1, ("recorded",), 12)
    sample_task.publish_duplicates(labelled, [["rec_0000", "rec_0001"]])
    assert overview.read(labelled, sample_task.NAME).labelled.records == 11
