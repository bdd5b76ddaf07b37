"""Whether a dataset's rows may be trained on, by the licence of their import and the teacher's terms.

A pure decision on plain mappings. Nothing here is legal advice: a licence is known or it is not,
and whoever overrides a refusal says why; the dataset card repeats it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from storage.errors import InvalidInput

Verdict = Literal["allowed", "unknown", "refused"]
_WORST: tuple[Verdict, ...] = ("refused", "unknown", "allowed")

LICENCES: Mapping[str, Verdict] = {
    **dict.fromkeys(
        (
            "own", "apache-2.0", "mit", "bsd-2-clause", "bsd-3-clause", "isc", "unlicense", "cc0-1.0",
            "cc-by-2.0", "cc-by-3.0", "cc-by-4.0", "cc-by-sa-3.0", "cc-by-sa-4.0", "odc-by", "odbl", "pddl",
            "cdla-permissive-1.0", "cdla-permissive-2.0", "cdla-sharing-1.0",
        ),
        "allowed",
    ),
    **dict.fromkeys(
        (
            "cc-by-nd-4.0", "cc-by-nc-2.0", "cc-by-nc-3.0", "cc-by-nc-4.0", "cc-by-nc-sa-3.0",
            "cc-by-nc-sa-4.0", "cc-by-nc-nd-3.0", "cc-by-nc-nd-4.0",
        ),
        "refused",
    ),
}  # fmt: skip
"""What a licence says of training and passing on, by the Hub's identifier; `own` is one's own text.

Licences that forbid derived works (nd) or commercial use (nc) are refused until a person says that
the use is within them. Any other is unknown. https://huggingface.co/docs/hub/repositories-licenses
"""

_NOT_IMPORTED = "come from no import of this task, so that no licence is known"


@dataclass(frozen=True)
class Provenance:
    """Where `rows` rows come from: the licence of their import, and the teacher whose output they hold.

    `licence` is None where none was stated, `teacher` where no teacher's output is in the rows.
    `imported` is False for rows that no import of the task brought.
    """

    licence: str | None
    teacher: str | None
    rows: int = 1
    imported: bool = True


@dataclass(frozen=True)
class Override:
    """An admin's word that refused rows may be used all the same. `reason` is never blank.

    `against` are the reasons that stood against rows then; None covers any.
    """

    by: str
    reason: str
    at: datetime
    against: frozenset[str] | None = None

    def __post_init__(self) -> None:
        if not self.reason.strip():
            raise InvalidInput("The override has no reason.", next_step="Say why these rows may be used.")

    def covers(self, reasons: Iterable[str]) -> bool:
        """Whether the admin had all of this before them."""
        return self.against is None or self.against.issuperset(reasons)


@dataclass(frozen=True)
class Permission:
    """The verdict on a set of rows, in rows; `reasons` counts each by the worst that stands against it.

    `objections` has all that stands against any of them, which is what an admin answers for.
    """

    allowed: int
    unknown: int
    refused: int
    reasons: Mapping[str, int] = field(default_factory=dict)
    override: Override | None = None
    objections: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """All rows that were judged."""
        return self.allowed + self.unknown + self.refused

    @property
    def may_export(self) -> bool:
        """Whether nothing stands against any row, or an admin has answered for it."""
        return not self.reasons or (self.override is not None and self.override.covers(self.objections))

    def check(self) -> None:
        """Raise InvalidInput unless the rows may be exported, saying how many may not and why."""
        if self.may_export:
            return
        rows = self.rows
        why = "; ".join(f"{count:,} {reason}" for reason, count in self.reasons.items())
        raise InvalidInput(
            f"{self.unknown + self.refused:,} of {rows:,} rows may not be exported or trained on: {why}.",
            next_step="On the Exports page, state the licence of the import or the terms of the teacher; or "
            "let an admin answer for it with a reason, which the dataset card will repeat.",
        )


def verdict(
    row: Provenance, teachers: Mapping[str, Verdict], licences: Mapping[str, Verdict] = LICENCES
) -> tuple[Verdict, str]:
    """What holds for one row, and what stands against it ("" where nothing does).

    `teachers` says by name whether a teacher's terms let its outputs be trained on; one that it
    does not name is unknown, and so is a licence that `licences` does not name. Of the import and
    the teacher the worse counts.
    """
    found = objections(row, teachers, licences)
    return min(found, key=lambda each: _WORST.index(each[0])) if found else ("allowed", "")


def objections(
    row: Provenance, teachers: Mapping[str, Verdict], licences: Mapping[str, Verdict] = LICENCES
) -> list[tuple[Verdict, str]]:
    """All that stands against a row: what its import's licence says, and what its teacher's terms say."""
    licence = identifier(row.licence)
    against = _of_licence(licence, licences) if row.imported else _NOT_IMPORTED
    found = [(licences.get(licence, "unknown"), against)]
    if row.teacher is not None:
        found.append((teachers.get(row.teacher, "unknown"), _of_teacher(row.teacher, teachers)))
    return [each for each in found if each[0] != "allowed"]


def permission(
    rows: Iterable[Provenance],
    teachers: Mapping[str, Verdict],
    *,
    licences: Mapping[str, Verdict] = LICENCES,
    override: Override | None = None,
) -> Permission:
    """The verdict on all rows together."""
    counts: Counter[Verdict] = Counter()
    reasons: Counter[str] = Counter()
    everything: set[str] = set()
    for row in rows:
        found, reason = verdict(row, teachers, licences)
        counts[found] += row.rows
        if reason and row.rows:
            reasons[reason] += row.rows
            everything.update(each for _, each in objections(row, teachers, licences))
    most_first = dict(sorted(reasons.items(), key=lambda each: (-each[1], each[0])))
    return Permission(
        counts["allowed"],
        counts["unknown"],
        counts["refused"],
        most_first,
        override,
        tuple(sorted(everything)),
    )


def identifier(licence: str | None) -> str:
    """A licence as the Hub writes it; "" for none."""
    return (licence or "").strip().lower()


def _of_licence(licence: str, licences: Mapping[str, Verdict]) -> str:
    if not licence:
        return "come from an import without a stated licence"
    if licence not in licences:
        return f"come from an import under {licence!r}, a licence that is not known here"
    return f"come from an import under {licence!r}, which limits such use"


def _of_teacher(teacher: str, teachers: Mapping[str, Verdict]) -> str:
    if not teacher:
        return "hold outputs of a teacher that nothing here names any more"
    if teachers.get(teacher) == "refused":
        return f"hold outputs of the teacher {teacher!r}, whose terms forbid training on them"
    return f"hold outputs of the teacher {teacher!r}, whose terms are not stated"
