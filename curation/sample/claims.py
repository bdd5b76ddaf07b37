"""The sample of the preset `claims-extraction`: about 220 documents, each with the fields that stand in it.

    from curation.sample import claims
    path = claims.write(folder)          # folder/claims.csv, the same bytes for a seed

Written for this project: insurers, contracts and people are made up. As in real files some documents came in
twice, in a wrong encoding, with markup, or with an address or a number in them, of kinds that nobody owns.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random

from curation.imports import ColumnMapping
from curation.sample import wear
from curation.sample.claim_documents import (
    WAYS_TO_WRITE_A_DAY,
    Facts,
    Incident,
    document,
    incidents,
    kinds,
)
from curation.sample.scripted import REVIEWERS

PRESET = "claims-extraction"
FILE_NAME = "claims.csv"
TIMES = 4
"""So often every incident is claimed, each time by somebody else in another manner."""
COPIES = 13
PROMPT_SYSTEM = "You read claims for an insurer."
PROMPT_TEMPLATE = (
    "{document}\n\nAnswer with one JSON object: claim_number, date (when it happened, YYYY-MM-DD), amount "
    "(claimed, a number), currency (ISO 4217) and cause (accident, theft, damage or other). Leave out what "
    "the document does not give."
)
PROMPT_REASON = "First version: names the fields and their form."
MISTAKES: Mapping[str, float] = {"wrong_value": 0.14, "missing": 0.05, "invented": 0.5, "form": 0.04}
"""The recorded teacher's mistakes: shares of all rows, `invented` of those that give no currency."""

Fields = dict[str, str | float]


@dataclass(frozen=True)
class _Insurer:
    """How an insurer numbers claims and contracts, and how its country writes sums."""

    name: str
    currency: str
    claim: str
    contract: str
    groups: str
    point: str
    pattern: str


