"""What somebody looks for in the catalogue: one description of filters for laptop and hub (SRC-01, SRC-02, SRC-08).

Here it is run over cards in memory; lms_core.catalogue.listing asks a database the same.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import partial
from typing import Any, Protocol

import msgspec

MOST_WORDS = 8
TEXTS = ("title", "subtitle", "short_description", "description")
RATINGS = (4.5, 4.0, 3.0)
"""Least ratings to choose from."""
LENGTHS = {"short": (0, 119), "medium": (120, 599), "long": (600, None)}
"""Minutes of courses, the least and the most, as they can be chosen."""
PRICES = {
    "free": (None, 0.0),
    "paid": (0.01, None),
    "low": (0.01, 25.0),
    "middle": (25.01, 100.0),
    "high": (100.01, None),
}
"""Prices of courses, the least and the most, as they can be chosen: nothing, anything, and how much."""
FACETS = ("category", "level", "language", "subtitles", "price", "rating", "duration", "tag")


class Offer(Protocol):
    """What a course must tell to be found; `minutes` is how long it takes.

    It may have `folded`, its texts without case, where they are compared often.
    """

    title: str
    subtitle: str
    short_description: str
    description: str
    category_id: str
    level: str
    language: str
    subtitle_languages: Sequence[str]
    tags: Sequence[str]
    authors: Sequence[str]
    price: float
    rating: float
    minutes: int
    enrolled: int
    published_at: int
    is_featured: bool


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; empty says nothing. `category` takes those below it along, `instructor` is an account and
    `author` the name of somebody who made it.

    `order` names ORDERS, each with a minus for the largest first; a course without a rating is below every least one.
    """

    search: str = ""
    category: str = ""
    level: str = ""
    language: str = ""
    subtitles: str = ""
    tag: str = ""
    instructor: str = ""
    author: str = ""
    creation_method: str = ""
    least_price: float | None = None
    most_price: float | None = None
    least_rating: float | None = None
    least_minutes: int | None = None
    most_minutes: int | None = None
    is_featured: bool | None = None
    order: tuple[str, ...] = ("title",)
    offset: int = 0
    limit: int = 20

    @property
    def words(self) -> list[str]:
        """The words that must all occur."""
        return self.search.split()[:MOST_WORDS]


def below(category: str, categories: Collection[Any]) -> frozenset[str]:
    """The ids of a category, by its id or slug, and of all below it."""
    found = {each.id for each in categories if category in (each.id, each.slug)} if category else set()
    while more := {each.id for each in categories if each.parent_category in found} - found:
        found |= more
    return frozenset(found)


def _checks(wish: Wish, categories: Collection[str]) -> list[tuple[str, Callable[[Any], bool]]]:
    """What a wish asks, by its name; the costliest last."""
    asked = msgspec.structs.asdict(wish)
    found: list[tuple[str, Callable[[Any], bool]]] = [
        (name, partial(fits, wish))
        for name, (fields, fits) in _FITS.items() if any(asked[field] not in ("", None) for field in fields)
    ]  # fmt: skip
    if wish.category:
        found.append(("category", lambda offer: offer.category_id in categories))
    if words := [word.casefold() for word in wish.words]:
        found.append(("search", lambda offer: _has_words(offer, words)))
    return found


def _missed(checks: list[tuple[str, Callable[[Any], bool]]], offer: Any) -> list[str]:
    """What an offer does not have, at most two of it."""
    missed = []
    for name, fits in checks:
        if not fits(offer):
            missed.append(name)
            if len(missed) > 1:
                break
    return missed


def _has_words(offer: Any, words: Iterable[str]) -> bool:
    texts = getattr(offer, "folded", None) or [getattr(offer, name).casefold() for name in TEXTS]
    return all(any(word in text for text in texts) for word in words)


_FITS: dict[str, Any] = {
    "level": (("level",), lambda w, o: o.level == w.level),
    "language": (("language",), lambda w, o: o.language == w.language),
    "subtitles": (("subtitles",), lambda w, o: w.subtitles in o.subtitle_languages),
    "author": (("author",), lambda w, o: w.author in o.authors),
    "tag": (("tag",), lambda w, o: w.tag.lower() in map(str.lower, o.tags)),
    "price": (("least_price", "most_price"), lambda w, o: _within(o.price, w.least_price, w.most_price)),
    "rating": (("least_rating",), lambda w, o: _within(o.rating, w.least_rating, None)),
    "duration": (("least_minutes", "most_minutes"), lambda w, o: _within(o.minutes, w.least_minutes, w.most_minutes)),
    "is_featured": (("is_featured",), lambda w, o: bool(o.is_featured) == w.is_featured),
}
"""Of each filter what it asks, and whether an offer has it."""
_VALUES: dict[str, Any] = {
    "category": lambda o: (o.category_id,) if o.category_id else (),
    "level": lambda o: (o.level,),
    "language": lambda o: (o.language,),
    "subtitles": lambda o: o.subtitle_languages,
    "price": lambda o: tuple(name for name, (least, most) in PRICES.items() if _within(o.price, least, most)),
    "rating": lambda o: tuple(str(least) for least in RATINGS if o.rating >= least),
    "duration": lambda o: (length_of(o.minutes),),
    "tag": lambda o: o.tags,
    "author": lambda o: o.authors,
    "is_featured": lambda o: ("featured",) if o.is_featured else (),
}


def _within(value: float, least: float | None, most: float | None) -> bool:
    return (least is None or value >= least) and (most is None or value <= most)


def length_of(minutes: int) -> str:
    """The name of LENGTHS that so many minutes fall under."""
    return next(name for name, (_, most) in LENGTHS.items() if most is None or minutes <= most)


def find(
    offers: Iterable[Any], wish: Wish, categories: Collection[str] = (), facets: Iterable[str] = FACETS
) -> tuple[list[Any], dict[str, Counter[str]]]:
    """The offers that fit, in the order wished for, and how many of each facet's values there are.

    A facet is counted as if it were open, so that another of its values can be taken.
    """
    found: list[Any] = []
    counts = {facet: Counter[str]() for facet in facets}
    checks = _checks(wish, categories)
    for offer in offers:
        missed = _missed(checks, offer)
        if not missed:
            found.append(offer)
            for facet, count in counts.items():
                count.update(_VALUES[facet](offer))
        elif len(missed) == 1 and missed[0] in counts:
            counts[missed[0]].update(_VALUES[missed[0]](offer))
    return ordered(found, wish), counts


def ordered(found: list[Any], wish: Wish) -> list[Any]:
    """Offers in the order wished for; those alike by title."""
    found.sort(key=ORDERS["title"])
    for name in reversed(wish.order):
        if name == "relevance":
            found.sort(key=lambda offer: (relevance(offer, wish), -offer.enrolled))
        else:
            found.sort(key=ORDERS[name.removeprefix("-")], reverse=name.startswith("-"))
    return found


def relevance(offer: Any, wish: Wish) -> int:
    """Where the words stand: 0 the title begins with them, 1 it has them, 2 another text has them."""
    title, said = offer.title.lower(), wish.search.strip().lower()
    return 0 if title.startswith(said) else 1 if said in title else 2


ORDERS: dict[str, Any] = {
    "title": lambda o: o.title.lower(), "published_date": lambda o: o.published_at, "price": lambda o: o.price,
    "enrolled": lambda o: o.enrolled, "duration": lambda o: o.minutes, "rating": lambda o: o.rating,
}  # fmt: skip
SORTS = ("relevance", "-published_date", "-rating", "-enrolled", "price", "title")
"""Orders that people choose from (SRC-08): relevance, newest, rating, popularity, price, title."""
