from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from storage import artifacts, figures
from storage.artifacts import Manifest
from storage.project import Project

TASK = "titles"


@pytest.fixture
def published(project: Project) -> Callable[[str], Manifest]:
    def publish(said: str) -> Manifest:
        with artifacts.draft(project, "datasets", TASK, f"v{len(said):04d}") as draft:
            draft.write_text("README.md", said)
            return draft.publish(facts={})

    return publish


def test_a_count_is_made_once_for_the_same_artifacts(
    project: Project, published: Callable[[str], Manifest]
) -> None:
    one, other = published("one"), published("four")
    asked: list[int] = []

    def count() -> dict[str, int]:
        asked.append(1)
        return {"rows": 10 * len(asked)}

    assert figures.kept(project, TASK, "rows", [one], count) == {"rows": 10}
    assert figures.kept(project, TASK, "rows", [one], count) == {"rows": 10}
    assert figures.kept(project, TASK, "rows", [one, other], count) == {"rows": 20}
    assert figures.kept(project, TASK, "others", [one, other], count) == {"rows": 30}
    assert figures.kept(project, "another", "rows", [one, other], count) == {"rows": 40}


def test_a_damaged_cache_is_counted_again(project: Project, published: Callable[[str], Manifest]) -> None:
    source = published("one")
    figures.kept(project, TASK, "rows", [source], lambda: 1)
    (path,) = (project.cache_dir / "figures" / TASK).iterdir()
    for damage in (b"", b"{", b"[]", b'{"of": 1}'):
        path.write_bytes(damage)
        assert figures.kept(project, TASK, "rows", [source], lambda: 2) == 2
        assert figures.kept(project, TASK, "rows", [source], lambda: 3) == 2


def test_without_a_place_to_keep_it_the_count_is_still_told(
    project: Project, published: Callable[[str], Manifest]
) -> None:
    source = published("one")
    project.cache_dir.parent.mkdir(exist_ok=True)
    Path(project.cache_dir).write_text("a file where the folder should be")
    assert figures.kept(project, TASK, "rows", [source], lambda: 1) == 1
    assert figures.kept(project, TASK, "rows", [source], lambda: 2) == 2
