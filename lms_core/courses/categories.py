"""Categories of the catalogue (CAT): a tree that administrators keep at the hub and every device reads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import func, select

from lms_core.accounts.model import refuse
from lms_core.cache import Cache, Look, remembering
from lms_core.courses import entities as e
from lms_core.courses import tables as t
from lms_core.courses.naming import free_slug
from lms_core.errors import Conflict, Denied, NotFound, UserError
from lms_core.ops import Values
from lms_core.permissions import Who, is_admin
from lms_core.ports import v5_id
from lms_core.unit import Effect, Reader, Unit, Work

GENERAL = "General"
DEFAULT = v5_id("category", GENERAL)
"""The category of courses without a choice (CAT-05)."""


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A category; `parent` is the id of the one above."""

    id: str
    name: str
    slug: str
    description: str
    icon: str
    sort_order: int
    is_active: bool
    parent_category: str | None
    course_count: int
    created_at: int
    updated_at: int


Seen = Callable[[Category], None]
"""Looks at what is there before it is changed, in the same transaction; may raise."""


def every_category(reader: Reader) -> list[Category]:
    """All categories in the order of CAT-02: by `sort_order`, then by name."""
    rows = reader.all(select(t.category))
    return [_category(row) for row in sorted(rows, key=lambda row: (row.sort_order, row.name.casefold()))]


def _active(reader: Reader) -> list[Category]:
    return [row for row in every_category(reader) if row.is_active]


def _category(row: Any) -> Category:
    named = {name: getattr(row, name) for name in Category.__struct_fields__ if name != "parent_category"}
    return Category(parent_category=row.parent_category_id, **named)


def category_of(rows: Iterable[Category], wanted: str) -> Category | None:
    """The category that a course names by id, slug or name; the default one for what nobody knows."""
    rows, key = list(rows), wanted.casefold()
    found = next((r for r in rows if wanted in (r.id, r.slug)), None)
    found = found or next((r for r in rows if r.name.casefold() == key), None)
    return found or next((r for r in rows if r.id == DEFAULT), None)


def names_above(rows: Iterable[Category], row: Category) -> list[str]:
    """The names of a category and of those above it, the uppermost first; it may hang on one that is not here."""
    here, line = {each.id: each for each in rows}, [row]
    while (above := here.get(line[-1].parent_category or "")) and above not in line:
        line.append(above)
    return [each.name for each in reversed(line)]


def category_name(reader: Reader, wanted: str) -> str:
    """How the category of a course is called; what it says itself where there are no categories."""
    found = category_of(every_category(reader), wanted)
    return found.name if found else wanted


class CategoriesService:
    """Read categories, and keep them in the name of an administrator; for the hub, whose word they are."""

    def __init__(self, work: Work, look: Look, cache: Cache) -> None:
        self._work, self._look, self._cache = work, look, cache

    # --- reading
    def all(self, who: Who | None, query: str = "") -> list[Category]:
        """Categories in order, those whose name or description has each word; hidden ones for administrators alone."""
        with remembering(self._look, self._cache) as reader:
            if is_admin(who):  # what is hidden is in no feed that would tell of its changes
                shown = every_category(reader)
            else:
                shown = reader.get("category:list:active", lambda: _active(reader), of=("catalog",))
        words = query.casefold().split()
        return [r for r in shown if all(word in f"{r.name} {r.description}".casefold() for word in words)]

    def one(self, who: Who | None, name: str) -> Category:
        """A category by id or slug. Raises NotFound."""
        found = next((row for row in self.all(who) if name.lower() in (row.id, row.slug)), None)
        if found is None:
            raise NotFound
        return found

    # --- keeping
    def create(self, who: Who | None, values: Values, row: str | None = None) -> Category:
        """Make a category; `row` is an id that the caller made, with which it is made once (API-14).

        Raises:
            UserError: `invalid_fields`. Conflict: `id_reused`. Denied.
        """
        _administrator(who)
        with self._work() as unit:
            row = row or unit.new_id()
            there = unit.row(e.CATEGORY, row)
            if there is not None:
                if any(there[name] != value for name, value in _fields(values).items()):
                    raise Conflict("id_reused")
                return _read(unit, row)
            _check(unit, row, values)
            return _write(unit, row, {**values, "created_at": unit.now_ms})

    def change(self, who: Who | None, name: str, values: Values, seen: Seen = lambda now: None) -> Category:
        """Change fields of a category by id or slug; the slug stays.

        Raises:
            NotFound, UserError `invalid_fields`, Denied, and what `seen` raises.
        """
        _administrator(who)
        with self._work() as unit:
            now = self._named(unit, name)
            seen(now)
            _check(unit, now.id, values)
            return _write(unit, now.id, values)

    def move(self, who: Who | None, name: str, parent: str | None, after: str | None) -> Category:
        """Hang a category under another one (None for the top), behind one of its siblings (None for the first place).

        Raises:
            NotFound, UserError `invalid_fields`, Denied.
        """
        _administrator(who)
        with self._work() as unit:
            now = self._named(unit, name)
            _check(unit, now.id, {"parent_category": parent})
            siblings = [row for row in every_category(unit) if row.parent_category == parent and row.id != now.id]
            at = next((n + 1 for n, row in enumerate(siblings) if row.id == after), 0)
            if after is not None and not at:
                refuse({"after": ["invalid"]})
            for order, row in enumerate([*siblings[:at], now, *siblings[at:]]):
                if row.id == now.id:
                    _write(unit, row.id, {"parent_category": parent, "sort_order": order})
                elif row.sort_order != order:
                    _write(unit, row.id, {"sort_order": order})
            return _read(unit, now.id)

    def delete(self, who: Who | None, name: str, seen: Seen = lambda now: None) -> None:
        """Delete a category that no course and no other category is in.

        Raises:
            NotFound, Conflict: `category_in_use`, `category_default`; Denied, and what `seen` raises.
        """
        _administrator(who)
        with self._work() as unit:
            now = self._named(unit, name)
            seen(now)
            if now.id == DEFAULT:
                raise Conflict("category_default")
            rows = every_category(unit)
            chosen = [wanted for (wanted,) in unit.all(select(t.course.c.category).distinct())]
            mine = [wanted for wanted in chosen if (found := category_of(rows, wanted or "")) and found.id == now.id]
            if mine or any(row.parent_category == now.id for row in rows):
                raise Conflict("category_in_use")
            unit.derive(e.CATEGORY, now.id, None)

    def _named(self, unit: Unit, name: str) -> Category:
        found = next((row for row in every_category(unit) if name.lower() in (row.id, row.slug)), None)
        if found is None:
            raise NotFound
        return found


