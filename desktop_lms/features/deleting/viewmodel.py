"""Deleting one's own account: what has to be done before, and the last step. It needs the network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktop_lms.store import Store
from lms_core.changes import Changes, Topic
from lms_core.errors import LmsError, UserError
from lms_core.rest.account import AccountApi, Course
from lms_core.workspace import Workspace


@dataclass(frozen=True)
class Here:
    """What this device knows: whose account it is, at which server, and how many changes were never sent."""

    account: str
    server_url: str
    waiting: int


class DeletingModel(QObject):
    """State of the page.

    `led` are the courses that nobody else leads, None until the server has answered; `trouble` says why it has not.
    `error` belongs to what was `asked` last: exported, handed_over or deleted; `done` tells which of them worked.
    `part` is called once the account is gone, with whether the profile stays on this device.
    """

    changed = Signal()
    done = Signal(str)

    def __init__(self, store: Store, part: Callable[[bool], object], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._store, self._part = store, part
        self.here: Here | None = None
        self.led: tuple[Course, ...] | None = None
        self.trouble: LmsError | None = None
        self.error: LmsError | None = None
        self.asked = ""
        self.busy = False
        self.keep = False
        """Whether the profile stays here, for this device alone."""
        store.changed.connect(self._on_changed)

    def _api(self) -> AccountApi:
        return AccountApi(self._store.workspace.online())

    @property
    def may_delete(self) -> bool:
        """Whether nothing stands in the way any more."""
        return self.led == () and not self.busy

    # --- reading
    def refresh(self) -> None:
        """Look at this device, and ask the server."""
        self._store.run(self, _here, self._on_here)

    def _on_changed(self, changes: Changes) -> None:
        if Topic.SYNC in changes.topics:
            self._store.run(self, _here, self._on_counted)

    def _on_counted(self, here: Here) -> None:
        if here != self.here:
            self.here = here
            self.changed.emit()

    def _on_here(self, here: Here) -> None:
        self.here = here
        self.changed.emit()
        if here.server_url:
            self._store.pool(self, lambda: tuple(self._api().led_courses(here.account)), self._on_led, self._on_trouble)

    def _on_led(self, led: tuple[Course, ...]) -> None:
        self.led, self.trouble = led, None
        self.changed.emit()

    def _on_trouble(self, error: LmsError) -> None:
        self.trouble = error
        self.changed.emit()

    # --- before
    def export(self, path: Path) -> None:
        """Write all own data on this device into a zip that other programs read (docs/formats.md)."""
        self._begin("exported")
        self._store.run(self, lambda w: w.export_data(path), lambda _: self._worked("exported"), self._on_failed)

    def hand_over(self, email: str) -> None:
        """Make somebody else the lead of all courses that nobody else leads."""
        if self.here is None:
            return
        who = self.here.account
        self._begin("handed_over")
        if not email.strip():
            self._on_failed(UserError("address_needed"))
            return
        self._store.pool(
            self, lambda: self._api().hand_over(who, email.strip()), lambda _: self._worked("handed_over"),
            self._on_failed,
        )  # fmt: skip

    # --- the last step
    def delete(self, password: str) -> None:
        """Delete the account for good; the window closes then."""
        self._begin("deleted")
        if not password:
            self._on_failed(UserError("credentials_needed"))
            return
        self._store.pool(self, lambda: self._api().delete(password), self._on_deleted, self._on_failed)

    def _on_deleted(self, _: Any) -> None:
        self._part(self.keep)

    # --- underneath
    def _begin(self, asked: str) -> None:
        self.asked, self.error, self.busy = asked, None, True
        self.changed.emit()

    def _worked(self, code: str) -> None:
        self.busy = False
        self.done.emit(code)
        self.refresh()

    def _on_failed(self, error: LmsError) -> None:
        self.busy, self.error = False, error
        self.changed.emit()


def _here(workspace: Workspace) -> Here:
    info = workspace.profile.info
    return Here(workspace.account, info.server_url or "", workspace.sync.status().waiting)
