"""Candidates: what may answer an evaluation's prompts, as specs, and how an answer becomes a label.

A spec is small JSON that a job can carry; `key` names the candidate in every table of rows and
`title` on every screen.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from storage.errors import InvalidInput
from training.config import DEMO_BASE
from training.demo_base import TITLE


class _Spec(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)
    name: str = Field(default="", description="What screens call it; empty for the usual title.")

    @property
    def key(self) -> str:
        """Its name in `outputs`, `scores` and URLs; unique within an evaluation."""
        raise NotImplementedError

    @property
    def usual_title(self) -> str:
        """What screens call it when the spec brings no name."""
        return self.key

    @property
    def title(self) -> str:
        """What screens call it."""
        return self.name or self.usual_title


class Recorded(_Spec):
    """A column the import brought along: a recorded teacher's labels, or an earlier system's."""

    kind: Literal["recorded"] = "recorded"
    column: str
    role: Literal["teacher", "other"] = "teacher"

    @property
    def key(self) -> str:
        """`recorded:<column>`."""
        return f"recorded:{self.column}"

    @property
    def usual_title(self) -> str:
        """Says that it was recorded, and in which column."""
        what = "Recorded teacher" if self.role == "teacher" else "Recorded column"
        return f"{what} ({self.column})"


class Reviewer(_Spec):
    """What one reviewer answered on held-out rows, from the column `username` of the import."""

    kind: Literal["reviewer"] = "reviewer"
    username: str

    @property
    def key(self) -> str:
        """`reviewer:<username>`."""
        return f"reviewer:{self.username}"

    @property
    def usual_title(self) -> str:
        """Names the reviewer."""
        return f"Reviewer {self.username}"


class Teacher(_Spec):
    """A teacher behind an endpoint, asked about the held-out rows under a prompt version. Costs money."""

    kind: Literal["teacher"] = "teacher"
    teacher: str
    prompt: int = Field(ge=1)

    @property
    def key(self) -> str:
        """`teacher:<teacher>:v<prompt>`."""
        return f"teacher:{self.teacher}:v{self.prompt}"

    @property
    def usual_title(self) -> str:
        """Names the teacher and the prompt version."""
        return f"Teacher {self.teacher} (prompt v{self.prompt})"


class Base(_Spec):
    """An untuned model, asked to write the answer."""

    kind: Literal["base"] = "base"
    model: str = Field(min_length=1)
    chat_template: Literal["", "plain"] = ""

    @property
    def key(self) -> str:
        """`base:<model>`."""
        return f"base:{self.model}"

    @property
    def usual_title(self) -> str:
        """Says that it is untuned and writes freely."""
        return f"{_model_title(self.model)}, untuned: what it writes"


class BaseLikelihood(_Spec):
    """An untuned model, made to choose the label it finds likeliest."""

    kind: Literal["base_likelihood"] = "base_likelihood"
    model: str = Field(min_length=1)
    chat_template: Literal["", "plain"] = ""

    @property
    def key(self) -> str:
        """`base-likelihood:<model>`."""
        return f"base-likelihood:{self.model}"

    @property
    def usual_title(self) -> str:
        """Says that it is untuned and chooses."""
        return f"{_model_title(self.model)}, untuned: its likeliest label"


class Adapter(_Spec):
    """A student: the adapter of a training run on its base model."""

    kind: Literal["adapter"] = "adapter"
    run_id: str

    @property
    def key(self) -> str:
        """`adapter:<run>`."""
        return f"adapter:{self.run_id}"

    @property
    def usual_title(self) -> str:
        """Names the run, by the end of its id."""
        return f"Student, run {self.run_id.rpartition('_')[2]}"


class Majority(_Spec):
    """The most frequent label of the train rows, always."""

    kind: Literal["majority"] = "majority"

    @property
    def key(self) -> str:
        """`majority`."""
        return "majority"

    @property
    def usual_title(self) -> str:
        """Says what it is."""
        return "Majority class"


class Tfidf(_Spec):
    """TF-IDF with logistic regression, fitted on the train rows."""

    kind: Literal["tfidf"] = "tfidf"

    @property
    def key(self) -> str:
        """`tfidf`."""
        return "tfidf"

    @property
    def usual_title(self) -> str:
        """Says what it is."""
        return "TF-IDF + logistic regression"


def _model_title(model: str) -> str:
    return TITLE if model == DEMO_BASE else model.rstrip("/").rpartition("/")[2] or model


Candidate = Annotated[
    Recorded | Reviewer | Teacher | Base | BaseLikelihood | Adapter | Majority | Tfidf,
    Field(discriminator="kind"),
]
_CANDIDATE: TypeAdapter[Candidate] = TypeAdapter(Candidate)
MODEL_KINDS = frozenset({"base", "base_likelihood", "adapter"})
"""Kinds that need torch to answer."""


def parse_candidate(spec: Mapping[str, Any] | Candidate) -> Candidate:
    """The candidate of a spec. Raises InvalidInput naming the key that does not fit."""
    try:
        return _CANDIDATE.validate_python(spec if isinstance(spec, BaseModel) else dict(spec))
    except ValidationError as fault:
        first = fault.errors()[0]
        raise InvalidInput(
            f"Candidate {spec!r} cannot be used: {'.'.join(map(str, first['loc']))}: {first['msg']}.",
            next_step='A candidate is JSON such as {"kind": "adapter", "run_id": "run_…"}.',
        ) from fault


def parse_candidates(specs: Sequence[Mapping[str, Any] | Candidate]) -> list[Candidate]:
    """The candidates of several specs, in order. Raises InvalidInput for none, or two of one key."""
    found = [parse_candidate(spec) for spec in specs]
    if not found:
        raise InvalidInput("An evaluation needs at least one candidate.", next_step="Choose one.")
    twice = {one.key for one in found if sum(other.key == one.key for other in found) > 1}
    if twice:
        raise InvalidInput(f"Candidates {sorted(twice)} are named twice.", next_step="Name each once.")
    return found


_WRAPPING = "\"'`*_ \t\u201c\u201d\u2018\u2019\u00ab\u00bb"  # quotes, Markdown emphasis, space
_PREFIX = re.compile(r"(?:label|category|answer|class)\s*[:=]\s*", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def parse_label(output: str | None, labels: Sequence[str]) -> str | None:
    """The label an output names, or None where it names none of them.

    An output equal to a label is that label. Otherwise white space, letter case, quotes and
    emphasis around it, a leading "Label:", "Category:", "Class:" or "Answer:" and one closing
    full stop are looked past, the same for every candidate. There is no guessing: a longer text
    that contains a label, a part of one or a misspelt one is no label, and neither is a form
    that two labels share.
    """
    if output is None:
        return None
    trimmed = output.strip()
    exact, loose = _label_forms(tuple(labels))
    return trimmed if trimmed in exact else loose.get(_plain(trimmed))


@lru_cache(maxsize=16)
def _label_forms(labels: tuple[str, ...]) -> tuple[frozenset[str], dict[str, str]]:
    loose: dict[str, list[str]] = {}
    for label in labels:
        loose.setdefault(_plain(label), []).append(label)
    return frozenset(labels), {form: found[0] for form, found in loose.items() if len(found) == 1}


def _plain(text: str) -> str:
    stripped = (
        _PREFIX.sub("", text.strip(_WRAPPING), count=1) if _PREFIX.match(text.strip(_WRAPPING)) else text
    )
    stripped = stripped.strip(_WRAPPING).removesuffix(".").strip(_WRAPPING)
    return _SPACE.sub(" ", stripped).casefold()
