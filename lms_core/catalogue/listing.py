"""The catalogue as one question to the database: published courses, filtered, ordered, a page of them (CRS-25)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Connection, Select, and_, func, or_, select

from lms_core.catalogue.views import CourseCard
from lms_core.courses import tables as t
from lms_core.learning.tables import enrollment
from lms_core.permissions import LEARNING, Who

card = t.course_card.c
ORDERS = {
    "title": func.lower(card.title), "published_date": card.published_at, "price": card.price,
    "enrolled": card.enrolled, "duration": card.minutes,
}  # fmt: skip
"""By what a list may be ordered."""

_FIELDS = (
    card.course_id, card.slug, card.title, card.subtitle, card.short_description, card.category, card.category_id,
    card.level, card.language, card.authors, card.price, card.currency, card.modules, card.lessons, card.minutes,
    card.version, card.published_at, card.enrolled,
)  # fmt: skip
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
    order: tuple[str, ...] = ("title",)
    offset: int = 0
    limit: int = 20


def find_cards(conn: Connection, who: Who | None, wish: Wish) -> tuple[int, list[CourseCard]]:
    """How many courses fit, and a page of them."""
    mine = enrollment.c
    joined = and_(
        mine.course_id == card.course_id, mine.user_id == (who.account if who else ""), mine.status.in_(LEARNING)
    )
    fitting: Select[Any] = select(*_FIELDS, mine.id.label("joined"), func.count().over().label("count"))
    fitting = fitting.join_from(t.course_card, enrollment, joined, isouter=True)
    fitting = fitting.where(*_conditions(conn, wish))
    page = fitting.order_by(*_order(wish), card.course_id).offset(wish.offset).limit(wish.limit)
    rows = conn.execute(page).all()
    if not rows and wish.offset:  # behind the last page nothing tells how many there are
        return find_cards(conn, who, msgspec.structs.replace(wish, offset=0, limit=1))[0], []
    return (int(rows[0]._mapping["count"]) if rows else 0), [_card(row) for row in rows]


def _order(wish: Wish) -> list[Any]:
    return [ORDERS[n.removeprefix("-")].desc() if n.startswith("-") else ORDERS[n] for n in wish.order]


def _conditions(conn: Connection, wish: Wish) -> list[Any]:
    found: list[Any] = [card.is_published]
    for column, value in ((card.level, wish.level), (card.language, wish.language)):
        found += [column == value] if value else []
    if wish.category:
        found.append(card.category_id.in_(_below(conn, wish.category)))
    if wish.instructor:
        lead = t.course_instructor.c
        teaches = (lead.course_id == card.course_id, lead.user_id == wish.instructor, lead.is_active)
        found.append(select(lead.id).where(*teaches).exists())
    found += [card.price >= wish.least_price] if wish.least_price is not None else []
    found += [card.price <= wish.most_price] if wish.most_price is not None else []
    return found + [_says(word) for word in wish.search.split()[:8]]


def _says(word: str) -> Any:
    """A word in title, subtitle or short text; SQLite folds the case of ASCII alone, so others are asked in forms."""
    forms = {word, word.lower(), word.capitalize()}
    columns = (card.title, card.subtitle, card.short_description)
    return or_(*(column.icontains(form, autoescape=True) for form in forms for column in columns))


def _below(conn: Connection, wanted: str) -> Sequence[str]:
    """A category, by id or slug, and all below it."""
    rows = conn.execute(select(t.category.c.id, t.category.c.slug, t.category.c.parent_category_id)).all()
    found = {row.id for row in rows if wanted in (row.id, row.slug)}
    while more := {row.id for row in rows if row.parent_category_id in found} - found:
        found |= more
    return sorted(found)


def _card(row: Any) -> CourseCard:
    return CourseCard(
        id=row.course_id, slug=row.slug, title=row.title, subtitle=row.subtitle,
        short_description=row.short_description, category=row.category, category_id=row.category_id, level=row.level,
        language=row.language, authors=tuple(row.authors or ()), price=money(row.price), currency=row.currency,
        module_count=row.modules, lesson_count=row.lessons, duration_minutes=row.minutes, version=row.version,
        published_date=moment(row.published_at), enrolled_students_count=row.enrolled,
        is_enrolled=row.joined is not None,
    )  # fmt: skip


def money(amount: float) -> Decimal:
    """An amount with two decimals."""
    return Decimal(str(amount)).quantize(CENT)


def moment(ms: int) -> datetime:
    """Milliseconds since 1970 as a UTC time."""
    return datetime.fromtimestamp(ms / 1000, UTC)
