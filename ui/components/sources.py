"""Reading the HTML, CSS and JavaScript that components are made of, from the installed package."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_SHARED = "elements.js"


@cache
def _sources(name: str, scripts: tuple[str, ...]) -> tuple[str, str, str]:
    home = files(__package__)
    folder = home.joinpath(name)
    script = "\n".join(
        [
            home.joinpath(_SHARED).read_text(encoding="utf-8"),
            *(folder.joinpath(part).read_text(encoding="utf-8") for part in scripts),
        ]
    )
    html = folder.joinpath(f"{name}.html").read_text(encoding="utf-8")
    return html, folder.joinpath(f"{name}.css").read_text(encoding="utf-8"), script


def component(name: str, scripts: tuple[str, ...]) -> ComponentRenderer:
    """The component whose files lie in the folder `name`; `scripts` are joined in order.

    The shared `elements.js`, which makes elements from text and never from markup, comes first.
    """
    html, css, script = _sources(name, scripts)
    renderer: Any = st.components.v2.component(f"understudy_{name}", html=html, css=css, js=script)
    return renderer  # type: ignore[no-any-return]
