"""The functions of jobs: found where they stand, under the names of older releases too."""

from __future__ import annotations

import importlib.util

import pytest

from storage.jobs import functions, noop


def test_a_function_is_found_by_its_name() -> None:
    assert functions.loaded("storage.jobs.noop:run") is noop.run


@pytest.mark.parametrize("function", ["os:system", "storage.jobs.noop", "storage_elsewhere.noop:run"])
def test_nothing_else_is_taken_for_a_job(function: str) -> None:
    with pytest.raises(ValueError, match="not a job function of this project"):
        functions.loaded(function)


@pytest.mark.parametrize(("old", "new"), functions.MOVED.items())
def test_a_job_of_an_older_release_finds_what_has_moved(old: str, new: str) -> None:
    module, _, name = new.partition(":")
    assert functions.loaded(old) is functions.loaded(new) is getattr(importlib.import_module(module), name)
    assert importlib.util.find_spec(old.partition(":")[0]) is None, "it has not moved"
