"""Who is signed in, and what their role lets them do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from storage.errors import NotAllowed

Action = Literal["review", "vote", "run", "export", "settings", "people", "audit"]

_EVERYONE = frozenset({"review", "vote"})
_ADMINS = _EVERYONE | {"run", "export", "settings", "people", "audit"}
_MAY: dict[str, frozenset[str]] = {"owner": _ADMINS, "admin": _ADMINS, "annotator": _EVERYONE}
_WORDS: dict[Action, str] = {
    "review": "review records",
    "vote": "vote",
    "run": "import, label, freeze, train or evaluate",
    "export": "export data",
    "settings": "change the project",
    "people": "change who may sign in",
    "audit": "read the audit log",
}


@dataclass(frozen=True)
class Person:
    """A signed-in Argilla user. `argilla_token` acts for them at Argilla and is never shown."""

    user_id: str
    username: str
    role: str
    argilla_token: str

    def __repr__(self) -> str:
        return f"Person(username={self.username!r}, role={self.role!r})"

    def may(self, action: Action) -> bool:
        """Whether the role permits the action; an unknown role permits nothing."""
        return action in _MAY.get(self.role, frozenset())

    def require(self, action: Action) -> Person:
        """This person, if the role permits the action. Raises NotAllowed otherwise."""
        if not self.may(action):
            raise NotAllowed(
                f"{self.username} is signed in as {self.role} and may not {_WORDS[action]}.",
                next_step="Ask an owner or admin of this project.",
            )
        return self
