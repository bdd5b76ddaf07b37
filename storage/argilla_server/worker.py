"""Run Argilla's background jobs: `python worker.py`, told by the same environment as serve.py.

Argilla queues in Redis what a request should not wait for: new record states after a changed
distribution, webhooks, imports from and exports to the hub. The jobs run here with the same
settings, search engine and replacements as in the server. Each runs in a process of its own that
this one forks, so that no connection is shared. A SIGTERM lets the job under way end.
"""

from __future__ import annotations

import gc
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from serve import check_redis
from server_environment import Refused, prepare


def main() -> int:
    """Work until asked to stop. Returns 0 then, 2 where it refused to start."""
    gc.disable()  # as in serve.py; frozen, what is imported stays shared with the children
    try:
        prepare()
        check_redis()
    except Refused as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 2
    import replacements
    import sql_search_engine

    replacements.install()
    sql_search_engine.check_registered()
    from argilla_server.jobs import dataset_jobs, hub_jobs, webhook_jobs  # noqa: F401 - warm for each child
    from argilla_server.jobs.queues import DEFAULT_QUEUE, HIGH_QUEUE, REDIS_CONNECTION
    from rq import Worker

    gc.freeze()
    gc.enable()
    worker = Worker([HIGH_QUEUE, DEFAULT_QUEUE], connection=REDIS_CONNECTION)
    _announce()
    worker.work(with_scheduler=True, logging_level="WARNING")
    return 0


def _announce() -> None:
    """Write this process's number where `UNDERSTUDY_READY_FILE` says, for whoever started it."""
    ready = os.environ.get("UNDERSTUDY_READY_FILE")
    if ready:
        draft = Path(f"{ready}.{os.getpid()}")
        draft.write_text(f"{os.getpid()}\n", encoding="ascii")
        draft.replace(ready)


if __name__ == "__main__":
    sys.exit(main())
