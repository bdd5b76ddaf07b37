"""The sample `product-categories`: about 3,000 made-up listings over twelve real categories.

    from curation.sample import product_categories
    path = product_categories.write(folder)          # folder/listings.csv, the same bytes for a seed

Nothing in it was scraped or written by a model: shops, brands and listings come from the word
lists beside this file. `category` is what each listing was made from, so it is exact.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, fields
from pathlib import Path
from random import Random

from curation.imports import ColumnMapping
from curation.sample import catalogue, damage
from curation.sample.catalogue import CATEGORIES, LABELS, SHELVES, Category
from curation.sample.scripted import REVIEWERS, TEACHER_COLUMN, error_tag, reviewer_says, teacher_says
from curation.sample.sellers import HELD_OUT_SELLERS, SELLERS, Product, Seller
from curation.tasks import ErrorTag, HeldOutWhere, TagRule, Task

__all__ = ["LABELS", "REVIEWERS", "TEACHER_COLUMN", "Listing", "Sample", "error_tag", "generate", "write"]

NAME = "product-categories"
FILE_NAME = "listings.csv"
LISTINGS = 3000
COPY_SHARE = 0.08
COPY_KINDS = ("case", "order", "prefix", "units", "truncation")
REPOSTS = 20
HELD_OUT_SHARE = 0.19
VAGUE, OWN, SHARED, COMPANION = 0.1, 0.45, 0.4, 0.3
"""Shares that set how hard it is: nouns that say nothing, features of the category alone and of its
whole shelf, and mentions of a product from a neighbouring category."""
LICENCE = "apache-2.0"
TEACHER_TERMS = {
    "may_train": "allowed",
    "terms_source": "Made by Understudy's own generator, Apache-2.0",
    "terms_date": "2026-11-21",
}
"""What is known of the file and of the teacher in it: all of it is this project's."""
PROMPT_SYSTEM = "You sort shop listings."
PROMPT_TEMPLATE = "Title: {title}\nBrand: {brand}\nDescription: {description}\nGoogle product category:"
PROMPT_REASON = "First version: asks for the category, names none."


@dataclass(frozen=True)
class Listing:
    """One row of the file, as text."""

    listing_id: str
    seller: str
    title: str
    description: str
    brand: str
    price: str
    category: str
    teacher_v1: str
    scripted_reviewer_a: str
    scripted_reviewer_b: str


@dataclass(frozen=True)
class Copy:
    """A listing that repeats another, and how: a kind of `damage.COPIES`."""

    listing_id: str
    original_id: str
    kind: str


@dataclass(frozen=True)
class Sample:
    """The rows of the file, and which of them repeat others."""

    listings: tuple[Listing, ...]
    copies: tuple[Copy, ...]


@dataclass(frozen=True)
class _Drawn:
    """A listing before it has an id: its text, and what it was made from."""

    seller: Seller
    category: Category
    title: str
    description: str
    brand: str
    price: str


def generate(seed: int = 7) -> Sample:
    """The sample of a seed. The same seed gives the same rows on every machine."""
    rng = Random(seed)  # noqa: S311 - a sample, not a secret
    near = round(LISTINGS * COPY_SHARE)
    originals = [_draw(rng) for _ in range(LISTINGS - near - REPOSTS)]
    kinds = [COPY_KINDS[number % len(COPY_KINDS)] for number in range(near)] + ["repost"] * REPOSTS
    sources = rng.sample(range(len(originals)), len(kinds))
    repeats = list(zip(sources, kinds, strict=True))
    rows = [*originals, *(_copy(originals[source], kind, rng) for source, kind in repeats)]
    places = list(range(len(rows)))
    rng.shuffle(places)
    names = {place: f"L{number:05d}" for number, place in enumerate(places, start=1)}
    listings = tuple(_listing(names[place], rows[place], rng) for place in places)
    copies = tuple(
        Copy(names[len(originals) + number], names[source], kind)
        for number, (source, kind) in enumerate(repeats)
    )
    return Sample(listings, copies)


