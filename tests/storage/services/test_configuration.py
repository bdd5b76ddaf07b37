import os
import shlex
import sys
import time
from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from storage import project as projects
from storage.errors import InvalidInput
from storage.services import configuration, health, orphans, supervision
from storage.services.configuration import Program


def read_back(path: Path) -> ServerOptions:
    """The configuration as supervisord itself reads it."""
    options = ServerOptions()
    options.realize(["-c", str(path)], doc="")
    return options


def test_supervisord_reads_back_what_was_meant(tmp_path: Path) -> None:
    project = projects.create(tmp_path / "Bob's 100% project", "odd-path")
    environment = {"URL": "postgresql://u@/d?host=/a%20b,c", "FOLDER": str(project.root)}
    command = ["/bin/echo", "two words", "it's", "50%", str(project.root)]
    configuration.write(project, [Program("echo", command, environment, stop_signal="INT", settle_s=4)])
    path = configuration.configuration_path(project)
    assert path.stat().st_mode & 0o777 == 0o600
    [group] = read_back(path).process_group_configs
    [program] = group.process_configs
    assert shlex.split(program.command) == command
    assert program.environment == environment
    assert program.startsecs == 4
    assert program.stopsignal.name == "SIGINT"
    assert program.autostart is False
    assert program.stdout_logfile == str(configuration.log_path(project, "echo"))


def test_supervisord_runs_in_a_folder_with_an_odd_name(tmp_path: Path) -> None:
    project = projects.create(tmp_path / "Bob's 100% project", "odd-path")
    code = "import os; print(os.getcwd(), flush=True); __import__('time').sleep(600)"
    configuration.write(project, [Program("app", [sys.executable, "-c", code])])
    supervisor = supervision.launch(project)
    try:
        supervisor.start("app")
        until = time.monotonic() + 20
        while health.last_lines(configuration.log_path(project, "app")) != str(project.root):
            assert time.monotonic() < until, health.last_lines(configuration.log_path(project, "app"))
            time.sleep(0.05)
        assert len(orphans.find(project)) == 2
    finally:
        supervisor.shutdown()
    assert orphans.find(project) == []


@pytest.mark.parametrize("name", ['say "hi"', "a ;b", "a #b", "back\\slash", "two\nlines"])
def test_a_path_that_supervisord_cannot_be_told_is_refused(tmp_path: Path, name: str) -> None:
    project = projects.create(tmp_path / name, "odd-path")
    with pytest.raises(InvalidInput, match="plainer path"):
        configuration.write(project, [])


def test_a_long_path_gets_a_short_socket_of_its_own(tmp_path: Path) -> None:
    paths = [
        configuration.socket_path(projects.create(tmp_path / (letter * 120), "long-path")) for letter in "ab"
    ]
    assert len({*paths}) == 2
    for path in paths:
        assert len(os.fsencode(path)) < 60
        assert path.parent.stat().st_mode & 0o777 == 0o700
    near = projects.create(tmp_path / "p", "short-path")
    if len(os.fsencode(near.services_dir)) < 70:
        assert configuration.socket_path(near) == near.services_dir / "supervisord.sock"
