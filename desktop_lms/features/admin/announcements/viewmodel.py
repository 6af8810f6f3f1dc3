"""What administrators tell everybody: written, sent once, and the last ones. It needs the network."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from desktop_lms.features.admin.asking import Asking
from desktop_lms.store import Store
from lms_core.ports import new_uuid7
from lms_core.rest.announcements import AnnouncementsApi, Entry


@dataclass(frozen=True)
class Wish:
    """What is to be told; `role` "" is everybody."""

    kind: str = "announcement"
    title: str = ""
    message: str = ""
    role: str = ""
    priority: str = "normal"
    days: int = 30


class AnnouncementsModel(Asking):
    """State of the page; `last` is None until the server has answered, `count` is how many were told when `done`."""

    def __init__(self, store: Store, parent: QObject | None = None) -> None:
        super().__init__(store, parent)
        self.last: tuple[Entry, ...] | None = None
        self.count = 0
        self._id = new_uuid7()

    def _api(self) -> AnnouncementsApi:
        return AnnouncementsApi(self._store.workspace.online())

    def refresh(self) -> None:
        """Ask for the last ones."""
        self._look(lambda: self._api().last(), self._on_last)

    def _on_last(self, found: list[Entry]) -> None:
        self.last = tuple(found)

    def announce(self, wish: Wish) -> None:
        """Tell them; tried again after a failure it still tells nobody twice."""
        values = {
            "id": self._id, "kind": wish.kind, "title": wish.title.strip(), "message": wish.message.strip(),
            "priority": wish.priority, "days": wish.days, "roles": [wish.role] if wish.role else [],
        }  # fmt: skip

        def sent(count: int) -> None:
            self._id, self.count = new_uuid7(), count

        self._do("sent", "", lambda: self._api().announce(**values), sent)
