"""What starting and listing costs: no model library, and nothing of Argilla's server, is loaded for it."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("torch", "transformers", "peft", "accelerate", "tokenizers", "argilla", "argilla_server")
LIGHT = (
    "training.config",
    "training.base_models",
    "training.demo_base",
    "training.events",
    "training.rendering",
    "training.runs",
    "training.training_run",
)


@pytest.mark.parametrize("module", LIGHT)
def test_it_loads_no_model_library(module: str) -> None:
    program = f"import sys, {module}; print(*(name for name in {HEAVY!r} if name in sys.modules))"
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=120
    )
    assert ran.stdout.split() == []
