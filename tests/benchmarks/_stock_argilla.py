"""Argilla's server as it comes, for comparison: on SQLite, its search engine doing nothing.

Run by Argilla's own interpreter: `python _stock_argilla.py PORT API_KEY`, in a folder of its own
that ARGILLA_HOME_PATH names.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

os.environ["ARGILLA_SEARCH_ENGINE"] = "nothing"

import uvicorn
from alembic import command
from alembic.config import Config
from argilla_server import database
from argilla_server.contexts import accounts
from argilla_server.enums import UserRole
from argilla_server.models import User
from argilla_server.search_engine import SearchResponses
from argilla_server.search_engine.base import SearchEngine


async def _nothing(*given: Any, **named: Any) -> dict[str, int]:
    return {"total": 0}


async def _found_nothing(*given: Any, **named: Any) -> SearchResponses:
    return SearchResponses(items=[], total=0)


async def _made(kind: Any) -> Any:
    return kind()


Nothing = type(
    "Nothing",
    (SearchEngine,),
    {name: _nothing for name in SearchEngine.__abstractmethods__}
    | {"search": _found_nothing, "similarity_search": _found_nothing, "new_instance": classmethod(_made)},
)
SearchEngine.register("nothing")(Nothing)


async def _owner(api_key: str) -> None:
    async with database.AsyncSessionLocal() as db:
        await User.create(
            db, first_name="owner", username="owner", role=UserRole.owner, api_key=api_key,
            password_hash=accounts.hash_password(api_key),
        )  # fmt: skip
    await database.async_engine.dispose()


def main(port: int, api_key: str) -> None:
    """Migrate, make the owner, serve."""
    config = Config()
    scripts = Path(database.ALEMBIC_CONFIG_FILE).parent / "alembic"
    config.set_main_option("script_location", str(scripts))
    command.upgrade(config, "head")
    asyncio.run(_owner(api_key))
    from argilla_server._app import app

    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])
