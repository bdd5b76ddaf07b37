"""What a run says while it learns: one JSON line per event, flushed as it happens.

A run that was killed goes back to its last checkpoint; the events after that are taken back, so
that steps never go backwards in what is read. Loads no model library.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal, Self

Kind = Literal["train", "validation", "sample", "note"]
FILE_NAME = "events.jsonl"


@dataclass(frozen=True)
class Sample:
    """What the student answered to a validation row at some step, beside what it was to answer."""

    record_id: str
    expected: str
    output: str

    @property
    def correct(self) -> bool:
        """Whether the answer is the expected one, white space around it aside."""
        return self.output.strip() == self.expected.strip()


@dataclass(frozen=True)
class RunEvent:
    """One thing a run said. What does not belong to its kind is None.

    `seconds` count the time the run worked, pauses between a kill and its resumption left out.
    `tokens` are those it has seen, padding aside. `exact_match` is the share of validation rows
    whose every token was the model's first choice, 0-1: those it answers exactly.
    """

    event: Kind
    step: int
    seconds: float
    loss: float | None = None
    exact_match: float | None = None
    learning_rate: float | None = None
    tokens: int | None = None
    text: str | None = None

    @property
    def sample(self) -> Sample | None:
        """The answer that a `sample` event carries."""
        if self.event != "sample" or self.text is None:
            return None
        return Sample(**json.loads(self.text))


class EventLog:
    """Writes the events of one run into its job's folder, and says them in the job's log."""

    def __init__(
        self,
        folder: Path,
        *,
        resumed_at_step: int | None = None,
        say: Callable[[str], None] = lambda line: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open the log. Events after `resumed_at_step`, which will happen again, are taken back.

        None is a start from the beginning: nothing of an earlier attempt is kept.
        """
        self._path = folder / FILE_NAME
        self._say = say
        self._clock = clock
        last = -1 if resumed_at_step is None else resumed_at_step
        kept = [event for event in read(self._path) if event.step <= last]
        self._began = clock() - (kept[-1].seconds if kept else 0.0)
        self._last_step = kept[-1].step if kept else 0
        self._notes = {event.text for event in kept if event.event == "note"}
        _rewrite(self._path, kept)
        self._stream = self._path.open("a", encoding="utf-8")

    def add(self, event: Kind, step: int, **values: Any) -> RunEvent:
        """Write one event and flush it; what a reader sees next includes it."""
        self._last_step = step
        said = RunEvent(event, step, round(self._clock() - self._began, 3), **values)
        self._stream.write(_line(said))
        self._stream.flush()
        self._say(as_text(said))
        return said

    def note(self, text: str) -> None:
        """Write a remark at the last step told; one that stands already is only said again."""
        if text in self._notes:
            self._say(text)
            return
        self._notes.add(text)
        self.add("note", self._last_step, text=text)

    def sample(self, step: int, sample: Sample) -> None:
        """Write what the student answered."""
        self.add("sample", step, text=json.dumps(asdict(sample), ensure_ascii=False))

    @property
    def seconds(self) -> float:
        """How long the run has worked."""
        return self._clock() - self._began

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *fault: object) -> None:
        self._stream.close()


def read(path: Path) -> list[RunEvent]:
    """The events written so far; a last line torn by a kill is left out."""
    if not path.is_file():
        return []
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    return [RunEvent(**json.loads(line)) for line in lines[:-1]]


def as_text(event: RunEvent) -> str:
    """The event as a line for people."""
    place = f"{event.seconds:8.1f} s  step {event.step:<5d} "
    if event.event == "note":
        return f"{place} {event.text}"
    if (sample := event.sample) is not None:
        mark = "=" if sample.correct else "x"
        return f"{place} {mark} {sample.output!r} (expected {sample.expected!r})"
    figures = {
        "loss": event.loss,
        "exact match": event.exact_match,
        "learning rate": event.learning_rate,
        "tokens": event.tokens,
    }
    said = "  ".join(f"{name} {value:.4g}" for name, value in figures.items() if value is not None)
    return f"{place} {event.event}  {said}"


def as_columns(events: Iterable[RunEvent]) -> list[dict[str, object]]:
    """The events as rows of the `run_events` schema."""
    return [asdict(event) for event in events]


def from_columns(rows: Sequence[dict[str, Any]]) -> list[RunEvent]:
    """The events of a table of the `run_events` schema."""
    names = [field.name for field in fields(RunEvent)]
    return [RunEvent(**{name: row[name] for name in names}) for row in rows]


def _line(event: RunEvent) -> str:
    values = {name: value for name, value in asdict(event).items() if value is not None}
    finite = {
        name: value for name, value in values.items() if not isinstance(value, float) or math.isfinite(value)
    }
    return json.dumps(finite, ensure_ascii=False, allow_nan=False) + "\n"


def _rewrite(path: Path, events: Sequence[RunEvent]) -> None:
    draft = path.with_name(f".{path.name}.tmp")
    draft.write_text("".join(_line(event) for event in events), encoding="utf-8")
    os.replace(draft, path)
