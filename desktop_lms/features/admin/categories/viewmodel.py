"""The tree of categories at the server: made, named, moved, hidden and deleted, each with a way back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject

from desktop_lms.features.admin.asking import Asking
from desktop_lms.store import Store
from lms_core.courses.categories import DEFAULT
from lms_core.rest.categories import CategoriesApi, Category


@dataclass(frozen=True)
class Spot:
    """Where a category stands: under which one, and behind which sibling."""

    parent: str | None
    after: str | None


class CategoriesModel(Asking):
    """State of the section; `rows` is None until the server has answered, `chosen` the id of the one that is edited.

    `done` tells made, saved, moved or deleted; `take_back` undoes the last of moved and deleted.
    """

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self.rows: tuple[Category, ...] | None = None
        self.chosen = ""
        self._back: Callable[[], Any] | None = None

    def _api(self) -> CategoriesApi:
        return CategoriesApi(self._store.workspace.online())

    def refresh(self) -> None:
        """Ask the server for all of them."""
        self._look(lambda: self._api().all(), self._on_rows)

    def _on_rows(self, rows: list[Category]) -> None:
        self.rows = tuple(rows)
        if self.current is None:
            self.chosen = rows[0].id if rows else ""

    def row(self, category: str) -> Category | None:
        """The category with this id."""
        return next((row for row in self.rows or () if row.id == category), None)

    @property
    def current(self) -> Category | None:
        """The one that is edited."""
        return self.row(self.chosen)

    def below(self, parent: str | None) -> list[Category]:
        """Those under one, in order; for None those at the top, with those whose parent is not here."""
        known = {row.id for row in self.rows or ()}
        return [
            row for row in self.rows or () if (row.parent_category if row.parent_category in known else None) == parent
        ]

    def spot(self, category: str) -> Spot:
        """Where a category stands now."""
        row = self.row(category)
        parent = row.parent_category if row else None
        line = [each.id for each in self.below(parent)]
        at = line.index(category) if category in line else 0
        return Spot(parent, line[at - 1] if at else None)

    def is_default(self, category: str) -> bool:
        """Whether it is the one that courses without a choice are in; it stays."""
        return category == DEFAULT

    def choose(self, category: str) -> None:
        """Edit another one."""
        if category != self.chosen:
            self.chosen, self.error = category, None
            self.changed.emit()

    # --- changing
    def make(self, name: str, parent: str | None) -> None:
        """Make a category behind the last one there."""
        order = 1 + max((row.sort_order for row in self.below(parent)), default=-1)
        values = {"name": name.strip(), "parent_category": parent, "sort_order": order}
        self._do("made", name.strip(), lambda: self._api().create(**values), self._on_made)

    def _on_made(self, made: Category) -> None:
        self.chosen = made.id

    def change(self, category: str, **values: Any) -> None:
        """Change fields of one; what is as it was is not asked for."""
        row = self.row(category)
        new = {name: value for name, value in values.items() if row is None or getattr(row, name) != value}
        if row is not None and new:
            self._do("saved", str(new.get("name", row.name)), lambda: self._api().change(category, **new))

    def move(self, category: str, to: Spot) -> None:
        """Move one to another spot."""
        row, was = self.row(category), self.spot(category)
        if row is None or to == was or to.after == category:
            return

        def moved(_: Any) -> None:
            self._back = lambda: self._api().move(category, was.parent, was.after)

        self._do("moved", row.name, lambda: self._api().move(category, to.parent, to.after), moved)

    def step(self, category: str, by: int) -> None:
        """Move one up or down among its siblings."""
        parent = self.spot(category).parent
        line = [each.id for each in self.below(parent)]
        at = line.index(category) + by
        if 0 <= at < len(line):
            line.remove(category)
            self.move(category, Spot(parent, line[at - 1] if at else None))

    def delete(self, category: str) -> None:
        """Delete one that nothing is in."""
        row = self.row(category)
        if row is None:
            return
        names = ("id", "name", "description", "icon", "sort_order", "is_active", "parent_category")
        values = {name: getattr(row, name) for name in names}

        def deleted(_: Any) -> None:
            self._back = lambda: self._api().create(**values)

        self._do("deleted", row.name, lambda: self._api().delete(category), deleted)

    def take_back(self) -> None:
        """Undo what was moved or deleted last."""
        if self._back is not None:
            back, self._back = self._back, None
            self._do("back", "", back)
