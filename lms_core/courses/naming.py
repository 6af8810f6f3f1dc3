"""Slugs: names of things in addresses, from their titles, unique at the hub and lasting (CRS-03, CAT-01)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from sqlalchemy import Column, MetaData, Table, Text, bindparam, insert, or_, select

from lms_core.courses import entities as e
from lms_core.courses import tables as t
from lms_core.db.bulk import chunks
from lms_core.errors import NotFound
from lms_core.unit import Effect, Reader, Unit

MOST = 100

HUB_NAMES = MetaData()
"""Tables that only the hub has; migrations make them."""

course_slug = Table(
    "course_slug",
    HUB_NAMES,
    Column("course_id", Text, primary_key=True),
    Column("slug", Text, nullable=False, unique=True),
    sqlite_with_rowid=False,
)
"""Kept beside the draft, so that naming a course is no change of what its authors wrote."""


def slug_of(title: str, otherwise: str) -> str:
    """Lower-case Latin letters, digits and dashes of a title; `otherwise` where it has none of them."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:MOST].strip("-") or otherwise


def free_slug(unit: Unit, table: Table, title: str, otherwise: str) -> str:
    """The slug of a title, with a number behind it when another row of the table has it."""
    wanted = slug_of(title, otherwise)
    column, stem = table.c.slug, wanted[: MOST - 6]
    query = select(column).where(or_(column == wanted, column.like(f"{stem}%-%")))
    taken = {slug for (slug,) in unit.all(query)}
    free = (f"{stem}-{number}" for number in range(2, 1_000_000))
    return wanted if wanted not in taken else next(slug for slug in free if slug not in taken)


def name_course(unit: Unit, course: str, title: str) -> str:
    """Give a course its slug, once and for all; its card shows it."""
    found = unit.all(select(course_slug.c.slug).where(course_slug.c.course_id == course))
    slug = str(found[0].slug) if found else free_slug(unit, course_slug, title, "course")
    if not found:
        unit.local(insert(course_slug), [{"course_id": course, "slug": slug}])
    card = unit.row(e.COURSE_CARD, e.COURSE_CARD.id_for(course))
    if card is not None and card["slug"] != slug:
        unit.derive(e.COURSE_CARD, card["id"], {"slug": slug})
    return slug


def name_all(unit: Unit) -> None:
    """Name what has no name yet: courses of before there were slugs."""
    nameless = select(t.course.c.id, t.course.c.title).where(t.course.c.id.not_in(select(course_slug.c.course_id)))
    for row in unit.all(nameless.order_by(t.course.c.id)):
        name_course(unit, row.id, row.title)


def _name(unit: Unit, changed: Mapping[str, frozenset[str]]) -> None:
    for part in chunks(sorted(changed["course"])):
        for row in unit.all(select(t.course.c.id, t.course.c.title).where(t.course.c.id.in_(part))):
            name_course(unit, row.id, row.title)


NAMES = Effect(frozenset({"course"}), _name)
"""Courses that came by sync get their slugs, and a fresh card that of its course."""


_NAMED = (
    select(t.course.c.id)
    .join(course_slug, course_slug.c.course_id == t.course.c.id, isouter=True)
    .where(or_(t.course.c.id == bindparam("name"), course_slug.c.slug == bindparam("name")))
)


def course_named(reader: Reader, name: str) -> str:
    """The course that a path names by id or slug. Raises NotFound (API-10)."""
    if "\x00" in name:
        raise NotFound
    found = reader.all(_NAMED, {"name": name.lower()})
    if not found:
        raise NotFound
    return str(found[0].id)
