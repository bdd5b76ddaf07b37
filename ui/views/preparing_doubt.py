"""How sure redaction must be, and what it stands on: threshold, telephone regions, language model."""

from __future__ import annotations

import streamlit as st

from curation.redaction import LEAST_REPORTED, written
from ui.views.preparing_draft import FORM, Draft

_UNCERTAIN = {
    "keep": "stay until somebody says what they are", "mask": "are treated like the others until then",
}  # fmt: skip
_NONE = "none: names and places are not looked for"
_ANY = "the first one that is installed for the language"


def draw(held: Draft) -> None:
    """The settings that hold for every kind."""
    policy = held.policy
    with st.expander("How sure, which regions, which model", key=f"{FORM}.doubt", icon=":material/tune:"):
        policy["threshold"] = st.number_input(
            "Doubtful below this score", LEAST_REPORTED, 1.0, float(policy["threshold"]), step=0.05,
            key=f"{FORM}.threshold",
            help="Check digits of two places score 0.95; a form that could well be something else 0.45.",
        )  # fmt: skip
        policy["uncertain"] = st.radio(
            "Doubtful values", list(_UNCERTAIN), list(_UNCERTAIN).index(policy["uncertain"]),
            format_func=_UNCERTAIN.__getitem__, key=f"{FORM}.uncertain",
        )  # fmt: skip
        policy["phone_regions"] = st.multiselect(
            "Countries whose telephone numbers may stand without a country code (ISO 3166)",
            sorted(written.regions()), list(policy["phone_regions"]), key=f"{FORM}.regions",
        )  # fmt: skip
        _model(policy)


def _model(policy: dict[str, object]) -> None:
    left, right = st.columns(2)
    policy["language"] = left.text_input(
        "Language of the model", str(policy["language"]), key=f"{FORM}.language"
    ).strip()
    stands = policy["model"]
    named = [str(stands)] if stands else []
    chosen = right.selectbox(
        "spaCy model for names and places", [_ANY, _NONE, *named],
        index=0 if stands == "" else 1 if stands is None else 2, key=f"{FORM}.model",
        accept_new_options=True, help="An installed pipeline by name, or its folder. None is ever fetched.",
    )  # fmt: skip
    policy["model"] = {_ANY: "", _NONE: None}.get(str(chosen), str(chosen))
