"""The classes that somebody runs: found, made, and carried over into the next term."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_lms.features.admin.paging import Paging
from desktop_lms.store import Store
from lms_core.permissions import is_moderator_or_up
from lms_core.rest.classes import Classes, ClassesApi, SchoolClass


class ClassesModel(Paging):
    """State of the list; `wanted` are search and archived, `done` tells made."""

    rows: tuple[SchoolClass, ...] | None
    made = Signal(str)

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent, search="", archived=False)
        self.may_make = is_moderator_or_up(store.workspace.person)

    def _api(self) -> ClassesApi:
        return ClassesApi(self._store.workspace.online())

    def fetch(self, page: int, **wanted: Any) -> Classes:
        return self._api().all(**wanted, page=page)

    def make(self, **values: Any) -> None:
        """Make a class from name, term and dates; `made` says its id."""
        self._do("made", str(values["name"]), lambda: self._api().create(**values), self._on_made)

    def _on_made(self, made: Any) -> None:
        self.made.emit(made.id)