def write(folder: Path, seed: int = 7) -> Path:
    """Write `listings.csv` (UTF-8) into `folder` and return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / FILE_NAME
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow([field.name for field in fields(Listing)])
        writer.writerows([list(vars(listing).values()) for listing in generate(seed).listings])
    return path


def task() -> Task:
    """The task the sample is for. Listings of some sellers are held out entirely."""
    return Task(
        name=NAME,
        title="Product categories",
        kind="classification",
        input_columns=("title", "brand", "description"),
        target="category",
        labels=LABELS,
        error_tags=ERROR_TAGS,
        rules=(TagRule(tag="invented_category", name="unknown_label"),),
        held_out_share=HELD_OUT_SHARE,
        held_out_where=HeldOutWhere(column="seller", values=HELD_OUT_SELLERS),
        guidelines=GUIDELINES,
    )


def mapping() -> ColumnMapping:
    """How the columns of `listings.csv` belong to the task."""
    extras = ("listing_id", "seller", "price", TEACHER_COLUMN, *(reviewer.column for reviewer in REVIEWERS))
    inputs = {name: name for name in task().input_columns}
    return ColumnMapping(inputs=inputs, gold="category", extras=extras)


ERROR_TAGS: tuple[ErrorTag, ...] = (
    ErrorTag(code="wrong_sibling", name="Wrong category",
             definition="Another of the twelve categories, often a neighbour of the right one."),
    ErrorTag(code="invented_category", name="Invented category",
             definition="A path that is not among the categories."),
    ErrorTag(code="too_general", name="Too general", definition="The right branch, but not its last step."),
    ErrorTag(code="format", name="Format", definition="The right category with something around it."),
)  # fmt: skip
GUIDELINES = (
    "Choose the category of what is sold, not of what is mentioned beside it. A speaker cable is a cable. "
    "Give the full path, as it stands in the list."
)


def _draw(rng: Random) -> _Drawn:
    category = rng.choice(CATEGORIES)
    seller = rng.choices(SELLERS, [seller.share for seller in SELLERS])[0]
    shelf = SHELVES[category.shelf]
    product = Product(
        noun=_noun(category, seller, rng),
        material=rng.choice(shelf.materials),
        size=rng.choice(shelf.sizes),
        brand=rng.choice(shelf.brands),
        features=_features(category, rng),
        companion=_companion(category, rng),
    )
    title, description = seller.wording(product, rng)
    title, description = _worn(title, description, seller, rng)
    brand = "" if rng.random() < 0.12 else product.brand
    price = f"{rng.randint(4, 240)}.{rng.choice(('00', '95'))}"
    return _Drawn(seller, category, title, description, brand, price)


def _noun(category: Category, seller: Seller, rng: Random) -> str:
    if rng.random() < VAGUE:
        return rng.choice(SHELVES[category.shelf].vague)
    return rng.choice(category.seldom if rng.random() < seller.seldom else category.nouns)


def _features(category: Category, rng: Random) -> tuple[str, ...]:
    shelf = SHELVES[category.shelf]
    pools = (category.features, shelf.features, catalogue.ANYWHERE)
    drawn: dict[str, None] = {}
    for _ in range(rng.choice((2, 3, 3))):
        drawn[rng.choice(rng.choices(pools, (OWN, SHARED, 0.2))[0])] = None
    return tuple(drawn)


def _companion(category: Category, rng: Random) -> str:
    if rng.random() >= COMPANION:
        return ""
    return rng.choice(CATEGORIES[rng.choice(category.confusable)].nouns)


def _worn(title: str, description: str, seller: Seller, rng: Random) -> tuple[str, str]:
    if rng.random() < 0.2:
        title = damage.with_typos(title, rng, 1)
    if rng.random() < 0.2:
        description = damage.with_typos(description, rng, rng.choice((1, 2, 3)))
    if rng.random() < 0.05:
        description = ""
    if rng.random() < 0.03:
        description = damage.with_contact(description, seller.name, rng)
    return ("" if description and rng.random() < 0.015 else title), description


def _copy(original: _Drawn, kind: str, rng: Random) -> _Drawn:
    text = damage.COPIES[kind]((original.title, original.description), rng, original.seller.name)
    return _Drawn(original.seller, original.category, *text, original.brand, original.price)


def _listing(listing_id: str, drawn: _Drawn, rng: Random) -> Listing:
    teacher = teacher_says(drawn.category, rng)
    said = [reviewer_says(reviewer, drawn.category, teacher, rng) for reviewer in REVIEWERS]
    return Listing(
        listing_id, drawn.seller.name, drawn.title, drawn.description, drawn.brand, drawn.price,
        drawn.category.path, teacher, *said,
    )  # fmt: skip
