"""A learning curve: accuracy by number of labels, in its interval, and in words what more of them add."""

from __future__ import annotations

import altair as alt
import pandas as pd
import streamlit as st

from curation.exploring import LearningCurve
from ui.components.charts import ACCENT, QUIET
from ui.components.words import plain

_SHARES = ("accuracy", "low", "high")


def learning_curve(curve: LearningCurve, *, key: str) -> None:
    """Draw the measured points with their 95% intervals, and the predicted gain as a dashed step."""
    points: list[dict[str, float]] = [
        {"labels": one.labels, "accuracy": one.accuracy, "low": one.low, "high": one.high}
        for one in curve.points
    ]
    last = curve.points[-1]
    heading: list[dict[str, float]] = [
        {"labels": last.labels, "accuracy": last.accuracy, "low": last.accuracy, "high": last.accuracy},
        {
            "labels": last.labels + curve.more, "accuracy": last.accuracy + curve.gain,
            "low": last.accuracy + curve.gain_low, "high": last.accuracy + curve.gain_high,
        },
    ]  # fmt: skip
    top = min(1.0, max(one["high"] for one in (*points, *heading)) + 0.03)
    bottom = max(0.0, min(one["low"] for one in (*points, *heading)) - 0.03)
    x = alt.X("labels:Q", title="labels learned from", axis=alt.Axis(format=",d", grid=False, tickCount=6))
    scale = alt.Scale(domain=[bottom, top], zero=False)
    y = alt.Y("accuracy:Q", title="accuracy", scale=scale, axis=alt.Axis(format="%", tickCount=5))
    low = alt.Y("low:Q", title="accuracy", scale=scale)
    told = [alt.Tooltip("labels:Q", format=",d"), *(alt.Tooltip(f"{n}:Q", format=".1%") for n in _SHARES)]
    measured = alt.Chart(pd.DataFrame(points)).encode(x=x, y=y, tooltip=told)
    predicted = alt.Chart(pd.DataFrame(heading)).encode(x=x, y=y, tooltip=told)
    layers = (
        measured.mark_rule(color=ACCENT, strokeWidth=3, opacity=0.45).encode(y=low, y2="high:Q"),
        predicted.mark_area(color=QUIET, opacity=0.22).encode(y=low, y2="high:Q"),
        predicted.mark_line(color=QUIET, strokeDash=[5, 4], strokeWidth=2),
        measured.mark_line(color=ACCENT, strokeWidth=2),
        measured.mark_point(color=ACCENT, filled=True, size=70, opacity=1),
    )
    st.altair_chart(alt.layer(*layers).properties(height=260), key=key, width="stretch")


def gain(curve: LearningCurve) -> str:
    """What the next labels are predicted to add, as a sentence in Markdown."""
    low, high = 100 * curve.gain_low, 100 * curve.gain_high
    points = plain(f"{100 * curve.gain:+.1f} points (95% interval {low:+.1f} to {high:+.1f})")
    if curve.gain_high < 0.005:
        return f"**More labels add next to nothing**: the next {curve.more} are predicted to add {points}."
    if curve.gain_low <= 0:
        return (
            f"**It is open whether more labels help**: the next {curve.more} are predicted to add {points}."
        )
    return f"**More labels still help**: the next {curve.more} are predicted to add {points}."
