"""Who may sign in, and to which workspaces."""

from __future__ import annotations

import secrets as random
from collections.abc import Iterable

from storage.argilla_client.replies import NamedListReply, NamedReply, TokenReply, UserReply, UsersReply, read
from storage.argilla_client.shapes import ArgillaUser, Role, Token
from storage.argilla_client.transport import Transport
from storage.errors import Conflict, InvalidInput, NotAllowed, NotFound

PASSWORD_CHARACTERS = range(8, 101)


class Accounts:
    """The part of the client that knows users and workspaces."""

    def __init__(self, http: Transport) -> None:
        self._http = http
        self._me: ArgillaUser | None = None

    def sign_in(self, username: str, password: str) -> Token:
        """A token for `connect(token=)`. Raises NotAllowed where name and password do not fit."""
        try:
            reply = self._http.request(
                "POST", "/token", form={"username": username, "password": password}, repeatable=True
            )
        except (NotAllowed, InvalidInput) as fault:
            raise NotAllowed(
                "That name and password do not fit together.",
                next_step="Try again, or ask the owner for a new password.",
            ) from fault
        return Token(read(reply, TokenReply).access_token)

    def me(self) -> ArgillaUser:
        """The account that asks. Raises NotAllowed when its token has ended."""
        return read(self._http.request("GET", "/me"), UserReply).user()

    def _my_id(self) -> str:
        if self._me is None:
            self._me = self.me()
        return self._me.id

    def users(self) -> list[ArgillaUser]:
        """Every account, oldest first (owners only)."""
        return self._users_of("/users")

    def user_named(self, username: str) -> ArgillaUser:
        """The account of that name, a deactivated one too (owners only). Raises NotFound."""
        named = [user for user in self.users() if user.username == username]
        found = next((user for user in named if user.active), named[0] if named else None)
        if found is None:
            raise NotFound(
                f"There is no account {username!r}.", next_step="`understudy people list` shows them."
            )
        return found

    def ensure_workspace(self, name: str) -> str:
        """The id of the workspace of that name, made if there is none."""
        found = self._workspace(name)
        if found is None:
            try:
                return read(self._http.request("POST", "/workspaces", json={"name": name}), NamedReply).id
            except Conflict:
                found = self._workspace(name)  # somebody else made it meanwhile
        if found is None:
            raise NotAllowed(f"The workspace {name!r} exists, and this account does not belong to it.")
        return found

    def create_user(
        self,
        username: str,
        password: str,
        role: Role,
        workspaces: Iterable[str] = (),
        *,
        first_name: str = "",
    ) -> ArgillaUser:
        """Make an account and add it to workspaces (owners only). Raises Conflict for a taken name.

        `first_name` is what Argilla's own UI shows beside the answers.
        """
        _check_password(password)
        body = {
            "username": username,
            "first_name": first_name or username,
            "password": password,
            "role": role,
        }
        try:
            user = read(self._http.request("POST", "/users", json=body), UserReply).user()
        except Conflict as fault:
            raise Conflict(
                f"There is an account {username!r} already.", next_step="Choose another name."
            ) from fault
        for name in workspaces:
            self.add_to_workspace(user.id, name)
        return user

    def add_to_workspace(self, user_id: str, workspace: str) -> None:
        """Let an account see a workspace; it may belong to it already."""
        path = f"/workspaces/{self.ensure_workspace(workspace)}/users"
        try:
            self._http.request("POST", path, json={"user_id": user_id})
        except Conflict:
            return

    def remove_from_workspace(self, user_id: str, workspace: str) -> None:
        """Let an account see a workspace no more; it may not belong to it."""
        found = self._workspace(workspace)
        try:
            if found is not None:
                self._http.request("DELETE", f"/workspaces/{found}/users/{user_id}")
        except NotFound:
            return

    def my_workspaces(self) -> list[str]:
        """The names of the workspaces that this account belongs to; for an owner, all there are."""
        return [each.name for each in self._workspaces()]

    def members(self) -> dict[str, list[str]]:
        """The ids of the accounts in each workspace, by its name (owners only)."""
        return {
            each.name: [user.id for user in self._users_of(f"/workspaces/{each.id}/users")]
            for each in self._workspaces()
        }

    def set_password(self, username: str, password: str) -> None:
        """Give an account a new password (owners only); its tokens stay valid until they end."""
        _check_password(password)
        self._change(self.user_named(username).id, {"password": password})

    def set_role(self, user_id: str, role: Role) -> None:
        """Give an account another role (owners only); it holds from the next request on."""
        self._change(user_id, {"role": role})

    def shut(self, user_id: str, username: str) -> None:
        """Deactivate an account: no password and no token that it ever had opens Argilla (owners only).

        Argilla finds the account of a token by its name, so another name ends them all at once.
        Its API key still works: see `keys.replace`. `users` gives it as not active, under its name.
        """
        other = f"{username} [deactivated {random.token_hex(4)}]"
        self._change(user_id, {"username": other, "role": "annotator", "password": random.token_urlsafe(32)})

    def reopen(self, user_id: str, username: str, role: Role, password: str) -> None:
        """Give a deactivated account its name back, with a new password (owners only).

        Raises InvalidInput where another account has the name by now.
        """
        _check_password(password)
        self._change(user_id, {"username": username, "role": role, "password": password})

    def _change(self, user_id: str, changes: dict[str, str]) -> None:
        self._http.request("PATCH", f"/users/{user_id}", json=changes, repeatable=True)

    def _users_of(self, path: str) -> list[ArgillaUser]:
        return [reply.user() for reply in read(self._http.request("GET", path), UsersReply).items]

    def _workspaces(self) -> list[NamedReply]:
        return read(self._http.request("GET", "/me/workspaces"), NamedListReply).items

    def _workspace(self, name: str) -> str | None:
        return next((workspace.id for workspace in self._workspaces() if workspace.name == name), None)


def _check_password(password: str) -> None:
    if len(password) not in PASSWORD_CHARACTERS or len(password.encode()) > 72:
        raise InvalidInput(
            f"A password of {len(password)} characters cannot be used.",
            next_step="Choose 8 characters or more, at most 72 bytes.",
        )
