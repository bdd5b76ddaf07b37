"""What a dataset card says beyond what the version itself knows: licence, languages, measures, limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from curation.datasets.permissions import Permission


@dataclass(frozen=True)
class Agreement:
    """How far people agree on the records that several of them reviewed.

    `value` with its 95% interval is of the measure named, such as Krippendorff's alpha (-1 to 1,
    higher is better); `records` is how many had two reviews or more.
    """

    measure: str
    value: float
    low: float
    high: float
    records: int


@dataclass(frozen=True)
class About:
    """What is known besides; everything may be left out, and the card then says that it is not known.

    `licence` is the Hub's identifier of the licence the owner gives the version, `languages` are ISO
    639-1 codes. `redacted` counts what was replaced by identifier, None where nothing was looked
    for. `import_licences` names the licence of each import ("" where none was stated).
    """

    licence: str = ""
    languages: tuple[str, ...] = ()
    agreement: Agreement | None = None
    redacted: Mapping[str, int] | None = None
    import_licences: Mapping[str, str] = field(default_factory=dict)
    permission: Permission | None = None
    limits: tuple[str, ...] = ()


NOTHING_ELSE = About()
