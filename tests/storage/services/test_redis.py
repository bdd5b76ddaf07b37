from pathlib import Path

import httpx
import psutil
import pytest

from storage import services
from storage.errors import MissingDependency
from storage.project import Project
from storage.services import configuration, health, ports, redis, supervision
from storage.services.configuration import Program


def test_redis_answers_only_with_its_password_and_only_on_loopback(project: Project) -> None:
    import redis as client

    port = ports.choose(project, "redis")
    configuration.write(project, [Program("redis", redis.command(project, port))])
    supervisor = supervision.launch(project)
    assert not redis.ready(project)
    supervisor.start("redis")
    health.wait(project, supervisor, ["redis"])
    with client.Redis.from_url(redis.url(project)) as signed_in:
        assert signed_in.config_get("bind")["bind"].split() == ["127.0.0.1"]
        assert signed_in.config_get("save")["save"] == ""
    with client.Redis(port=port) as stranger, pytest.raises(client.AuthenticationError):
        stranger.ping()
    assert (project.services_dir / "redis" / "redis.conf").stat().st_mode & 0o777 == 0o600


@pytest.mark.slow
@pytest.mark.argilla
def test_argilla_is_content_with_redis_in_pure_python(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis, "_system_binary", lambda: None)
    monkeypatch.setattr(redis, "_bundled_binary", lambda: None)
    addresses = services.up(project, app=False, workers=False)
    found = {each.name: each for each in services.status(project)}
    assert [found[name].status for name in ("redis", "argilla")] == ["running", "running"]
    assert "python_redis" in " ".join(psutil.Process(found["redis"].pid).cmdline())
    password = addresses.first_password
    assert password is not None
    form = {"username": addresses.owner, "password": password}
    assert httpx.post(f"{addresses.argilla_url}/api/v1/token", data=form).status_code == 201


def test_an_external_redis_is_used_as_it_is(project: Project) -> None:
    path = project.root / "understudy.toml"
    path.write_text('name = "redis-test"\n[services]\nredis_url = "redis://elsewhere:6379/3"\n')
    from storage.project import open_project

    assert redis.url(open_project(project.root)) == "redis://elsewhere:6379/3"


def test_a_machine_without_redis_is_told_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "apt-get").write_text("#!/bin/sh\n")
    (tmp_path / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingDependency) as caught:
        redis.server()
    assert "sudo apt-get install redis-server" in caught.value.next_step
    assert "redis_url" in caught.value.next_step


def test_a_system_redis_is_preferred_to_the_bundled_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "valkey-server").write_text("#!/bin/sh\n")
    (tmp_path / "valkey-server").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert redis.server() == tmp_path / "valkey-server"
