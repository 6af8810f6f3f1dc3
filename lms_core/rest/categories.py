"""Categories of the catalogue, as administrators keep them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from lms_core.sync.replica.transport import Transport

PAGE = 100


class Category(msgspec.Struct, frozen=True, kw_only=True):
    """A category; `parent_category` is the id of the one above, `course_count` its published courses."""

    id: str
    name: str
    slug: str
    description: str
    icon: str
    sort_order: int
    is_active: bool
    parent_category: str | None
    course_count: int


class _Page(msgspec.Struct, frozen=True, kw_only=True):
    count: int
    results: list[Category]


class CategoriesApi:
    """Categories with the hidden ones (CAT-04). Raises what the hub refuses with."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    def all(self) -> list[Category]:
        """All of them, in order."""
        found: list[Category] = []
        while True:
            params = {"page": str(len(found) // PAGE + 1), "page_size": str(PAGE)}
            page = msgspec.convert(self._line.ask("GET", "/categories", params=params), _Page)
            found += page.results
            if not page.results or len(found) >= page.count:
                return found

    def create(self, **values: Any) -> Category:
        """Make one. Raises UserError `invalid_fields`."""
        return msgspec.convert(self._line.ask("POST", "/categories", json=values), Category)

    def change(self, category: str, /, **values: Any) -> None:
        """Change fields. Raises UserError `invalid_fields`."""
        self._line.ask("PATCH", f"/categories/{category}", json=values)

    def move(self, category: str, parent: str | None, after: str | None) -> None:
        """Hang it under another one, behind a sibling. Raises UserError `invalid_fields`."""
        self._line.ask("POST", f"/categories/{category}/move", json={"parent_category": parent, "after": after})

    def delete(self, category: str) -> None:
        """Delete one that nothing is in. Raises Conflict `category_in_use`, `category_default`."""
        self._line.ask("DELETE", f"/categories/{category}")
