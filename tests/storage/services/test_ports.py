import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage import project as projects
from storage.errors import Conflict
from storage.project import Project
from storage.services import ports


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return projects.create(tmp_path / "project", "ports-test")


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        yield holder.getsockname()[1]


def test_a_chosen_port_is_free_and_stays_the_same(project: Project) -> None:
    port = ports.choose(project, "argilla")
    assert ports.is_free("127.0.0.1", port)
    assert ports.choose(project, "argilla") == port
    assert ports.choose(project, "redis") != port


def test_a_taken_port_is_chosen_again_unless_it_is_our_own(project: Project, taken: int) -> None:
    ports.remember(project, "argilla", taken)
    assert ports.choose(project, "argilla", ours=True) == taken
    assert ports.choose(project, "argilla") != taken
    assert ports.remembered(project, "argilla") != taken


def test_a_damaged_memory_of_ports_costs_one_new_choice(project: Project) -> None:
    ports.remember(project, "redis", 7000)
    (project.services_dir / "ports.json").write_text('{"redis": "seven thou')
    assert ports.remembered(project, "redis") is None
    assert ports.choose(project, "redis") > 0


def test_a_port_in_use_is_refused_with_its_number_its_holder_and_a_free_one(taken: int) -> None:
    with pytest.raises(Conflict) as caught:
        ports.require_free("127.0.0.1", taken)
    assert f"Port {taken} on 127.0.0.1 is in use by " in caught.value.what
    offered = int(caught.value.next_step.split("--port ")[1].split("`")[0])
    assert ports.is_free("127.0.0.1", offered)
    assert "understudy.toml" in caught.value.next_step


def test_a_free_port_is_let_through() -> None:
    ports.require_free("127.0.0.1", ports.free_port())
