"""Tasks to begin with: the published cases, each with its form, tags, criteria and rules filled in.

    made = presets.preset("news-titles")

A preset is a whole task: labels, columns and words in it are meant to be replaced by one's own.
"""

from __future__ import annotations

from curation.tasks.definition import ErrorTag, LengthRule, Rating, TagRule, Task
from storage.errors import InvalidInput

_TITLES = Task(
    name="news-titles",
    title="News titles",
    kind="generation",
    input_columns=("text",),
    target="title",
    length=LengthRule(least_words=3, most_words=14),
    error_tags=(
        ErrorTag(
            code="jargon", name="Jargon", group="Words", definition="A lay reader would stop at a word."
        ),
        ErrorTag(code="acronym", name="Acronym", group="Words", definition="Letters that nothing explains."),
        ErrorTag(
            code="compilation",
            name="Tool compilation",
            group="Subject",
            definition="It lists tools instead of saying what is new.",
        ),
        ErrorTag(
            code="dataset", name="Dataset release", group="Subject", definition="Only a dataset came out."
        ),
        ErrorTag(code="length", name="Length", group="Form", definition="Too short or too long."),
    ),
    rules=(TagRule(tag="length", name="length"), TagRule(tag="acronym", pattern=r"(?-i:\b[A-Z]{3,}s?\b)")),
    guidelines="One line that says what is new, so that somebody outside the field would read on.",
)

_CATEGORIES = Task(
    name="product-taxonomy",
    title="Product taxonomy",
    input_columns=("title", "description"),
    target="category",
    labels=(
        "Home & Garden > Kitchen & Dining > Cookware",
        "Home & Garden > Kitchen & Dining > Tableware",
        "Toys & Games > Toys",
    ),
    error_tags=(
        ErrorTag(
            code="sibling", name="Sibling", group="Place", definition="A neighbour of the right category."
        ),
        ErrorTag(
            code="too_general", name="Too general", group="Place", definition="A level above the right one."
        ),
        ErrorTag(code="invented", name="Invented", group="Form", definition="No category of the taxonomy."),
    ),
    rules=(TagRule(tag="invented", name="unknown_label"),),
    guidelines="Choose the most exact category that is surely right.",
)

_INTAKE = Task(
    name="patient-intake",
    title="Patient intake",
    kind="chat",
    input_columns=("conversation",),
    shown_as={"conversation": "chat"},
    target="answer",
    speakers={"Doctor": "assistant", "Patient": "user"},
    error_tags=(
        ErrorTag(
            code="missed", name="Question missed", group="History", definition="It should have asked more."
        ),
        ErrorTag(
            code="advice", name="Advice given", group="History", definition="It advised instead of asking."
        ),
        ErrorTag(code="repeated", name="Repetition", group="Form", definition="It says the same twice."),
    ),
    rules=(TagRule(tag="repeated", name="repeated_sentence"),),
    ratings=(
        Rating(
            code="completeness", name="History completeness", definition="All that a doctor needs was asked."
        ),
        Rating(code="formatting", name="Formatting", definition="Easy to read and to answer."),
        Rating(code="relevance", name="Relevance", definition="Every question follows from what was said."),
    ),
    guidelines="Judge the assistant as the person who takes the history, before the doctor comes.",
)

_CLAIMS = Task(
    name="claims-extraction",
    title="Claims extraction",
    kind="extraction",
    input_columns=("document",),
    target="fields",
    output_schema={
        "type": "object",
        "required": ["claim_number", "date", "amount"],
        "additionalProperties": False,
        "properties": {
            "claim_number": {"type": "string"},
            "date": {"type": "string", "format": "date"},
            "amount": {"type": "number", "minimum": 0},
            "currency": {"type": "string"},
            "cause": {"enum": ["accident", "theft", "damage", "other"]},
        },
    },
    error_tags=(
        ErrorTag(
            code="missing", name="Field missing", group="Fields", definition="It stands in the document."
        ),
        ErrorTag(
            code="wrong_value", name="Wrong value", group="Fields", definition="The document says otherwise."
        ),
        ErrorTag(code="invented", name="Invented value", group="Fields", definition="Nothing there says so."),
        ErrorTag(code="form", name="Not in form", group="Form", definition="It does not fit the schema."),
    ),
    rules=(TagRule(tag="missing", name="missing_field"), TagRule(tag="form", name="not_valid")),
    tags_required=True,
    guidelines="Only what the document says. A field that it does not give is left out.",
)

_TRIAGE = Task(
    name="patient-triage",
    title="Patient triage",
    input_columns=("complaint",),
    target="urgency",
    labels=("emergency", "today", "this week", "self-care"),
    error_tags=(
        ErrorTag(
            code="missed_serious",
            name="Serious symptom missed",
            group="Costly",
            definition="It was placed below what the symptoms call for.",
        ),
        ErrorTag(code="too_urgent", name="Too urgent", group="Mild", definition="It was placed above it."),
        ErrorTag(
            code="unclear", name="Complaint unclear", group="Mild", definition="No level follows from it."
        ),
    ),
    tags_required=True,
    guidelines="In doubt choose the more urgent level: a missed emergency costs more than a needless visit.",
)

PRESETS: dict[str, Task] = {
    preset.name: preset for preset in (_TITLES, _CATEGORIES, _INTAKE, _CLAIMS, _TRIAGE)
}
"""The cases by name, in the order they are offered."""


def preset(name: str) -> Task:
    """One of the cases. Raises InvalidInput, naming those there are."""
    if name not in PRESETS:
        raise InvalidInput(f"There is no preset {name!r}.", next_step=f"There are {', '.join(PRESETS)}.")
    return PRESETS[name]
