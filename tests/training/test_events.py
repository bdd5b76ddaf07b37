from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

from training import events
from training.events import EventLog, RunEvent, Sample


def ticking() -> Callable[[], float]:
    seconds = count()
    return lambda: float(next(seconds))


def test_what_was_said_is_read_back_while_the_run_still_writes(tmp_path: Path) -> None:
    with EventLog(tmp_path) as log:
        log.add("train", 10, loss=0.5, learning_rate=1e-3, tokens=100)
        log.sample(10, Sample("rec_1", "Töpfe > Pfannen", 'said "x"\n'))
        first, second = events.read(tmp_path / events.FILE_NAME)
    assert (first.event, first.step, first.loss, first.tokens) == ("train", 10, 0.5, 100)
    assert second.sample == Sample("rec_1", "Töpfe > Pfannen", 'said "x"\n')
    assert first.sample is None


def test_a_resumed_run_takes_back_what_will_happen_again(tmp_path: Path) -> None:
    with EventLog(tmp_path, clock=ticking()) as log:
        for step in (10, 20, 30):
            log.add("train", step, loss=1.0)
    with EventLog(tmp_path, resumed_at_step=20, clock=ticking()) as resumed:
        resumed.add("train", 30, loss=0.9)
    read = events.read(tmp_path / events.FILE_NAME)
    assert [event.step for event in read] == [10, 20, 30]
    assert [event.seconds for event in read] == sorted(event.seconds for event in read)
    assert read[-1].loss == 0.9


def test_a_run_that_begins_again_keeps_nothing(tmp_path: Path) -> None:
    with EventLog(tmp_path) as log:
        log.note("begun")
    with EventLog(tmp_path):
        assert events.read(tmp_path / events.FILE_NAME) == []


def test_a_line_torn_by_a_kill_is_left_out(tmp_path: Path) -> None:
    with EventLog(tmp_path) as log:
        log.add("train", 10, loss=0.5)
    path = tmp_path / events.FILE_NAME
    path.write_bytes(path.read_bytes() + b'{"event":"train","step":20,"seco')
    assert [event.step for event in events.read(path)] == [10]
    with EventLog(tmp_path, resumed_at_step=10) as resumed:
        resumed.add("train", 20, loss=0.4)
    assert [event.step for event in events.read(path)] == [10, 20]


def test_a_remark_that_stands_is_not_written_twice(tmp_path: Path) -> None:
    said: list[str] = []
    with EventLog(tmp_path) as log:
        log.add("train", 10, loss=0.5)
        log.note("LoRA on q_proj x2.")
    with EventLog(tmp_path, resumed_at_step=10, say=said.append) as resumed:
        resumed.note("LoRA on q_proj x2.")
    notes = [event for event in events.read(tmp_path / events.FILE_NAME) if event.event == "note"]
    assert [(note.step, note.text) for note in notes] == [(10, "LoRA on q_proj x2.")]
    assert said == ["LoRA on q_proj x2."]


def test_a_loss_that_is_no_number_leaves_the_file_readable(tmp_path: Path) -> None:
    with EventLog(tmp_path) as log:
        log.add("train", 10, loss=float("nan"), tokens=5)
    assert events.read(tmp_path / events.FILE_NAME)[0].loss is None


def test_rows_of_the_artifact_are_the_same_events() -> None:
    said = [RunEvent("train", 5, 1.5, loss=0.1), RunEvent("note", 5, 1.6, text="x")]
    assert events.from_columns(events.as_columns(said)) == said


def test_no_file_is_no_events(tmp_path: Path) -> None:
    assert events.read(tmp_path / events.FILE_NAME) == []
