"""Sections that show a long list of the server's, a page more at a time, and only what is looked for."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Protocol

from PySide6.QtCore import QObject

from desktop_lms.features.admin.asking import Asking
from desktop_lms.store import Store


class Found(Protocol):
    """A page as the server tells it."""

    @property
    def count(self) -> int:
        """How many there are in all."""

    @property
    def results(self) -> list[Any]:
        """Those of this page."""


class Paging(Asking):
    """State of such a section; `rows` is None until the server has answered, `wanted` are its filters."""

    def __init__(self, store: Store, parent: QObject | None = None, **wanted: Any) -> None:
        super().__init__(store, parent)
        self.wanted = wanted
        self.rows: tuple[Any, ...] | None = None
        self.count = 0
        self._pages = 1

    @abstractmethod
    def fetch(self, page: int, **wanted: Any) -> Found:
        """Ask for a page, from 1 on."""

    def refresh(self) -> None:
        """Ask for all that is shown, anew."""
        wanted, pages = self.wanted, self._pages

        def work() -> tuple[dict[str, Any], int, list[Any]]:
            rows: list[Any] = []
            for page in range(1, pages + 1):
                found = self.fetch(page, **wanted)
                rows += found.results
                if len(rows) >= found.count:
                    break
            return wanted, found.count, rows

        self._look(work, self._on_rows)

    def _on_rows(self, told: tuple[dict[str, Any], int, list[Any]]) -> None:
        wanted, count, rows = told
        if wanted == self.wanted:  # what is no longer looked for comes late
            self.count, self.rows = count, tuple(rows)

    def look_for(self, **wanted: Any) -> None:
        """Show others."""
        changed = self.wanted | wanted
        if changed != self.wanted:
            self.wanted, self._pages = changed, 1
            self.refresh()

    def more(self) -> None:
        """Show the next page, too."""
        self._pages += 1
        self.refresh()
