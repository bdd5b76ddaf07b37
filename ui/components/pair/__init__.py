"""Two outputs for one record, side by side, with what differs marked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from ui.components.sources import component


@dataclass(frozen=True)
class Side:
    """One output: the name to show (`A` while blind), the text, and whether it matches the reference."""

    name: str
    output: str
    correct: bool | None = None


def output_pair(
    *, inputs: Mapping[str, str], left: Side, right: Side, reference: str | None, chosen: str | None, key: str
) -> None:
    """Draw the record and both outputs. `chosen` is `left`, `right`, `tie` or None before a vote.

    `reference` is shown when it is given; a blind pair gets None until the vote is in.
    """
    data = {
        "inputs": [[column, text] for column, text in inputs.items()],
        "left": asdict(left),
        "right": asdict(right),
        "reference": reference,
        "chosen": chosen,
    }
    component("pair", ("pair.js",))(key=key, data=data)
