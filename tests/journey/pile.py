"""A pile of messages as they come: web tags, broken encodings, addresses, numbers, copies; of any size."""

from __future__ import annotations

import json
import random
from pathlib import Path

from curation.tasks import Task

NAME = "messages"
LABELS = ("delivery", "refund", "damage", "account", "praise")
TASK = Task(name=NAME, title="Shop messages", input_columns=("text",), labels=LABELS)
COPY_SHARE = 0.06
_THINGS = ("kettle", "wok", "lamp", "rug", "clock", "chair", "shelf", "tray", "jug", "stool", "mat", "bowl")
_LOOKS = ("red", "oak", "steel", "blue", "round", "tall", "woven", "glass", "small", "grey", "brass", "white")
_SAYS = {
    "delivery": "It was to come {when} and is not here yet.",
    "refund": "I sent it back {when} and wait for the money.",
    "damage": "It came {when} with a crack along the rim.",
    "account": "Since {when} the site takes no password of mine.",
    "praise": "It came {when} and is just what I hoped for.",
}
_WHEN = ("on Monday", "last week", "two days ago", "in March", "before noon", "after the holidays")
_MORE = (
    "The parcel service says that it cannot help.", "Please tell me what to do next.", "I have the receipt.",
    "My neighbour has the same one.", "The colour is not the one on the picture.", "Nobody answers the line.",
    "It is a present, so there is some hurry.", "Your shop in town sent me here.",
)  # fmt: skip


def written(path: Path, rows: int, seed: int = 5) -> Path:
    """`rows` messages as JSON lines; about one in seventeen says nearly what an earlier one said."""
    dice = random.Random(seed)
    with path.open("w", encoding="utf-8") as stream:
        recent: list[dict[str, str]] = []
        for number in range(rows):
            if recent and dice.random() < COPY_SHARE:
                row = _copied(dice, dice.choice(recent))
            else:
                row = _message(dice, number)
                recent = [*recent[-99:], row]
            stream.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def _message(dice: random.Random, number: int) -> dict[str, str]:
    label = dice.choice(LABELS)
    thing = f"{dice.choice(_LOOKS)} {dice.choice(_THINGS)} no. {number}"
    says = _SAYS[label].format(when=dice.choice(_WHEN))
    text = " ".join([f"About the {thing}.", says, *dice.sample(_MORE, dice.randint(1, 4))])
    guessed = label if dice.random() < 0.9 else dice.choice(LABELS)
    return {
        "text": _as_it_comes(dice, text, number),
        "label": label,
        "teacher": guessed,
        "shop": f"shop {number % 7}",
    }


def _as_it_comes(dice: random.Random, text: str, number: int) -> str:
    kind = dice.randrange(12)
    if kind == 0:
        return f"<p>{text}</p><br>Sent &amp; signed"
    if kind == 1:
        return text + f" Write to customer{number}@example.org."
    if kind == 2:
        return text + f" Call +44 20 7946 0{number % 1000:03}."
    if kind == 3:
        return text.replace("It ", "ItÂ\xa0", 1) + " CafÃ© ThÃ©."
    if kind == 4:
        return text.replace(". ", ".\u200b  ")
    return text


def _copied(dice: random.Random, row: dict[str, str]) -> dict[str, str]:
    text = row["text"]
    way = dice.randrange(3)
    if way == 0:
        return {**row, "text": text.upper()}
    if way == 1:
        return {**row, "text": text + "!"}
    place = dice.randrange(len(text))
    return {**row, "text": text[:place] + text[place + 1 :]}
