"""The catalogue as one question to the database: published courses, filtered, ordered, a page of them (CRS-25)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Boolean, Select, Text, bindparam, false, func, or_, select

from lms_core.cache import Memory
from lms_core.catalogue.views import CourseCard
from lms_core.courses import tables as t
from lms_core.db.bulk import direct

card, lead = t.course_card.c, t.course_instructor.c
ORDERS = {
    "title": func.lower(card.title), "published_date": card.published_at, "price": card.price,
    "enrolled": card.enrolled, "duration": card.minutes,
}  # fmt: skip
"""By what a list may be ordered."""

_NAMED = {
    "id": card.course_id, "slug": card.slug, "title": card.title, "subtitle": card.subtitle,
    "short_description": card.short_description, "category": card.category, "category_id": card.category_id,
    "level": card.level, "language": card.language, "authors": card.authors, "price": card.price,
    "currency": card.currency, "module_count": card.modules, "lesson_count": card.lessons,
    "duration_minutes": card.minutes, "version": card.version, "published_date": card.published_at,
    "enrolled_students_count": card.enrolled, "is_featured": card.is_featured,
}  # fmt: skip
_NAMES, _FIELDS = tuple(_NAMED), tuple(_NAMED.values())
_TEXTS = (card.title, card.subtitle, card.short_description)
MOST_WORDS = 8
CENT = Decimal("0.01")


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; empty says nothing. `category` takes those below it along, `instructor` is an account."""

    search: str = ""
    category: str = ""
    level: str = ""
    language: str = ""
    instructor: str = ""
    least_price: float | None = None
    most_price: float | None = None
    is_featured: bool | None = None
    order: tuple[str, ...] = ("title",)
    offset: int = 0
    limit: int = 20


def find_cards(reader: Memory, wish: Wish) -> tuple[int, list[CourseCard]]:
    """How many courses fit, and a page of them as a guest sees them."""
    values: dict[str, Any] = {"most": wish.limit, "skip": wish.offset}
    asked = {name: getattr(wish, name) for name in _CONDITIONS if getattr(wish, name) not in ("", None)}
    words = {f"{form}{n}": _like(each) for n, word in enumerate(_words(wish)) for form, each in _forms(word).items()}
    rows = direct(reader.conn, _statement(frozenset(asked), len(_words(wish)), wish.order), values | asked | words)
    if not rows and wish.offset:  # behind the last page nothing tells how many there are
        return find_cards(reader, msgspec.structs.replace(wish, offset=0, limit=1))[0], []
    return (int(rows[0][-1]) if rows else 0), [_card(*row) for row in rows]


def _words(wish: Wish) -> list[str]:
    return wish.search.split()[:MOST_WORDS]


def _forms(word: str) -> dict[str, str]:
    """A word as it may be written: SQLite folds the case of ASCII alone."""
    return {"word": word, "lower": word.lower(), "upper": word.capitalize()}


def _like(word: str) -> str:
    return "%" + word.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%"


@lru_cache(maxsize=512)
def _statement(asked: frozenset[str], words: int, order: tuple[str, ...]) -> Select[Any]:
    """The question of one shape, made once: the rows of the page are chosen first, and only they are read whole."""
    says = [
        or_(*(column.ilike(bindparam(f"{form}{n}"), escape="!") for form in _forms("") for column in _TEXTS))
        for n in range(words)
    ]
    by = [*(_by(name) for name in order), card.id]
    fitting = select(card.id, func.count().over().label("count"))
    fitting = fitting.where(card.is_published, *(_CONDITIONS[name] for name in sorted(asked)), *says)
    page = fitting.order_by(*by).limit(bindparam("most")).offset(bindparam("skip")).subquery()
    return select(*_FIELDS, page.c.count).join_from(page, t.course_card, card.id == page.c.id).order_by(*by)


def _by(name: str) -> Any:
    return ORDERS[name.removeprefix("-")].desc() if name.startswith("-") else ORDERS[name]


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
            "is_featured": bool(values["is_featured"]),
        },
        is_enrolled=False,
    )  # fmt: skip


def money(amount: float) -> Decimal:
    """An amount with two decimals."""
    return Decimal(str(amount)).quantize(CENT)


def moment(ms: int) -> datetime:
    """Milliseconds since 1970 as a UTC time."""
    return datetime.fromtimestamp(ms / 1000, UTC)
