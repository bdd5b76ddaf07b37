"""The samples that come with presets: a file to begin with, and a recorded teacher with its first prompt.

    sample = SAMPLES["patient-triage"]
    path = sample.write(folder)

What each holds is said in the module that makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from curation.imports import ColumnMapping
from curation.sample import claims, triage
from curation.sample.scripted import TEACHER_COLUMN
from storage.errors import InvalidInput

TEACHER = "recorded-teacher"


@dataclass(frozen=True)
class PresetSample:
    """What a preset is offered with. `about` says it in a few words; the teacher answers from a column."""

    preset: str
    about: str
    write: Callable[[Path], Path]
    mapping: ColumnMapping
    system: str
    template: str
    reason: str
    teacher_column: str = TEACHER_COLUMN


def _sample(module: ModuleType, about: str) -> PresetSample:
    return PresetSample(
        preset=module.PRESET,
        about=about,
        write=module.write,
        mapping=module.mapping(),
        system=module.PROMPT_SYSTEM,
        template=module.PROMPT_TEMPLATE,
        reason=module.PROMPT_REASON,
    )


SAMPLES: Mapping[str, PresetSample] = {
    sample.preset: sample
    for sample in (
        _sample(claims, "about 220 letters, forms and notes with their fields"),
        _sample(triage, "about 230 complaints with their urgency"),
    )
}
"""By the name of the preset."""


def sample(preset: str) -> PresetSample:
    """The sample of a preset. Raises InvalidInput for one that has none, naming those that have."""
    if preset not in SAMPLES:
        raise InvalidInput(
            f"The preset {preset!r} comes without sample data.",
            next_step=f"There is some for {', '.join(SAMPLES)}.",
        )
    return SAMPLES[preset]
