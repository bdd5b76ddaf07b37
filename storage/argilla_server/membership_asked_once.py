"""Ask once per request whether a person belongs to a workspace.

Argilla 2.8.0 asks the database for each metadata property of each record that it shows
(`User.is_member` in argilla_server/models/database.py, from the policy of metadata): 60% of the
time of a page of 50 records. The answer is kept on the request's session and goes with it.
"""

from __future__ import annotations

from uuid import UUID

from argilla_server.models import User
from sqlalchemy.ext.asyncio import async_object_session

REPLACED = User.is_member
REPLACED_SHA256 = "ffa28a00107bc6cca8c5f34cf7bea4a81a2dccceb7f23962716863e9808407be"
"""Of the function's source, in the release that this was written for."""
_ANSWERS = "understudy_memberships"


def install() -> None:
    """Put our function in the place of Argilla's."""
    User.is_member = is_member


async def is_member(self: User, workspace_id: UUID) -> bool:
    """Whether this person belongs to the workspace."""
    session = async_object_session(self)
    if session is None:
        return bool(await REPLACED(self, workspace_id))
    answers = session.info.setdefault(_ANSWERS, {})
    if (self.id, workspace_id) not in answers:
        answers[self.id, workspace_id] = await REPLACED(self, workspace_id)
    return bool(answers[self.id, workspace_id])
