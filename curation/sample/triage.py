"""The sample of the preset `patient-triage`: about 240 complaints, each with the urgency it calls for.

    from curation.sample import triage
    path = triage.write(folder)          # folder/complaints.csv, the same bytes for a seed

Written for this project: no patient said any of it. As in real files some texts came in twice, in a wrong
encoding, with markup, or with an address or a number in them, of kinds that nobody owns.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from random import Random

from curation.imports import ColumnMapping
from curation.sample import wear
from curation.sample.scripted import REVIEWERS

PRESET = "patient-triage"
FILE_NAME = "complaints.csv"
COPIES = 14
TEACHER_ERRORS = 0.22
LEVELS = ("emergency", "today", "this week", "self-care")
PROMPT_SYSTEM = "You sort messages to a doctor's practice by urgency."
PROMPT_TEMPLATE = "Message: {complaint}\nAnswer with one of {labels}.\nUrgency:"
PROMPT_REASON = "First version: names the levels, says nothing of red flags."

ABOUT = (
    "I am {age}.", "Age {age}, otherwise healthy.", "{age} years old, no allergies that I know of.",
    "He is {age} and takes nothing regularly.", "I am {age} and have high blood pressure.",
    "She is {age}, had her gall bladder out years ago.", "I take thyroxine, I am {age}.",
    "{age}, two children, no operations.", "",  "", "",
)  # fmt: skip
TRIED = (
    "I have taken paracetamol once.", "Tried rest and tea.", "Nothing helps so far.",
    "Ibuprofen made no difference.", "A neighbour, who is a nurse, told me to write to you.",
    "I looked it up and got scared.", "We have not given anything yet.", "Cooling does a little good.",
    "", "", "", "",
)  # fmt: skip
ASKED = (
    "What should I do?", "Do I have to come in?", "Can this wait until Monday?", "Please advise.",
    "When can somebody see me?", "I would rather not bother the doctor for nothing.",
    "Is it all right to stay at home?", "I can come at any time.", "Thank you for your help.",
    "Could the doctor ring me?", "", "",
)  # fmt: skip
GREETINGS = ("Hello,", "Good morning,", "Dear doctor,", "Hi there,", "Good evening,", "To the practice:")


@dataclass(frozen=True)
class Complaint:
    """What somebody has, in the words of several. `red_flag` names the serious symptom, if there is one."""

    level: str
    said: tuple[str, ...]
    red_flag: str = ""


@dataclass(frozen=True)
class Row:
    """One row of the file, as text. `red_flag` and `teacher_error` are empty where there is none."""

    complaint_id: str
    channel: str
    complaint: str
    urgency: str
    red_flag: str
    teacher_v1: str
    teacher_error: str
    scripted_reviewer_a: str
    scripted_reviewer_b: str


def rows(seed: int = 11) -> list[Row]:
    """The rows of a seed, the same on every machine."""
    rng = Random(seed)  # noqa: S311 - a sample, not a secret
    said = [(complaint, words) for complaint in complaints() for words in complaint.said]
    rng.shuffle(said)
    drawn = [_drawn(complaint, words, rng) for complaint, words in said]
    worn = [(channel, wear.worn(text, place, rng), complaint) for place, (channel, text, complaint) in
            enumerate(drawn)]  # fmt: skip
    for channel, text, complaint in rng.sample(drawn, COPIES):
        worn.insert(rng.randrange(len(worn)), (channel, wear.copied(text, rng), complaint))
    return [_row(f"C{number:04d}", *each, rng) for number, each in enumerate(worn, start=1)]


@cache
def complaints() -> tuple[Complaint, ...]:
    """Everything that is complained of."""
    words = tomllib.loads(files(__package__).joinpath("complaints.toml").read_text(encoding="utf-8"))
    return tuple(Complaint(**{**each, "said": tuple(each["said"])}) for each in words["complaint"])


def write(folder: Path, seed: int = 11) -> Path:
    """Write `complaints.csv` (UTF-8) into `folder` and return its path."""
    return wear.written(folder / FILE_NAME, [vars(row) for row in rows(seed)])


def mapping() -> ColumnMapping:
    """How the columns of the file belong to the preset's task."""
    extras = ("complaint_id", "channel", "red_flag", *wear.SAID)
    return ColumnMapping(inputs={"complaint": "complaint"}, gold="urgency", extras=extras)


def _drawn(complaint: Complaint, words: str, rng: Random) -> tuple[str, str, Complaint]:
    """(channel, text, complaint): somebody's words as they reach the practice."""
    about = rng.choice(ABOUT).format(age=rng.randint(19, 74))
    parts = [words, about if _speaks_of_oneself(words) else "", rng.choice(TRIED), rng.choice(ASKED)]
    text = " ".join(part for part in parts if part)
    channel = rng.choice(("app", "app", "e-mail", "form", "phone note"))
    if channel == "e-mail":
        return channel, f"{rng.choice(GREETINGS)}\n\n{text}\n\n{wear.signed(rng)}", complaint
    if channel == "form":
        return (
            channel,
            f"Complaint: {words}\nMedicines: {_medicines(rng)}\nRemarks: {parts[3] or '-'}",
            complaint,
        )
    if channel == "phone note":
        return (
            channel,
            f"Call at {rng.randint(7, 18)}:{rng.randint(0, 59):02d}. Caller says: {words} {parts[2]}",
            complaint,
        )
    return channel, text, complaint


def _speaks_of_oneself(words: str) -> bool:
    return words.startswith(("I ", "My ", "There is a heavy"))


def _medicines(rng: Random) -> str:
    return rng.choice(
        ("none", "ramipril 5 mg", "the pill", "metformin, simvastatin", "salbutamol as needed", "?")
    )


def _row(complaint_id: str, channel: str, text: str, complaint: Complaint, rng: Random) -> Row:
    teacher, error = _teacher_says(complaint, rng)
    said = [
        teacher if rng.random() < reviewer.error_rate else complaint.level for reviewer in REVIEWERS
    ]  # who errs waves the teacher's level through
    return Row(complaint_id, channel, text, complaint.level, complaint.red_flag, teacher, error, *said)


def _teacher_says(complaint: Complaint, rng: Random) -> tuple[str, str]:
    """The recorded teacher's level, and the code of the error tag where it is wrong.

    It knows no red flags: of emergencies it places more below than it places others above.
    """
    place = LEVELS.index(complaint.level)
    share = TEACHER_ERRORS * (1.4 if complaint.red_flag else 1.0)
    if rng.random() >= share:
        return complaint.level, ""
    if place == 0 or (place < len(LEVELS) - 1 and rng.random() < 0.5):
        return LEVELS[place + 1], "missed_serious" if place != 1 else "unclear"
    return LEVELS[place - 1], "too_urgent"
