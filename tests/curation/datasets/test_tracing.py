"""From a row back to its line, its teacher and its reviewers; from a version or an import forward."""

from __future__ import annotations

import pytest

from curation import datasets, labelling
from curation.datasets import tracing
from storage import artifacts
from storage.errors import InvalidInput, NotFound
from storage.project import Project
from tests.curation import sample_task
from tests.curation.datasets.made_versions import TASK, publish, row


@pytest.fixture
def frozen(labelled: Project) -> Project:
    """Twelve labelled records of import imp_a, approved by ann, as v0001; the import says its terms."""
    with artifacts.draft(labelled, "imports", TASK, "imp_a") as draft:
        draft.publish(
            facts={"file": "shelf.csv", "imported_by": "ann", "terms": {"licence": "own", "origin": None}}
        )
    labels = labelling.latest(labelled, TASK, 1).values()
    sample_task.publish_reviews(
        labelled,
        [
            sample_task.review(one.record_id, "ann", output=one.output, label_id=one.label_id)
            for one in labels
        ],
    )
    datasets.freeze(labelled, TASK, created_by="owner", fresh=False)
    return labelled


def use(project: Project, kind: str, name: str, *inputs: str) -> None:
    with artifacts.draft(project, kind, TASK, name) as draft:
        draft.publish(inputs=inputs, facts={"created_by": "ben"})


def test_a_row_leads_back_to_its_import_its_teachers_call_and_its_reviewer(frozen: Project) -> None:
    found = datasets.lineage(frozen, TASK, "v0001", "rec_0004")
    assert (found.imported.import_id, found.imported.file, found.imported.imported_by) == (
        "imp_a",
        "shelf.csv",
        "ann",
    )
    assert (found.row_number, dict(found.imported.terms)) == (5, {"licence": "own"})
    assert found.label is not None
    assert (found.label.teacher, found.label.output) == ("recorded", "Bakeware")
    assert found.prompt is not None
    assert (found.prompt.version, found.prompt.template) == ("v1", "{title}")
    assert found.call is not None
    assert found.call.at is not None
    [review] = found.reviews
    assert (review.reviewer, review.decision) == ("ann", "approved")
    assert found.row.inputs == {"title": "Bakeware no. 4", "Brand name": "Lodge"}


def test_what_is_gone_is_said_to_be_gone(frozen: Project) -> None:
    publish(frozen, "v0002", [row(4, label_id="lab_gone", record_id="rec_0004")], inputs=["records/rec_a"])
    found = datasets.lineage(frozen, TASK, "v0002", "rec_0004")
    assert (found.label, found.call, found.prompt, found.reviews, found.mirror) == (
        None,
        None,
        None,
        (),
        None,
    )
    publish(frozen, "v0003", [row(99)], inputs=["records/rec_a"])
    with pytest.raises(NotFound, match="records that hold 'rec_0099' are gone"):
        datasets.lineage(frozen, TASK, "v0003", "rec_0099")


def test_a_row_is_found_by_its_id_or_by_its_words_in_any_case(frozen: Project) -> None:
    [by_id] = tracing.find(frozen, TASK, "v0001", "rec_0004")
    assert (by_id.record_id, by_id.text, by_id.completion) == (
        "rec_0004",
        "Bakeware no. 4\nLodge",
        "Bakeware",
    )
    assert [each.record_id for each in tracing.find(frozen, TASK, "v0001", " BAKEWARE NO. 4 ")] == [
        "rec_0004"
    ]
    assert len(tracing.find(frozen, TASK, "v0001", "lodge", limit=5)) == 5
    assert tracing.find(frozen, TASK, "v0001", "saucepan%") == []
    with pytest.raises(InvalidInput, match="nothing to look for"):
        tracing.find(frozen, TASK, "v0001", "  ")


def test_a_version_leads_forward_to_what_was_trained_and_measured_on_it(frozen: Project) -> None:
    use(frozen, "runs", "run_a", "datasets/v0001")
    use(frozen, "evaluations", "eval_a", "datasets/v0001", "runs/run_a")
    use(frozen, "runs", "run_b", "datasets/v0002")
    found = tracing.uses(frozen, TASK, "v0001")
    assert [(each.kind, each.artifact_id, each.by) for each in found] == [
        ("evaluations", "eval_a", "ben"), ("runs", "run_a", "ben"),
    ]  # fmt: skip


def test_an_import_leads_forward_to_every_version_that_holds_rows_of_it(frozen: Project) -> None:
    use(frozen, "imports", "imp_b")
    sample_rows = [sample_task.record(number) for number in (3, 20)]
    sample_task.publish_records(frozen, sample_rows[1:], "rec_c")
    use(frozen, "runs", "run_a", "datasets/v0001")
    publish(frozen, "v0002", [row(4), row(20)], inputs=["records/rec_a", "records/rec_c"])
    publish(frozen, "v0003", [row(20)], inputs=["records/rec_c"])
    found = tracing.forward(frozen, TASK, "imp_a")
    rows = datasets.get(frozen, TASK, "v0001").total
    assert (found.file, found.records) == ("shelf.csv", 13)
    assert [(each.version, each.rows) for each in found.held] == [("v0001", rows), ("v0002", 2), ("v0003", 1)]
    assert [each.artifact_id for each in found.uses] == ["run_a"]
    nothing = tracing.forward(frozen, TASK, "imp_b")
    assert (nothing.records, nothing.held, nothing.uses) == (0, (), ())
    with pytest.raises(NotFound):
        tracing.forward(frozen, TASK, "imp_z")
