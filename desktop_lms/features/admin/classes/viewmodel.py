"""The classes that somebody runs: found, made, and carried over into the next term."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_lms.features.admin.asking import Asking
from desktop_lms.store import Store
from lms_core.permissions import is_moderator_or_up
from lms_core.rest.classes import Classes, ClassesApi, SchoolClass


class ClassesModel(Asking):
    """State of the list; `rows` is None until the server has answered, `done` tells made."""

    made = Signal(str)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self.rows: tuple[SchoolClass, ...] | None = None
        self.count = 0
        self.search, self.archived = "", False
        self.may_make = is_moderator_or_up(store.workspace.person)
        self._pages = 1

    def _api(self) -> ClassesApi:
        return ClassesApi(self._store.workspace.online())

    def refresh(self) -> None:
        """Ask the server for all that is shown, anew."""
        wanted, pages = (self.search, self.archived), self._pages

        def work() -> tuple[tuple[str, bool], int, list[SchoolClass]]:
            rows: list[SchoolClass] = []
            found = Classes(count=0, results=[])
            for page in range(1, pages + 1):
                found = self._api().all(search=wanted[0], archived=wanted[1], page=page)
                rows += found.results
                if len(rows) >= found.count:
                    break
            return wanted, found.count, rows

        self._look(work, self._on_rows)

    def _on_rows(self, told: tuple[tuple[str, bool], int, list[SchoolClass]]) -> None:
        wanted, count, rows = told
        if wanted == (self.search, self.archived):  # what is no longer looked for comes late
            self.rows, self.count = tuple(rows), count

    def look_for(self, *, search: str | None = None, archived: bool | None = None) -> None:
        """Show others."""
        wanted = (self.search if search is None else search, self.archived if archived is None else archived)
        if wanted != (self.search, self.archived):
            (self.search, self.archived), self._pages = wanted, 1
            self.refresh()

    def more(self) -> None:
        """Show the next page, too."""
        self._pages += 1
        self.refresh()

    def make(self, **values: Any) -> None:
        """Make a class from name, term and dates; `made` says its id."""
        self._do("made", str(values["name"]), lambda: self._api().create(**values), self._on_made)

    def _on_made(self, made: Any) -> None:
        self.made.emit(made.id)
