"""Redis in pure Python, for machines that have no other.

Run as `python -m storage.services.python_redis redis.conf`. Argilla's server is content with it
(tried with 2.8.0). It knows the password but also answers clients that give none, so on a machine
shared with people you do not trust, install Redis.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fakeredis import TcpFakeServer


def main(arguments: list[str]) -> int:
    """Serve where `redis.conf` says, until a signal ends the process."""
    lines = Path(arguments[0]).read_text(encoding="utf-8").splitlines()
    options = dict(line.split(maxsplit=1) for line in lines if line)
    server = TcpFakeServer((options["bind"], int(options["port"])))
    server.daemon_threads = True
    server.fake_server.config[b"requirepass"] = options["requirepass"].encode()
    server.serve_forever()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
