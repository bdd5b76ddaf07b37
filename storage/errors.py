"""The errors of this project, as one tree.

    UnderstudyError
    ├── UserError                 the person can fix it: a sentence, the value seen, the next step
    │   ├── InvalidInput          a file, a form, a setting or a reply that cannot be used as it is
    │   ├── NotFound              a name that nothing answers to
    │   ├── Conflict              based on an older revision, or taken by someone else meanwhile
    │   ├── NotAllowed            signed out, or the role does not permit it
    │   ├── ServiceUnavailable    PostgreSQL, Redis, Argilla or a teacher does not answer
    │   ├── MissingDependency     a program or package that is not installed
    │   └── DiskFull              nothing was published; what was being written is gone
    └── JobCancelled              a person stopped the job; what it had stored is kept

Anything else that is raised is a bug: it stays loud, and the command line exits with 1.
"""

from __future__ import annotations


class UnderstudyError(Exception):
    """The root of the errors this project raises on purpose."""


class UserError(UnderstudyError):
    """Something the person can fix; the command line exits with 2.

    `what` says what happened and the value seen; `next_step` says what to do about it.
    """

    def __init__(self, what: str, *, next_step: str = "") -> None:
        super().__init__(f"{what} {next_step}".strip())
        self.what = what
        self.next_step = next_step


class InvalidInput(UserError):
    """A file, form, setting or reply that cannot be used as it is."""


class NotFound(UserError):
    """A name that nothing answers to."""


class Conflict(UserError):
    """An edit based on an older revision, or a place taken meanwhile."""


class NotAllowed(UserError):
    """Not signed in, or the role does not permit the action."""


class ServiceUnavailable(UserError):
    """PostgreSQL, Redis, Argilla or a teacher does not answer."""


class MissingDependency(UserError):
    """A program or package that is not installed; `next_step` holds the install command."""


class DiskFull(UserError):
    """The disk filled while writing; nothing was published."""


class JobCancelled(UnderstudyError):
    """A person stopped the job; what it had stored is kept."""
