"""Servers that are slow, broken or hostile: a sentence, nothing left behind, no secret of an address told."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

import curation
from curation.imports.reading import reaching
from curation.imports.reading.fetching import FetchLimits, fetch
from storage.errors import InvalidInput, NotFound, ServiceUnavailable, UserError
from tests.curation.imports.reading.web import Answer, hub, site

BODY = b"title,brand\n" + b"Wok,Lodge\n" * 100_000
METADATA = "169.254.169.254"
FETCH = """
import sys
from pathlib import Path
from curation.imports.reading.fetching import fetch
from storage.errors import UserError
try:
    found = fetch(sys.argv[1], Path(sys.argv[2]))
    print(*sorted(str(path.relative_to(sys.argv[2])) for path in [found, *found.rglob("*")]))
except UserError as fault:
    print(type(fault).__name__, fault)
"""


def left(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*")) if folder.exists() else []


def refused(url: str, folder: Path, limits: FetchLimits | None = None) -> UserError:
    """What fetching from `url` raises; it leaves nothing."""
    with pytest.raises(UserError) as caught:
        fetch(url, folder, limits=limits)
    assert left(folder) == []
    return caught.value


def test_a_file_comes_by_one_request_and_after_a_redirect(tmp_path: Path) -> None:
    def answer(path: str) -> Answer:
        moved = Answer(status=302, headers={"Location": "/there/rows.csv"})
        return moved if path.startswith("/here") else Answer(BODY)

    with site(answer) as web:
        seen: list[int] = []
        assert fetch(f"{web.url}/here/rows.csv", tmp_path, progress=seen.append).read_bytes() == BODY
        assert web.asked == ["/here/rows.csv", "/there/rows.csv"]
    assert seen[-1] == len(BODY)


@pytest.mark.parametrize("host", [METADATA, "[::ffff:169.254.169.254]", "[fd00:ec2::254]"])
def test_a_redirect_to_where_machines_keep_their_keys_is_not_followed(tmp_path: Path, host: str) -> None:
    target = f"http://{host}/latest/meta-data/"
    with site(lambda path: Answer(status=302, headers={"Location": target})) as web:
        fault = refused(f"{web.url}/rows.csv", tmp_path)
    assert isinstance(fault, InvalidInput)
    assert "machines give out their own keys there" in fault.what


def test_a_name_that_resolves_to_such_an_address_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (METADATA, 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    fault = refused("http://rows.example/rows.csv", tmp_path)
    assert isinstance(fault, InvalidInput)
    assert METADATA in fault.what
    with pytest.raises(InvalidInput, match="their own keys"):
        fetch("ftp://rows.example/rows.csv", tmp_path)


@pytest.mark.parametrize(
    ("host", "is_refused"),
    [
        ("169.254.0.1", True), ("fe80::1%eth0", True), ("fd00:ec2::23", True), ("100.100.100.200", True),
        ("168.63.129.16", True), ("64:ff9b::a9fe:a9fe", True), ("2002:a9fe:a9fe::", True),
        ("127.0.0.1", False), ("10.0.0.7", False), ("192.0.2.1", False), ("2001:db8::1", False),
    ],
)  # fmt: skip
def test_link_local_and_metadata_addresses_are_told_from_others(host: str, is_refused: bool) -> None:
    try:
        reaching.refuse(host)
    except InvalidInput:
        assert is_refused
    else:
        assert not is_refused


def test_a_file_cut_short_is_not_taken_for_whole(tmp_path: Path) -> None:
    with site(lambda path: Answer(BODY, promised=2 * len(BODY))) as web:
        fault = refused(f"{web.url}/rows.csv", tmp_path)
    assert isinstance(fault, ServiceUnavailable)


def test_a_server_that_stops_in_the_middle_is_not_waited_for_for_ever(tmp_path: Path) -> None:
    end = threading.Event()
    with site(lambda path: Answer(BODY, cut=1_000, hold=end)) as web:
        fault = refused(f"{web.url}/rows.csv", tmp_path, FetchLimits(stall_s=0.3))
        end.set()
    assert isinstance(fault, ServiceUnavailable)


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [
        (403, InvalidInput, "is refused by its server: 403 Forbidden"),
        (404, NotFound, "There is nothing at"),
        (410, InvalidInput, "410 Gone"),
        (503, ServiceUnavailable, "503 Service Unavailable"),
    ],
)
def test_what_a_server_answers_is_said(
    tmp_path: Path, status: int, kind: type[UserError], message: str
) -> None:
    with site(lambda path: Answer(status=status)) as web:
        fault = refused(f"{web.url}/rows.csv", tmp_path)
    assert isinstance(fault, kind)
    assert message in fault.what


def test_no_password_and_no_token_of_an_address_stands_in_what_is_said(tmp_path: Path) -> None:
    secrets = ("hunter2", "s3cr3t")
    told = []
    with site(lambda path: Answer(status=int(path[1:4]))) as web:
        for status in (403, 404, 500):
            url = f"{web.url.replace('//', '//ann:hunter2@')}/{status}?token=s3cr3t"
            told.append(str(refused(url, tmp_path)))
    told.append(str(refused("https://ann:hunter2@host/*?token=s3cr3t", tmp_path)))
    assert not [text for text in told if any(secret in text for secret in secrets)], told


def test_a_data_set_of_the_hub_comes_as_a_folder_of_its_data_files(tmp_path: Path) -> None:
    files = {"README.md": b"# hi", "data/train-0.csv": b"a\n1\n", "data/test-0.csv": b"a\n2\n"}
    with site(hub(files, "ann/shelf")) as web:
        environment = {**os.environ, "HF_ENDPOINT": web.url, "HF_HUB_OFFLINE": "0", "HF_HOME": str(tmp_path),
                       "PYTHONPATH": str(Path(curation.__file__).parents[1])}  # fmt: skip

        def fetched(url: str, into: str) -> str:
            return subprocess.run(
                [sys.executable, "-P", "-c", FETCH, url, tmp_path / into],
                env=environment, check=True, text=True, capture_output=True, timeout=120,
            ).stdout  # fmt: skip

        assert fetched("hf://datasets/ann/shelf", "a").split() == [
            "shelf", "shelf/data", "shelf/data/test-0.csv", "shelf/data/train-0.csv",
        ]  # fmt: skip
        assert (tmp_path / "a/shelf/data/test-0.csv").read_bytes() == b"a\n2\n"
        assert fetched("hf://datasets/ann/shelf/data/train-0.csv", "b").split() == ["train-0.csv"]
        assert "NotFound There is nothing at hf://datasets/ann/none" in fetched("hf://datasets/ann/none", "c")
