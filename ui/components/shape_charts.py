"""Charts of what data is like: lengths, values, and groups beside their reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import dropwhile

import altair as alt
import pandas as pd
import streamlit as st

from curation.exploring import Group, Lengths
from ui.components.charts import ACCENT, QUIET, SHORT

_LONGEST_NAME = 40
_BAR = 24
_NAMES = alt.Axis(labelLimit=230, ticks=False, domain=False, labelFlush=False)


def histogram(lengths: Lengths, *, key: str) -> None:
    """How many records are how long, in characters; the last bar holds all that are longer."""
    frame = pd.DataFrame(
        [
            {"from": bar.least, "to": bar.most + 1, "records": bar.rows}
            for bar in dropwhile(lambda bar: not bar.rows, lengths.bars)
        ]
    )
    usual = frame["to"].iloc[-2] if len(frame) > 1 else frame["to"].iloc[-1]
    frame.loc[frame.index[-1], "to"] = min(frame["to"].iloc[-1], usual + max(1, usual // 20))
    exact = alt.Scale(nice=False, zero=False)
    chart = alt.Chart(frame).mark_bar(color=ACCENT, opacity=0.85, stroke=None)
    chart = chart.encode(
        x=alt.X("from:Q", title="characters", scale=exact, axis=alt.Axis(grid=False)),
        x2="to:Q",
        y=alt.Y("records:Q", title="records", axis=alt.Axis(tickCount=4, format="~s")),
        y2=alt.datum(0),
        tooltip=["from:Q", alt.Tooltip("records:Q", format=",")],
    )
    st.altair_chart(chart.properties(height=190), key=key, width="stretch")


def bars(counts: Mapping[str, int], *, key: str, most: int = 12) -> None:
    """The most frequent values as bars with their counts; the rest stands below in words."""
    shown = dict(sorted(counts.items(), key=lambda pair: -pair[1])[:most])
    every = sum(counts.values())
    frame = pd.DataFrame(
        [
            {"value": _cut(name), "records": rows, "said": f"{rows:,} · {100 * rows / every:.1f}%"}
            for name, rows in shown.items()
        ]
    )
    room = alt.Scale(domain=[0, 1.45 * frame["records"].max()])
    base = alt.Chart(frame).encode(
        y=alt.Y("value:N", sort=None, title=None, axis=_NAMES),
        x=alt.X("records:Q", title=None, axis=None, scale=room),
    )  # fmt: skip
    drawn = base.mark_bar(color=ACCENT, opacity=0.85, height=12) + base.mark_text(
        align="left", dx=6, color=QUIET, fontSize=12
    ).encode(text="said:N")
    st.altair_chart(drawn.properties(height=alt.Step(_BAR)), key=key, width="stretch")
    rest = len(counts) - len(shown)
    if rest:
        st.caption(f"{rest:,} more with {100 * (1 - sum(shown.values()) / every):.1f}% of the records")


def groups(found: Sequence[Group], *, key: str) -> None:
    """Each group's share in its interval, and the share it should have as a stroke across."""
    frame = pd.DataFrame(
        [
            {
                "group": _cut(group.name), "share": group.share, "low": group.low, "high": group.high,
                "reference": group.reference, "too few": group.verdict == "too few",
            }
            for group in found
        ]
    )  # fmt: skip
    color = alt.condition(alt.datum["too few"], alt.value(SHORT), alt.value(ACCENT))
    base = alt.Chart(frame).encode(y=alt.Y("group:N", sort=None, title=None, axis=_NAMES))
    axis = alt.Axis(format="%", tickCount=6)
    spread = base.mark_rule(strokeWidth=3).encode(
        x=alt.X("low:Q", title="share of the records, with 95% interval", axis=axis), x2="high:Q", color=color
    )
    points = base.mark_point(filled=True, size=70, opacity=1).encode(
        x="share:Q", color=color,
        tooltip=["group:N", *_shares("share", "low", "high", "reference")],
    )  # fmt: skip
    wanted = base.mark_tick(thickness=2, size=16, color=QUIET).encode(x="reference:Q")
    st.altair_chart((spread + wanted + points).properties(height=alt.Step(_BAR)), key=key, width="stretch")


def _shares(*names: str) -> list[alt.Tooltip]:
    return [alt.Tooltip(f"{name}:Q", format=".1%") for name in names]


def _cut(name: str) -> str:
    """A name as it fits beside a bar: of a path the end, which tells most."""
    return name if len(name) <= _LONGEST_NAME else f"…{name[-_LONGEST_NAME:]}"
