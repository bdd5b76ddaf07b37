"""Charts: the loss of a run as it falls, and the scores of candidates with their intervals."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd
import streamlit as st

from eval.evaluations import Row
from training.events import RunEvent

ACCENT, QUIET, SHORT = "var(--u-accent)", "var(--u-quiet)", "var(--u-removed)"
"""Tokens of theme.css, which know light from dark: a chart of up to 2,000 marks is SVG and reads them."""
_SHARES = ("accuracy", "low", "high")


def loss(events: Sequence[RunEvent], *, key: str) -> None:
    """Training and validation loss by step; a sentence before there is anything to draw."""
    names = {"train": "training", "validation": "validation"}
    points = [
        {"step": event.step, "loss": event.loss, "split": names[event.event]}
        for event in events
        if event.event in names and event.loss is not None
    ]
    if not points:
        st.caption("The first loss appears after a few steps.")
        return
    colors = alt.Scale(domain=["training", "validation"], range=[QUIET, ACCENT])
    base = alt.Chart(pd.DataFrame(points)).encode(
        x=alt.X("step:Q", title="step", axis=alt.Axis(tickMinStep=1, format=",d", grid=False)),
        y=alt.Y("loss:Q", title="loss", scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=4)),
        color=alt.Color("split:N", title=None, scale=colors, legend=alt.Legend(orient="top")),
        strokeDash=alt.StrokeDash("split:N", legend=None),
        tooltip=["split:N", "step:Q", alt.Tooltip("loss:Q", format=".4f")],
    )
    chart = base.mark_line(strokeWidth=2, interpolate="linear") + base.transform_filter(
        alt.datum.split == "validation"
    ).mark_point(filled=True, size=40)
    st.altair_chart(chart.properties(height=240), key=key, width="stretch")


def accuracies(rows: Sequence[Row], *, key: str) -> None:
    """Accuracy of each candidate as a point in its 95% interval, best first; the student stands out."""
    frame = pd.DataFrame(
        [
            {
                "candidate": row.title.replace(", trained on the spot", ""),
                "accuracy": row.accuracy.value,
                "low": row.accuracy.low,
                "high": row.accuracy.high,
                "student": row.kind == "adapter",
            }
            for row in rows
        ]
    )
    order = alt.EncodingSortField("accuracy", order="descending")
    color = alt.condition(alt.datum.student, alt.value(ACCENT), alt.value(QUIET))
    base = alt.Chart(frame).encode(y=alt.Y("candidate:N", sort=order, title=None, axis=None))
    names = base.mark_text(align="left", baseline="bottom", dy=-7, fontSize=13).encode(
        x=alt.datum(0), text="candidate:N", color=color
    )  # above its interval, not beside it: so that a phone shows the whole of both
    bars = base.mark_rule(strokeWidth=3).encode(
        x=alt.X("low:Q", title="accuracy, with 95% interval", scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%", tickCount=6)),
        x2="high:Q", color=color,
    )  # fmt: skip
    points = base.mark_point(filled=True, size=90, opacity=1).encode(
        x="accuracy:Q", color=color,
        tooltip=["candidate:N", *(alt.Tooltip(f"{name}:Q", format=".1%") for name in _SHARES)],
    )  # fmt: skip
    st.altair_chart((bars + points + names).properties(height=46 * len(frame) + 48), key=key, width="stretch")
