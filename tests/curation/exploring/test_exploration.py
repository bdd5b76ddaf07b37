"""An exploration is counted once, kept, and says how old it is; what is suspected can be flagged."""

from __future__ import annotations

import pytest

from curation import exploring, flags
from curation.exploring.exploration import NONE, OTHERS
from curation.exploring.job import Part
from storage import artifacts, database, jobs
from storage.database import tables
from storage.errors import InvalidInput, NotFound
from storage.project import Project
from tests.curation import sample_task
from tests.curation.exploring.made_texts import CLASSES, drawn

NAME = sample_task.NAME


def finished(project: Project, part: Part, whose: str = "people") -> None:
    job = exploring.start(project, NAME, part, "owner", whose=whose)  # type: ignore[arg-type]
    done = jobs.run_inline(project, job.job_id)
    assert done.status == "succeeded", done.error


@pytest.fixture
def home(project: Project) -> Project:
    """400 records with a teacher's labels, of which one in twenty is wrong."""
    sample_task.made(project)
    texts, right = drawn(400, seed=1, telling=0.6)
    sample_task.publish_records(
        project,
        [
            sample_task.record(
                number, inputs={"title": text, "Brand name": ""}, source=f"file{number % 3}.csv",
                extras={"seller": "ab"[number % 10 == 0], **({"note": str(number)} if number % 2 else {})},
            )
            for number, text in enumerate(texts)
        ],
    )  # fmt: skip
    labels = [
        CLASSES[(CLASSES.index(label) + 1) % 4] if number % 20 == 0 else label
        for number, label in enumerate(right)
    ]
    publish_labels(project, labels)
    return project


def publish_labels(project: Project, labels: list[str], name: str = "lab_a") -> None:
    rows = [
        sample_task.label(f"rec_{number:04d}", output=label, label_id=f"{name}_{number}")
        for number, label in enumerate(labels)
    ]
    sample_task.publish_labels(project, rows, name)


def test_what_was_counted_is_kept_and_read_back_as_it_was(home: Project) -> None:
    assert exploring.newest_data(home, NAME) is None
    finished(home, "data")
    seen = exploring.newest_data(home, NAME)
    assert seen is not None
    found = seen.found
    assert seen.is_current
    assert (found.records, found.lengths, found.languages.rows) == (400, exploring.lengths(home, NAME), 400)
    assert [each.column for each in found.columns] == ["source", "note", "seller"]
    assert found.counts("seller") == {"a": 360, "b": 40}
    assert found.counts("source") == {"file0.csv": 134, "file1.csv": 133, "file2.csv": 133}
    assert sum(found.counts("label (teacher)").values()) == 400
    assert set(found.labels) == {"teacher"}
    assert found.countable[0] == "label (teacher)"
    assert found.counts("nonsense") == {}
    assert artifacts.verify(home) == []


def test_more_values_than_are_kept_stand_together(home: Project) -> None:
    finished(home, "data")
    seen = exploring.newest_data(home, NAME)
    assert seen is not None
    counts = seen.found.counts("note")
    assert sum(counts.values()) == 400
    assert (counts[NONE], counts[OTHERS]) == (200, 101)
    assert len(counts) == 101


def test_it_says_what_came_since(home: Project) -> None:
    finished(home, "data")
    sample_task.publish_records(home, [sample_task.record(900), sample_task.record(901)], "rec_b")
    seen = exploring.newest_data(home, NAME)
    assert seen is not None
    assert (seen.new_records, seen.labels_changed, seen.is_current) == (2, False, False)
    publish_labels(home, ["Tea"], "lab_b")
    seen = exploring.newest_data(home, NAME)
    assert seen is not None
    assert seen.labels_changed
    finished(home, "data")
    again = exploring.newest_data(home, NAME)
    assert again is not None
    assert (again.found.records, again.is_current) == (402, True)


def test_label_errors_and_the_curve_are_kept_too(home: Project) -> None:
    finished(home, "label_errors", "teacher")
    errors = exploring.newest_label_errors(home, NAME)
    assert errors is not None
    assert errors.whose == "teacher"
    planted = {f"rec_{number:04d}" for number in range(0, 400, 20)}
    assert len(planted & {suspect.record_id for suspect in errors.found.suspects}) >= 16
    assert "has a probability of" in errors.found.suspects[0].why
    finished(home, "learning_curve", "teacher")
    curve = exploring.newest_curve(home, NAME)
    assert curve is not None
    assert len(curve.found.points) == 4
    assert exploring.newest_data(home, NAME) is None


def test_what_is_flagged_stands_in_the_newest_queue_once(home: Project) -> None:
    with database.engine(home).begin() as connection:
        for version, ids in ((1, ["rec_0000", "rec_0020"]), (2, ["rec_0000"])):
            queue = f"{NAME}-v{version}"
            connection.execute(
                tables.queues.insert().values(
                    name=queue, task=NAME, prompt_version=version, argilla_id=queue, purpose="main"
                )
            )
            connection.execute(
                tables.queue_records.insert(),
                [{"queue": queue, "record_id": each, "label_id": "l", "shuffle": 0} for each in ids],
            )
    notes = {each: f"why {each}" for each in ("rec_0000", "rec_0020", "rec_0040")}
    assert flags.put_all(home, NAME, "owner", notes) == 2
    assert flags.put_all(home, NAME, "owner", notes) == 0
    found = {(flag.record_id, flag.queue, flag.note) for flag in flags.open_flags(home, NAME)}
    assert found == {
        ("rec_0000", f"{NAME}-v2", "why rec_0000"), ("rec_0020", f"{NAME}-v1", "why rec_0020"),
    }  # fmt: skip
    assert flags.resolve(home, NAME, "rec_0000", "ann") == 1
    assert flags.put_all(home, NAME, "owner", notes) == 1


def test_what_cannot_be_asked_is_refused_before_a_job_is_made(home: Project) -> None:
    with pytest.raises(NotFound):
        exploring.start(home, "nothing", "data", "owner")
    with pytest.raises(InvalidInput, match="no part 'all'"):
        exploring.start(home, NAME, "all", "owner")  # type: ignore[arg-type]
    assert jobs.listing(home) == []
