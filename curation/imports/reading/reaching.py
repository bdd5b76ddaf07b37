"""How an address is reached: the driver fsspec has for it, what it may connect to, and its faults in words.

A server that fetches what a person names can be made to ask what only itself can reach. Addresses at which
clouds give out a machine's own keys are refused where the connection is made: after every redirect and
whatever a name resolves to. No proxy is taken from the environment, since it would resolve the name instead.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from storage.errors import InvalidInput, MissingDependency, NotFound, ServiceUnavailable, UnderstudyError

PACKAGES: Mapping[str, str] = {
    "http": "aiohttp", "https": "aiohttp", "s3": "s3fs", "s3a": "s3fs", "gs": "gcsfs", "gcs": "gcsfs",
    "az": "adlfs", "abfs": "adlfs", "abfss": "adlfs", "hf": "huggingface_hub", "oss": "ossfs", "oci": "ocifs",
    "sftp": "paramiko", "ssh": "paramiko", "smb": "smbprotocol", "ftp": "fsspec",
}  # fmt: skip
"""The protocols that may be named, and the package that each needs."""
REFUSED = tuple(
    map(
        ipaddress.ip_network,
        (
            "169.254.0.0/16", "fe80::/10",  # link-local: AWS, Azure, Google and most others
            "fd00:ec2::/32", "fd20:ce::/32",  # AWS and Google over IPv6
            "100.100.100.200/32", "168.63.129.16/32", "192.0.0.192/32",  # Alibaba, Azure, Oracle
        ),
    )
)  # fmt: skip
CONNECT_S = 30.0
_WEB = ("http", "https")
_BY_HOST = ("sftp", "ssh", "smb", "ftp")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_QUERY = re.compile(r"\?[^\s'\"<>]{1,8000}")
_USER = re.compile(r"//[^\s/@]{1,1000}@")


def shown(address: str) -> str:
    """`address` as it may stand in a sentence, a log or on a page: no password, nothing after a `?`."""
    return _USER.sub("//", _QUERY.sub("", address)).partition("#")[0][:500]


def protocol(address: str) -> str:
    """What stands before `://`, in lower case."""
    return address.partition("://")[0].lower()


def reached(address: str, stall_s: float) -> tuple[Any, str]:
    """The file system of an address, and the address as that names it.

    Raises InvalidInput, NotFound, MissingDependency, ServiceUnavailable; `stall_s`
    is the longest wait for bytes.
    """
    from fsspec import get_filesystem_class  # type: ignore[import-untyped]
    from fsspec.core import url_to_fs  # type: ignore[import-untyped]

    with faults(address):
        get_filesystem_class(protocol(address))
        options: dict[str, Any] = {}
        if protocol(address) in _WEB:
            import aiohttp

            waits = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=stall_s)
            options = {"get_client": _client, "client_kwargs": {"timeout": waits}}
        elif protocol(address) in _BY_HOST:
            _check_host(address)
        system, path = url_to_fs(address, **options)
        return system, str(path)


def opened(system: Any, path: str, address: str) -> Any:
    """A file of a file system as a stream that is read once, from its start."""
    if protocol(address) in _WEB:
        # a size spares the request before the request, whose failure hides its cause
        return system.open(path, "rb", block_size=0, size=1)
    if protocol(address) == "hf":
        return system.open(path, "rb", block_size=0)
    return system.open(path, "rb")


@contextmanager
def faults(address: str) -> Iterator[None]:
    """Say what drivers raise, each its own errors, in our words and without secrets of the address."""
    told = shown(address)
    try:
        yield
    except UnderstudyError:
        raise
    except FileNotFoundError as fault:
        if isinstance(fault.__cause__, ConnectionError | TimeoutError):
            raise _unreachable(told, fault.__cause__) from fault
        raise NotFound(f"There is nothing at {told}.", next_step="Check the address.") from fault
    except ImportError as fault:
        package = PACKAGES.get(protocol(address), "")
        raise MissingDependency(
            f"{protocol(address)} addresses need a package that is not installed: {package or fault}.",
            next_step=f"pip install {package}" if package else "Fetch the file by hand and name its path.",
        ) from fault
    except PermissionError as fault:
        raise InvalidInput(
            f"{told} may not be read: {_said(fault)}.", next_step="Check the credentials of this machine."
        ) from fault
    except (ValueError, NotImplementedError) as fault:
        raise InvalidInput(
            f"{told} cannot be fetched: {_said(fault)}.", next_step="Check the address."
        ) from fault
    except Exception as fault:
        status = getattr(fault, "status", None)
        if isinstance(status, int) and 400 <= status < 500:
            raise InvalidInput(
                f"{told} is refused by its server: {status} {getattr(fault, 'message', '')}.",
                next_step="Check the address, and whether it can be read without signing in.",
            ) from fault
        raise _unreachable(told, fault) from fault


def refuse(host: str) -> None:
    """Raises InvalidInput for the IP address of a machine that nothing may be fetched from."""
    address = ipaddress.ip_address(host.partition("%")[0])
    for one in (address, *_embedded(address)):
        if any(one in network for network in REFUSED if network.version == one.version):
            raise InvalidInput(
                f"Nothing is fetched from {host}: machines give out their own keys there.",
                next_step="Name the address of a data file.",
            )


def _embedded(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    """The IPv4 addresses that an IPv6 one stands for."""
    if isinstance(address, ipaddress.IPv6Address):
        teredo = address.teredo[1] if address.teredo else None
        nat64 = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
        yield from (one for one in (address.ipv4_mapped, address.sixtofour, teredo, nat64) if one)


async def _client(**kwargs: Any) -> Any:
    """A session whose every connection is looked at before it is made."""
    import aiohttp

    connector = aiohttp.TCPConnector(socket_factory=_socket, happy_eyeballs_delay=None, force_close=True)
    return aiohttp.ClientSession(connector=connector, trust_env=False, **kwargs)


def _socket(where: tuple[Any, ...]) -> socket.socket:
    family, kind, number, _, address = where
    refuse(str(address[0]))
    return socket.socket(family, kind, number)


def _check_host(address: str) -> None:
    """As `refuse`, for drivers whose connections cannot be looked at: what the name resolves to now."""
    from urllib.parse import urlsplit

    host = urlsplit(address).hostname or ""
    for found in socket.getaddrinfo(host, None):
        refuse(str(found[4][0]))


def _unreachable(told: str, fault: BaseException) -> ServiceUnavailable:
    unknown = isinstance(getattr(fault, "os_error", None), socket.gaierror)
    return ServiceUnavailable(
        f"{told} could not be fetched: {_said(fault)}.",
        next_step="Check the address." if unknown else "Try it again later.",
    )


def _said(fault: BaseException) -> str:
    behind = getattr(fault, "os_error", None)  # aiohttp's, which knows the host it did not reach
    if isinstance(behind, socket.gaierror):
        return f"no machine is known as {getattr(fault, 'host', '')}"
    if isinstance(behind, ConnectionRefusedError):
        return f"nothing answers at {getattr(fault, 'host', '')}:{getattr(fault, 'port', '')}"
    status, message = getattr(fault, "status", None), getattr(fault, "message", None)
    text = f"{status} {message}" if status and message else str(fault).strip() or type(fault).__name__
    return shown(text.splitlines()[0]).rstrip(".")
