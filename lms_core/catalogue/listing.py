"""The catalogue as one question to the database: published courses, filtered, ordered, a page of them (CRS-25)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Boolean, Select, Text, bindparam, case, cast, false, func, literal_column, or_, select

from lms_core.cache import Memory
from lms_core.catalogue.views import CourseCard, FacetCounts
from lms_core.courses import tables as t
from lms_core.courses.wish import TEXTS, Wish, below, find
from lms_core.db.bulk import direct

card, lead = t.course_card.c, t.course_instructor.c
ORDERS = {
    "title": func.lower(card.title), "published_date": card.published_at, "price": card.price,
    "enrolled": card.enrolled, "duration": card.minutes, "rating": card.avg_rating,
}  # fmt: skip
"""By what a list may be ordered."""

_NAMED = {
    "id": card.course_id, "slug": card.slug, "title": card.title, "subtitle": card.subtitle,
    "short_description": card.short_description, "category": card.category, "category_id": card.category_id,
    "level": card.level, "language": card.language, "authors": card.authors, "price": card.price,
    "currency": card.currency, "module_count": card.modules, "lesson_count": card.lessons,
    "duration_minutes": card.minutes, "version": card.version, "published_date": card.published_at,
    "enrolled_students_count": card.enrolled, "is_featured": card.is_featured,
    "thumbnail": card.thumbnail,
}  # fmt: skip
_NAMES, _FIELDS = tuple(_NAMED), tuple(_NAMED.values())
_TEXTS = tuple(card[name] for name in TEXTS)
MOST_VALUES = 50
"""Values of a facet that are told, the most common ones."""
_N: list[Any] = [literal_column(str(n)) for n in range(3)]
CENT = Decimal("0.01")


def find_cards(reader: Memory, wish: Wish) -> tuple[int, list[CourseCard]]:
    """How many courses fit, and a page of them as a guest sees them."""
    values: dict[str, Any] = {"most": wish.limit, "skip": wish.offset}
    if "relevance" in wish.order:
        said = wish.search.strip().lower()
        values |= {"said": _like(said), "begun": _like(said)[1:]}
    asked = {name: getattr(wish, name) for name in _CONDITIONS if getattr(wish, name) not in ("", None)}
    asked |= {name: _like(_quoted(asked[name]).lower()) for name in ("tag", "subtitles") if name in asked}
    words = {f"{form}{n}": _like(each) for n, word in enumerate(wish.words) for form, each in _forms(word).items()}
    rows = direct(reader.conn, _statement(frozenset(asked), len(wish.words), wish.order), values | asked | words)
    if not rows and wish.offset:  # behind the last page nothing tells how many there are
        return find_cards(reader, msgspec.structs.replace(wish, offset=0, limit=1))[0], []
    return (int(rows[0][-1]) if rows else 0), [_card(*row) for row in rows]


def count_facets(reader: Memory, wish: Wish) -> FacetCounts:
    """How many published courses fit, and of each facet how many there would be with another of its values."""
    offers = reader.get("catalog:offers", lambda: _offers(reader), of=("catalog",), weigh=lambda rows: 400 * len(rows))
    c = t.category.c
    categories = (
        reader.all(select(c.id, c.slug, c.parent_category_id.label("parent_category"))) if wish.category else ()
    )
    found, counts = find(offers, wish, below(wish.category, categories))
    return FacetCounts(count=len(found), **{name: dict(each.most_common(MOST_VALUES)) for name, each in counts.items()})


def _offers(reader: Memory) -> list[Any]:
    names = (*TEXTS, "category_id", "level", "language", "subtitle_languages", "tags", "price", "minutes",
             "enrolled", "published_at", "is_featured")  # fmt: skip
    return list(
        reader.all(select(*(card[name] for name in names), card.avg_rating.label("rating")).where(card.is_published))
    )


def _forms(word: str) -> dict[str, str]:
    """A word as it may be written: SQLite folds the case of ASCII alone."""
    return {"word": word, "lower": word.lower(), "upper": word.capitalize()}


def _like(word: str) -> str:
    return "%" + word.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"


def _quoted(value: Any) -> str:
    return msgspec.json.encode(value).decode()


@lru_cache(maxsize=512)
def _statement(asked: frozenset[str], words: int, order: tuple[str, ...]) -> Select[Any]:
    """The question of one shape, made once: the rows of the page are chosen first, and only they are read whole."""
    says = [
        or_(*(column.ilike(bindparam(f"{form}{n}"), escape="!") for form in _forms("") for column in _TEXTS))
        for n in range(words)
    ]
    by = [*(each for name in order for each in _by(name)), func.lower(card.title), card.id]
    fitting = select(card.id, func.count().over().label("count"))
    fitting = fitting.where(card.is_published, *(_CONDITIONS[name] for name in sorted(asked)), *says)
    page = fitting.order_by(*by).limit(bindparam("most")).offset(bindparam("skip")).subquery()
    return select(*_FIELDS, page.c.count).join_from(page, t.course_card, card.id == page.c.id).order_by(*by)


def _by(name: str) -> tuple[Any, ...]:
    if name == "relevance":
        title = func.lower(card.title)
        begun, said = (title.like(bindparam(which, type_=Text), escape="!") for which in ("begun", "said"))
        return case((begun, _N[0]), (said, _N[1]), else_=_N[2]), card.enrolled.desc()
    column = ORDERS[name.removeprefix("-")]
    return (column.desc() if name.startswith("-") else column,)


def _holds(column: Any, name: str) -> Any:
    """Whether a list, which is stored as JSON text, holds a text."""
    return func.lower(cast(column, Text)).like(bindparam(name, type_=Text), escape="!")


def _below() -> Any:
    """A category, by id or slug, and all below it."""
    c, wanted = t.category.c, bindparam("category", type_=Text)
    tree = select(c.id).where(or_(c.id == wanted, c.slug == wanted)).cte("tree", recursive=True)
    return select(tree.union(select(c.id).where(c.parent_category_id == tree.c.id)).c.id)


_CONDITIONS: dict[str, Any] = {
    "category": card.category_id.in_(_below()),
    "level": card.level == bindparam("level"),
    "language": card.language == bindparam("language"),
    "instructor": select(lead.id)
    .where(lead.course_id == card.course_id, lead.user_id == bindparam("instructor"), lead.is_active)
    .exists(),
    "creation_method": select(t.course.c.id)
    .where(t.course.c.id == card.course_id, t.course.c.creation_method == bindparam("creation_method"))
    .exists(),
    "subtitles": _holds(card.subtitle_languages, "subtitles"),
    "tag": _holds(card.tags, "tag"),
    "least_rating": card.avg_rating >= bindparam("least_rating"),
    "least_minutes": card.minutes >= bindparam("least_minutes"),
    "most_minutes": card.minutes <= bindparam("most_minutes"),
    "least_price": card.price >= bindparam("least_price"),
    "most_price": card.price <= bindparam("most_price"),
    "is_featured": func.coalesce(card.is_featured, false()) == bindparam("is_featured", type_=Boolean),
}


def _card(*row: Any) -> CourseCard:
    """A card of a row; through SQLite's driver a list is the text that it is stored as."""
    values = dict(zip(_NAMES, row, strict=False))
    authors = values["authors"] or ()
    return CourseCard(
        **values | {
            "authors": tuple(msgspec.json.decode(authors) if isinstance(authors, str) else authors),
            "price": money(values["price"]), "published_date": moment(values["published_date"]),
            "is_featured": bool(values["is_featured"]), "thumbnail": values["thumbnail"] or "",
        },
        is_enrolled=False,
    )  # fmt: skip


def money(amount: float) -> Decimal:
    """An amount with two decimals."""
    return Decimal(str(amount)).quantize(CENT)


def moment(ms: int) -> datetime:
    """Milliseconds since 1970 as a UTC time."""
    return datetime.fromtimestamp(ms / 1000, UTC)