def ensure_default(unit: Unit) -> None:
    """Make the default category when there is none."""
    if unit.row(e.CATEGORY, DEFAULT) is None:
        _write(unit, DEFAULT, {"name": GENERAL, "created_at": unit.now_ms})


def _write(unit: Unit, row: str, values: Values) -> Category:
    named = _fields(values)
    if unit.row(e.CATEGORY, row) is None:
        named["slug"] = free_slug(unit, t.category, values["name"], "category")
    unit.derive(e.CATEGORY, row, {**named, "updated_at": unit.now_ms})
    return _read(unit, row)


def _read(unit: Unit, row: str) -> Category:
    return next(each for each in every_category(unit) if each.id == row)


def _fields(values: Values) -> Values:
    """What a caller says, by the names of the entity's fields."""
    return {"parent_category_id" if name == "parent_category" else name: value for name, value in values.items()}


def _administrator(who: Who | None) -> None:
    if not is_admin(who):
        raise Denied


def _check(unit: Unit, row: str, values: Values) -> None:
    """Refuse fields that do not fit, a name that is taken, and a parent that is not there or lies below."""
    rows = {each.id: each for each in every_category(unit)}
    faults: dict[str, list[str]] = {}
    for name, value in _fields(values).items():
        try:
            e.CATEGORY.fields[name].check(name, value)
        except UserError:
            faults[name] = ["invalid"]
    wanted = str(values.get("name") or "").casefold()
    if wanted and any(each.name.casefold() == wanted and each.id != row for each in rows.values()):
        faults["name"] = ["name_taken"]
    above = values.get("parent_category")
    if above is not None and (above not in rows or row in _line(rows, above)):
        faults["parent_category"] = ["category_parent"]
    refuse(faults)


def _line(rows: Mapping[str, Category], row: str | None) -> set[str]:
    """A category and all above it."""
    line: set[str] = set()
    while row is not None and row in rows and row not in line:
        line.add(row)
        row = rows[row].parent_category
    return line


def _follow(unit: Unit, changed: Mapping[str, frozenset[str]]) -> None:
    """Cards show their category's name; categories count their published courses (CAT-03)."""
    rows = {each.id: each for each in every_category(unit)}
    c = t.course_card.c
    for name in sorted(changed.get("category", frozenset()) & rows.keys()):
        stale = select(c.id).where(c.category_id == name, c.category != rows[name].name)
        for (card,) in unit.all(stale):
            unit.derive(e.COURSE_CARD, card, {"category": rows[name].name})
    counted = select(c.category_id, func.count()).where(c.is_published).group_by(c.category_id)
    counts: dict[str, int] = {category: count for category, count in unit.all(counted)}  # noqa: C416 - typed
    for row in rows.values():
        if row.course_count != counts.get(row.id, 0):
            unit.derive(e.CATEGORY, row.id, {"course_count": counts.get(row.id, 0)})


CATEGORISED = Effect(frozenset({"course_card", "category"}), _follow)
