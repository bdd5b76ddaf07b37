"""One small base model for all tests of training."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.training import small


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a small base model with a chat template."""
    return small.base(tmp_path_factory.mktemp("base"))
