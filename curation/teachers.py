"""Teachers: what gives the first label. An OpenAI-compatible endpoint, or a column of the file.

A definition never holds a key: it names the environment variable that does. It says besides whether
the teacher's terms let a model be trained on what it said, where they stand, and when they were read.
"""

from __future__ import annotations

import os
from datetime import date
from typing import Annotated, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from sqlalchemy import insert, select, update

from storage import database, locks
from storage.database import tables
from storage.errors import Conflict, InvalidInput, NotFound
from storage.identifiers import checked_name
from storage.project import Project

MayTrain = Literal["allowed", "refused", "unknown"]


class _Definition(BaseModel):
    """What every teacher has. `terms_source` and `terms_date` say where `may_train` was read, and when."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    revision: int = Field(default=0, exclude=True)
    terms_source: str = Field(default="", max_length=2_000)
    terms_date: date | None = None
    may_train: MayTrain = "unknown"

    @field_validator("may_train")
    @classmethod
    def _founded(cls, may_train: MayTrain, known: ValidationInfo) -> MayTrain:
        if may_train != "unknown" and not (
            known.data.get("terms_source", "").strip() and known.data.get("terms_date")
        ):
            raise ValueError("say where the terms stand and on what day they were read")
        return may_train

    @field_validator("name")
    @classmethod
    def _usable(cls, name: str) -> str:
        return checked_name(name, "teacher")


class OpenAITeacher(_Definition):
    """A model behind OpenAI's chat protocol: OpenAI itself, vLLM, Ollama, llama.cpp, a gateway.

    `key_env` names the environment variable holding the key ("" where none is asked for).
    Prices are USD per million tokens; None means unknown, and no cost is then shown.
    `temperature` None leaves it to the endpoint, for models that accept no other.
    """

    kind: Literal["openai"] = "openai"
    base_url: str = "https://api.openai.com/v1"
    model: str = Field(min_length=1)
    key_env: str = "OPENAI_API_KEY"
    temperature: float | None = Field(default=0.0, ge=0, le=2)
    max_tokens: int = Field(default=256, ge=1)
    token_limit_name: Literal["max_tokens", "max_completion_tokens"] = "max_tokens"  # noqa: S105
    price_input_usd_per_million: float | None = Field(default=None, ge=0)
    price_output_usd_per_million: float | None = Field(default=None, ge=0)
    concurrency: int = Field(default=8, ge=1, le=256)
    timeout_s: float = Field(default=60.0, gt=0)
    attempts: int = Field(default=4, ge=1, le=10)

    @field_validator("base_url")
    @classmethod
    def _web_address(cls, url: str) -> str:
        if not url.startswith(("http://", "https://")):
            raise ValueError("must start with http:// or https://")
        return url.rstrip("/")

    def key(self) -> str:
        """The key, from the environment. Raises InvalidInput where it is not set."""
        if not self.key_env:
            return "none"  # the client wants one; an endpoint without keys ignores it
        value = os.environ.get(self.key_env, "").strip()
        if not value:
            raise InvalidInput(
                f"Teacher {self.name!r} reads its key from ${self.key_env}, which is not set here.",
                next_step=f"Run `export {self.key_env}=…` and start Understudy again.",
            )
        return value

    def price_usd(self, prompt_tokens: int | None, completion_tokens: int | None) -> float | None:
        """What a call cost in USD at the definition's prices; None where anything is unknown."""
        prices = (self.price_input_usd_per_million, self.price_output_usd_per_million)
        if None in (*prices, prompt_tokens, completion_tokens):
            return None
        return ((prompt_tokens or 0) * (prices[0] or 0) + (completion_tokens or 0) * (prices[1] or 0)) / 1e6


class RecordedTeacher(_Definition):
    """Labels that came with the file: the record's extra column of this name."""

    kind: Literal["recorded"] = "recorded"
    column: str = Field(min_length=1)


Teacher = OpenAITeacher | RecordedTeacher
_ANY: TypeAdapter[Teacher] = TypeAdapter(Annotated[Teacher, Field(discriminator="kind")])


def parse(definition: object) -> Teacher:
    """A definition from a form, a file or the database. Raises InvalidInput with field and value."""
    try:
        return _ANY.validate_python(definition)
    except ValidationError as fault:
        first = fault.errors()[0]
        field = ".".join(str(part) for part in first["loc"][1:]) or "definition"
        raise InvalidInput(
            f"Teacher: {field} has {first['input']!r}: {first['msg']}.", next_step="Correct that field."
        ) from fault


def save(project: Project, teacher: Teacher, *, based_on: int | None = None) -> Teacher:
    """Store a new definition, or a change to revision `based_on`. Saving the same again does nothing.

    Raises Conflict where another definition of that name stands, or it changed since `based_on`.
    """
    table = tables.teachers
    definition = _stored(teacher)
    values = {"name": teacher.name, "kind": teacher.kind, "definition": definition}
    with database.engine(project).begin() as connection:
        locks.hold(connection, f"teachers/{teacher.name}")
        stands = connection.execute(select(table).where(table.c.name == teacher.name)).first()
        if stands is None:
            connection.execute(insert(table).values(**values, revision=1))
            return teacher.model_copy(update={"revision": 1})
        standing = _stored(parse(stands.definition))  # an older release knew fewer fields
        if standing == definition:
            return teacher.model_copy(update={"revision": stands.revision})
        if based_on != stands.revision:
            changed = [key for key in definition if standing.get(key) != definition[key]]
            raise Conflict(
                f"Teacher {teacher.name!r} stands already in revision {stands.revision}, with other "
                f"{', '.join(changed)}.",
                next_step="Open it again and repeat your change, or choose another name.",
            )
        connection.execute(
            update(table).where(table.c.name == teacher.name).values(**values, revision=stands.revision + 1)
        )
        return teacher.model_copy(update={"revision": stands.revision + 1})


def _stored(teacher: Teacher) -> dict[str, object]:
    return teacher.model_dump(mode="json")


def get(project: Project, name: str) -> Teacher:
    """One teacher. Raises NotFound, naming those there are."""
    found = listing(project)
    for teacher in found:
        if teacher.name == name:
            return teacher
    names = ", ".join(teacher.name for teacher in found)
    raise NotFound(
        f"There is no teacher {name!r}.",
        next_step=f"There are {names}." if names else "Add one on the Prompts and labels page.",
    )


def listing(project: Project) -> list[Teacher]:
    """All teachers, by name."""
    table = tables.teachers
    with database.engine(project).connect() as connection:
        found = connection.execute(select(table).order_by(table.c.name)).all()
    return [parse({**row.definition, "revision": row.revision}) for row in found]
