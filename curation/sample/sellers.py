"""How each seller of the sample writes: the same product becomes a different listing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Product:
    """What is for sale, before a seller puts it into words."""

    noun: str
    material: str
    size: str
    brand: str
    features: tuple[str, ...]
    companion: str


Wording = Callable[[Product, Random], tuple[str, str]]
"""(title, description) of a product."""


@dataclass(frozen=True)
class Seller:
    """A shop. `share` is its part of the listings, `seldom` how often it uses unusual nouns (0-1)."""

    name: str
    wording: Wording
    share: float
    seldom: float = 0.15
    only_held_out: bool = False


def _catalogue(product: Product, rng: Random) -> tuple[str, str]:
    title = f"{product.brand} {product.noun}, {product.material.title()}, {product.size}"
    return title, _sentences(product.features) + _with(product.companion, "Matches our {}.")


def _keywords(product: Product, rng: Random) -> tuple[str, str]:
    words = [product.noun, product.material, product.size, *rng.sample(product.features, 1)]
    return " ".join(words).lower(), ", ".join((*product.features, product.material)).lower()


def _loud(product: Product, rng: Random) -> tuple[str, str]:
    title = f"*** {product.noun} *** {product.brand.upper()} {product.size.upper()}"
    return title, "! ".join(feature.capitalize() for feature in product.features) + "!"


def _chatty(product: Product, rng: Random) -> tuple[str, str]:
    opening = rng.choice(("You will love this", "Our favourite", "Back in stock:", "Meet your new"))
    said = f"{opening} {product.noun} in {product.material}. {_sentences(product.features)}"
    return f"Lovely {product.noun} ({product.size})", said + _with(product.companion, "Buy it with a {}.")


def _terse(product: Product, rng: Random) -> tuple[str, str]:
    return f"{product.noun}, {product.size}", product.features[0]


def _specification(product: Product, rng: Random) -> tuple[str, str]:
    lines = [f"Material: {product.material}", f"Size: {product.size}", f"Notes: {product.features[0]}"]
    lines += [f"Goes with: {product.companion}"] if product.companion else []
    return f"{product.brand} {product.noun} {rng.randint(100, 999)}", "; ".join(lines)


def _second_hand(product: Product, rng: Random) -> tuple[str, str]:
    state = rng.choice(("used, good condition", "hardly used", "as new", "with small scratches"))
    said = f"Selling my {product.noun}, {state}. {product.features[0].capitalize()}."
    return f"{product.brand} {product.noun} - {state}", said + _with(product.companion, "Also selling {}.")


def _advertising(product: Product, rng: Random) -> tuple[str, str]:
    first, *rest = product.features
    said = f"{first.capitalize()}: the {product.brand} {product.noun}, {product.size}. {_sentences(rest)}"
    return f"{product.material.title()} {product.noun}", said + _with(product.companion, "Fits your {} too.")


def _poetic(product: Product, rng: Random) -> tuple[str, str]:
    said = f"Made slowly, in {product.material}. {_sentences(product.features[:2])}"
    return f"The {product.noun}", said + _with(product.companion, "Its friend: the {}.")


def _abbreviated(product: Product, rng: Random) -> tuple[str, str]:
    code = f"{rng.choice('ABCDKT')}{rng.randint(10, 99)}"
    title = f"{product.noun} {product.material[:4].upper()} {product.size.upper()} {code}"
    return title, " / ".join(feature.replace("and", "&") for feature in product.features[:2])


def _backwards(product: Product, rng: Random) -> tuple[str, str]:
    title = f"{product.size} - {product.material} - {product.noun}"
    return (
        title,
        f"{_with(product.companion, 'For all who have a {}.')} {_sentences(product.features)}".strip(),
    )


def _sentences(features: tuple[str, ...] | list[str]) -> str:
    return " ".join(f"{feature[:1].upper()}{feature[1:]}." for feature in features)


def _with(companion: str, sentence: str) -> str:
    return f" {sentence.format(companion)}" if companion else ""


SELLERS: tuple[Seller, ...] = (
    Seller("Northwind Home", _catalogue, 0.16),
    Seller("kaufgut24", _keywords, 0.13),
    Seller("CASA & CO", _loud, 0.10),
    Seller("Bargain Barn", _chatty, 0.13),
    Seller("Dealpoint", _terse, 0.11),
    Seller("Lumen Trade", _specification, 0.11),
    Seller("Second Spring", _second_hand, 0.10),
    Seller("Pixel & Plate", _advertising, 0.10),
    Seller("Atelier Ostrov", _poetic, 0.02, seldom=0.35, only_held_out=True),
    Seller("Tradeline 9", _abbreviated, 0.02, seldom=0.3, only_held_out=True),
    Seller("mercado vivo", _backwards, 0.02, seldom=0.35, only_held_out=True),
)
HELD_OUT_SELLERS: tuple[str, ...] = tuple(seller.name for seller in SELLERS if seller.only_held_out)
