"""What a person is told when a service does not come up, with real processes under a real supervisord."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from storage.errors import ServiceUnavailable
from storage.project import Project
from storage.services import configuration, health, ports, supervision
from storage.services.configuration import Program
from storage.services.supervision import Supervisor

Start = Callable[[str], Supervisor]


@pytest.fixture
def start(project: Project) -> Start:
    """Run a piece of Python in the place of the app."""

    def begin(code: str) -> Supervisor:
        ports.remember(project, "app", ports.free_port())
        configuration.write(project, [Program("app", [sys.executable, "-c", code])])
        supervisor = supervision.launch(project)
        supervisor.start("app")
        return supervisor

    return begin


def test_a_service_that_refuses_to_start_is_believed_at_once(project: Project, start: Start) -> None:
    supervisor = start("import sys; print('the key is missing'); sys.exit(2)")
    with pytest.raises(ServiceUnavailable) as caught:
        health.wait(project, supervisor, ["app"], limit_s=30)
    assert "app did not start: exit status 2" in caught.value.what
    assert caught.value.what.count("the key is missing") == 1
    assert str(configuration.log_path(project, "app")) in caught.value.next_step


def test_a_service_that_dies_again_and_again_is_given_up(project: Project, start: Start) -> None:
    supervisor = start("raise ValueError('bad luck')")
    with pytest.raises(ServiceUnavailable, match="ValueError: bad luck"):
        health.wait(project, supervisor, ["app"], limit_s=30)


def test_a_service_that_never_answers_runs_out_of_time(project: Project, start: Start) -> None:
    supervisor = start("import time; print('thinking', flush=True); time.sleep(600)")
    with pytest.raises(ServiceUnavailable, match=r"app did not answer within 1\.5 s"):
        health.wait(project, supervisor, ["app"], limit_s=1.5)


def test_only_the_end_of_a_log_is_told(project: Project) -> None:
    path = configuration.log_path(project, "app")
    path.parent.mkdir(parents=True)
    path.write_bytes(b"".join(b"line %d \xff\n" % number for number in range(20_000)))
    lines = health.last_lines(path, lines=3).splitlines()
    assert [line[:10] for line in lines] == ["line 19997", "line 19998", "line 19999"]
    assert health.last_lines(path.with_name("none.log")) == ""