_INSURERS = (
    _Insurer("Harbour & Vale Mutual", "GBP", "HV-{year}-{number:06d}", "P/{number:05d}-{letter}",
             ",", ".", "£{sum}"),
    _Insurer("Nordlicht Versicherung", "EUR", "SN {short}/{part:03d}-{number:04d}", "NL {letter}{number:05d}",
             ".", ",", "{sum} €"),
    _Insurer("Assurance Tilleul", "EUR", "T{short}.{part:04d}.{letter}{letter}", "TIL-{number:05d}",
             " ", ",", "{sum} EUR"),
    _Insurer("Prairie Lantern Insurance", "USD", "{letter}{letter}{number:05d}-{short}",
             "PL{part:03d}{letter}{number:03d}", ",", ".", "${sum}"),
    _Insurer("Rigi Kantonal", "CHF", "RK {letter}-{part:03d}.{number:03d}/{short}", "RK/{letter}{number:04d}",
             "'", ".", "CHF {sum}"),
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One row of the file, as text. `fields` is JSON; `teacher_error` is empty where the teacher is right."""

    document_id: str
    kind: str
    document: str
    fields: str
    teacher_v1: str
    teacher_error: str
    scripted_reviewer_a: str
    scripted_reviewer_b: str


@dataclass(frozen=True)
class _Drawn:
    """A document before it has an id: its text, its fields, and what a hasty reader takes for them."""

    kind: str
    text: str
    fields: Fields
    written: str
    excess: float


def rows(seed: int = 13) -> list[Row]:
    """The rows of a seed, the same on every machine."""
    rng = Random(seed)  # noqa: S311 - a sample, not a secret
    drawn = [
        _drawn(incident, kinds()[(place + time * 3) % len(kinds())], rng)
        for time in range(TIMES)
        for place, incident in enumerate(incidents())
    ]
    rng.shuffle(drawn)
    texts = [(wear.worn(each.text, place, rng), each) for place, each in enumerate(drawn)]
    for each in rng.sample(drawn, COPIES):
        texts.insert(rng.randrange(len(texts)), (wear.copied(each.text, rng), each))
    return [_row(f"D{number:04d}", text, each, rng) for number, (text, each) in enumerate(texts, start=1)]


def write(folder: Path, seed: int = 13) -> Path:
    """Write `claims.csv` (UTF-8) into `folder` and return its path."""
    return wear.written(folder / FILE_NAME, [vars(row) for row in rows(seed)])


def mapping() -> ColumnMapping:
    """How the columns of the file belong to the preset's task."""
    extras = ("document_id", "kind", *wear.SAID)
    return ColumnMapping(inputs={"document": "document"}, gold="fields", extras=extras)


def _drawn(incident: Incident, kind: str, rng: Random) -> _Drawn:
    insurer = rng.choice(_INSURERS)
    day = date(2025, 1, 3) + timedelta(days=rng.randrange(560))
    written = day + timedelta(days=rng.randint(1, 45))
    amount = round(incident.most * rng.uniform(0.12, 1.0), 2)
    excess = float(rng.choice((25, 40, 50, 75)) if amount < 500 else rng.choice((100, 150, 250, 300)))
    bare = rng.random() < 0.12
    numbered = {"year": day.year, "short": day.year % 100}
    way = rng.choice(WAYS_TO_WRITE_A_DAY)
    facts = Facts(
        insurer=insurer.name,
        claim_number=_numbered(insurer.claim, numbered, rng),
        contract=_numbered(insurer.contract, numbered, rng),
        day=way(day),
        written=way(written),
        total=_sum(amount, insurer, bare),
        excess=_sum(excess, insurer, bare),
    )
    fields: Fields = {"claim_number": facts.claim_number, "date": day.isoformat(), "amount": amount}
    if not bare:
        fields["currency"] = insurer.currency
    fields["cause"] = incident.cause
    text = document(kind, incident, facts, rng)
    return _Drawn(kind, text, fields, written.isoformat(), excess)


def _numbered(pattern: str, known: Mapping[str, int], rng: Random) -> str:
    return pattern.format(
        **known, number=rng.randint(100, 9_999), part=rng.randint(100, 999), letter=rng.choice("BDFGHKMPRT")
    )


def _sum(amount: float, insurer: _Insurer, bare: bool) -> str:
    """A sum as the insurer's country writes it; `bare` without its currency."""
    whole, cents = f"{amount:,.2f}".split(".")
    written = f"{whole.replace(',', insurer.groups)}{insurer.point}{cents}"
    return written if bare else insurer.pattern.format(sum=written)


def _row(document_id: str, text: str, drawn: _Drawn, rng: Random) -> Row:
    right = json.dumps(drawn.fields, ensure_ascii=False)
    teacher, error = _teacher_says(drawn, right, rng)
    passable = error in ("wrong_value", "invented")  # the form does not let a broken answer through
    said = [
        teacher if passable and rng.random() < 4 * reviewer.error_rate else right for reviewer in REVIEWERS
    ]
    return Row(document_id, drawn.kind, text, right, teacher, error, *said)


def _teacher_says(drawn: _Drawn, right: str, rng: Random) -> tuple[str, str]:
    """The recorded teacher's output, and the code of the error tag where it is wrong."""
    draw = rng.random()
    fields = dict(drawn.fields)
    if "currency" not in fields and draw < MISTAKES["invented"]:
        return _spelled({**fields, "currency": "EUR"}), "invented"
    for error in ("wrong_value", "missing", "form"):
        if draw < MISTAKES[error]:
            return (
                f"```json\n{right}\n```" if error == "form" else _spelled(_mistaken(error, drawn, rng))
            ), error
        draw -= MISTAKES[error]
    return right, ""


def _mistaken(error: str, drawn: _Drawn, rng: Random) -> Fields:
    fields = dict(drawn.fields)
    if error == "missing":
        del fields[rng.choice(("date", "amount"))]
        return fields
    taken: Fields = rng.choice(
        [{"date": drawn.written}, {"amount": drawn.excess}, {"cause": _another(str(fields["cause"]), rng)}]
    )
    return {**fields, **taken}


def _another(cause: str, rng: Random) -> str:
    return rng.choice([each for each in ("accident", "theft", "damage", "other") if each != cause])


def _spelled(fields: Fields) -> str:
    return json.dumps(fields, ensure_ascii=False)
