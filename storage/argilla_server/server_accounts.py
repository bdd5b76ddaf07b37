"""The owner and the workspace, made once: the only accounts a new server has.

Argilla's stock account (argilla / 1234) is never made.
"""

from __future__ import annotations

from argilla_server.contexts import accounts
from argilla_server.database import AsyncSessionLocal, async_engine
from argilla_server.enums import UserRole
from argilla_server.models import User, Workspace
from server_environment import Refused, ServerEnvironment
from sqlalchemy.ext.asyncio import AsyncSession


async def ensure(environment: ServerEnvironment) -> None:
    """Make the workspace and the owner where they are missing; set the owner's API key.

    A password is used only to create the owner: one changed later is left alone.
    Raises Refused when the owner must be created and no password was given.
    """
    async with AsyncSessionLocal() as db:
        if await Workspace.get_by(db, name=environment.workspace) is None:
            await accounts.create_workspace(db, {"name": environment.workspace})
        await _ensure_owner(db, environment)
    await async_engine.dispose()  # its connections belong to this event loop; the server has another


async def _ensure_owner(db: AsyncSession, environment: ServerEnvironment) -> None:
    owner = await User.get_by(db, username=environment.owner_name)
    if owner is None:
        if environment.owner_password is None:
            raise Refused(
                f"The account {environment.owner_name!r} does not exist yet and no password was given for "
                "it. Set UNDERSTUDY_OWNER_PASSWORD or UNDERSTUDY_OWNER_PASSWORD_FILE for the first start."
            )
        await User.create(
            db,
            first_name=environment.owner_name,
            username=environment.owner_name,
            role=UserRole.owner,
            password_hash=accounts.hash_password(environment.owner_password),
            api_key=environment.owner_api_key,
        )
    elif owner.api_key != environment.owner_api_key or not owner.is_owner:
        await owner.update(db, api_key=environment.owner_api_key, role=UserRole.owner)
